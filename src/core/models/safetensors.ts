/**
 * The safetensors format (https://huggingface.co/docs/safetensors): eight bytes of header length, a JSON header, then the tensors' bytes,
 * little-endian as every machine that runs a browser. Files are untrusted, so each size and offset is compared with the actual bytes before
 * anything is allocated for it.
 */
import { z } from 'zod';
import { fail } from '../failure.ts';

/** Row-major; the product of `shape` is the length of `data`. */
export type Tensor =
  | { readonly dtype: 'F32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'I32'; readonly shape: readonly number[]; readonly data: Int32Array };

/** A tensor without its values. */
export interface TensorInfo {
  readonly name: string;
  /** As the format writes it, such as `I64` or `F8_E4M3`. */
  readonly dtype: string;
  readonly shape: readonly number[];
}

export interface Safetensors {
  /** By name, in the order of the header. */
  readonly tensors: Map<string, Tensor>;
  /**
   * All tensors as the header lists them. Those of types that no weights of the lab have, such as a counter of steps in I64, are
   * here alone: their values are not read.
   */
  readonly infos: readonly TensorInfo[];
  readonly metadata: Record<string, string>;
}

/** The limit of the reference implementation; a longer header is an attack, not a model. */
const MAX_HEADER_BYTES = 100_000_000;
const LENGTH_BYTES = 8;
/** The data starts at a multiple of this, so that a reader can view it in place. */
const ALIGNMENT = 8;
/** Characters of a name in a sentence: a file may name its tensors as it likes. */
const MAX_SHOWN_NAME = 80;
const METADATA = '__metadata__';

/** All types of the format (`Dtype` in huggingface/safetensors, safetensors/src/tensor.rs). */
const DTYPES: ReadonlySet<string> = new Set(
  (
    'BOOL F4 F6_E2M3 F6_E3M2 U8 I8 F8_E4M3 F8_E5M2 F8_E8M0 F8_E4M3FNUZ F8_E5M2FNUZ ' +
    'U16 I16 F16 BF16 U32 I32 F32 U64 I64 F64 C64'
  ).split(' '),
);

/** Bits a value takes: all names but one begin with their number. */
const bitsOf = (dtype: string) => Number(/\d+/.exec(dtype)?.[0] ?? 8);

/** Types whose values are read. */
const READ = ['F32', 'I32', 'F16', 'BF16', 'F64'] as const;
type Dtype = (typeof READ)[number];

const size = z.int().min(0);
const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(size),
  data_offsets: z.tuple([size, size]),
});
const metadataSchema = z.array(z.tuple([z.string(), z.string()]));

interface Entry extends TensorInfo {
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads a whole file. F16 and BF16 tensors are widened to F32, F64 ones rounded to it; the arrays given back are copies. Tensors of
 * other types are checked, and listed in `infos` alone.
 * @throws LabError `bad-input` with what is wrong, for anything that is not a complete, consistent file
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  const { header, dataStart } = readHeader(bytes);
  const dataBytes = bytes.byteLength - dataStart;
  const entries: Entry[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA) metadata = readMetadata(value);
    else entries.push(readEntry(name, value, dataBytes));
  }
  requireContiguous(entries, dataBytes);

  const tensors = new Map<string, Tensor>();
  for (const { name, dtype: type, shape, begin, end } of entries) {
    const dtype = READ.find((one) => one === type);
    if (dtype === undefined) continue;
    // a copy, since the file's own offset may be unaligned; not by slice(), which in Node's Buffer gives a view
    const raw = new Uint8Array(bytes.subarray(dataStart + begin, dataStart + end)).buffer;
    if (dtype === 'I32') tensors.set(name, { dtype, shape, data: new Int32Array(raw) });
    else tensors.set(name, { dtype: 'F32', shape, data: floatsOf(dtype, raw) });
  }
  const infos = entries.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
  return { tensors, infos, metadata };
}

/** A tensor as sentences describe it: `num_batches (I64)`, `norm.weight (F32 [5])`. */
export function formatTensor({ name, dtype, shape }: TensorInfo): string {
  const short = name.length > MAX_SHOWN_NAME ? `${name.slice(0, MAX_SHOWN_NAME)}…` : name;
  return `${short} (${dtype}${shape.length === 0 ? '' : ` [${shape.join(', ')}]`})`;
}

/**
 * Writes a file that every safetensors reader accepts, tensors in the order of the map.
 * @param half writes F32 tensors as F16, rounded: half the size
 * @throws LabError `internal` when a shape and its data disagree or a name is reserved
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
  { half = false }: { readonly half?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  const described: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) described.push([METADATA, metadata]);
  const parts: (Float32Array | Int32Array | Uint16Array)[] = [];
  let offset = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    if (name === METADATA || elements(shape) !== data.length) {
      fail(
        'internal',
        `The tensor "${name}" of shape [${shape.join(', ')}] with ${data.length} values cannot be written as safetensors.`,
        'Please report it with this message.',
      );
    }
    const halved = half && dtype === 'F32';
    const part = halved ? Uint16Array.from(data, numberToHalf) : data;
    const end = offset + part.byteLength;
    described.push([name, { dtype: halved ? 'F16' : dtype, shape, data_offsets: [offset, end] }]);
    parts.push(part);
    offset = end;
  }
  // fromEntries defines properties, so a tensor named `__proto__` stays a tensor
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(described)));
  const headerBytes = Math.ceil(json.byteLength / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(LENGTH_BYTES + headerBytes + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerBytes); // the format pads its header with spaces
  file.set(json, LENGTH_BYTES);
  let position = LENGTH_BYTES + headerBytes;
  for (const { buffer, byteOffset, byteLength } of parts) {
    file.set(new Uint8Array(buffer, byteOffset, byteLength), position);
    position += byteLength;
  }
  return file;
}

function readHeader(bytes: Uint8Array): { header: object; dataStart: number } {
  if (bytes.byteLength < LENGTH_BYTES) reject(`it has ${bytes.byteLength} bytes, fewer than its header's length needs`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = view.getBigUint64(0, true);
  if (headerBytes > BigInt(MAX_HEADER_BYTES)) reject(`its header claims ${headerBytes} bytes`);
  const dataStart = LENGTH_BYTES + Number(headerBytes);
  if (dataStart > bytes.byteLength) {
    reject(`its header claims ${headerBytes} bytes, but only ${bytes.byteLength - LENGTH_BYTES} follow`);
  }
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(LENGTH_BYTES, dataStart)));
  } catch (cause) {
    reject('its header is not JSON in UTF-8', cause);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) reject('its header is not an object');
  return { header, dataStart };
}

function readMetadata(value: unknown): Record<string, string> {
  const pairs = metadataSchema.safeParse(typeof value === 'object' && value !== null ? Object.entries(value) : null);
  if (!pairs.success) reject('its metadata is not a map of strings');
  return Object.fromEntries(pairs.data);
}

function readEntry(name: string, value: unknown, dataBytes: number): Entry {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) reject(`the entry of "${name}" lacks a type, a shape of whole numbers, or two offsets`);
  const { dtype, shape, data_offsets } = parsed.data;
  const [begin, end] = data_offsets;
  if (!DTYPES.has(dtype)) reject(`"${name}" has values of the type ${dtype}, which the format does not have`);
  if (begin > end || end > dataBytes) {
    reject(`"${name}" claims bytes ${begin} to ${end} of ${dataBytes}`);
  }
  const expected = (elements(shape) * bitsOf(dtype)) / 8;
  if (expected !== end - begin) {
    reject(`"${name}" of shape [${shape.join(', ')}] needs ${expected} bytes but has ${end - begin}`);
  }
  return { name, dtype, shape, begin, end };
}

/** The format forbids gaps and overlaps: every byte belongs to exactly one tensor. */
function requireContiguous(entries: readonly Entry[], dataBytes: number): void {
  let position = 0;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== position) reject(`"${name}" starts at byte ${begin} instead of ${position}`);
    position = end;
  }
  if (position !== dataBytes) reject(`its tensors take ${position} bytes, but ${dataBytes} follow the header`);
}

/** Exact while below 2^53; beyond, any rounding is still far more than a file can hold. */
function elements(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function floatsOf(dtype: Exclude<Dtype, 'I32'>, raw: ArrayBuffer): Float32Array<ArrayBuffer> {
  switch (dtype) {
    case 'F32':
      return new Float32Array(raw);
    case 'F64':
      return Float32Array.from(new Float64Array(raw));
    case 'F16':
      return Float32Array.from(new Uint16Array(raw), halfToNumber);
    case 'BF16':
      // the upper half of a float32
      return new Float32Array(Uint32Array.from(new Uint16Array(raw), (bits) => bits * 0x1_0000).buffer);
    default:
      return dtype satisfies never;
  }
}

/** IEEE 754 binary16. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The nearest binary16, of two as near the even one, as IEEE 754 rounds; beyond its range infinite. */
function numberToHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size >= 65_520) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | roundToEven(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  // if it rounds up to the next power of two, the carry goes into the exponent
  return sign | (((exponent + 14) << 10) + roundToEven((size / 2 ** exponent) * 1024));
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

function reject(what: string, cause?: unknown): never {
  fail(
    'bad-input',
    `This is not a complete safetensors file: ${what}.`,
    'Download or export the file again. Stored data has not changed.',
    cause,
  );
}
