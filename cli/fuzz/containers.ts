/** Damage inside containers: unpacks them, damages a part, and packs them again as their formats require. */
import { BlobReader, Uint8ArrayReader, Uint8ArrayWriter, ZipReader, ZipWriter } from '@zip.js/zip.js';
import type { RandomStream } from '#core/random/stream.ts';
import { damagedBytes, damagedJson, damagedText, joined, once, oneOf, type Bytes } from './damage.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Number of bytes at the start of a safetensors file that hold the header's length. */
const LENGTH_BYTES = 8;

/** Damages the bytes of safetensors, their header, or JSON within their metadata. */
export function damagedSafetensors(whole: Uint8Array, random: RandomStream): Bytes {
  const headerBytes = Number(new DataView(whole.buffer, whole.byteOffset).getBigUint64(0, true));
  const header = decoder.decode(whole.subarray(LENGTH_BYTES, LENGTH_BYTES + headerBytes));
  const data = whole.subarray(LENGTH_BYTES + headerBytes);
  switch (random.below(4)) {
    case 0:
      return damagedBytes(whole, random);
    case 1:
      return damagedBytes(whole.subarray(0, LENGTH_BYTES + headerBytes), random);
    case 2:
      return withHeader(damagedJson(header, random), data);
    default:
      return withHeader(damagedMetadata(header, random), data);
  }
}

function withHeader(header: string, data: Uint8Array): Bytes {
  const text = encoder.encode(header);
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return joined(length, text, data);
}

function damagedMetadata(header: string, random: RandomStream): string {
  const parsed: unknown = JSON.parse(header);
  const metadata: unknown = Reflect.get(Object(parsed), '__metadata__');
  if (typeof metadata !== 'object' || metadata === null) return damagedJson(header, random);
  const name = oneOf(random, Object.keys(metadata));
  Reflect.set(metadata, name, damagedJson(String(Reflect.get(metadata, name)), random));
  return JSON.stringify(parsed);
}

/** Damages a part according to its file extension. */
function damagedPart(name: string, bytes: Uint8Array, random: RandomStream): Bytes {
  if (name.endsWith('.json')) return encoder.encode(damagedJson(decoder.decode(bytes), random));
  if (name.endsWith('.safetensors')) return damagedSafetensors(bytes, random);
  return damagedText(bytes, random);
}

/** Damages one part of a .zip with valid checksums; or its bytes, often those of the directory at its end. */
export async function damagedZip(whole: Uint8Array, random: RandomStream): Promise<Bytes> {
  if (once(random, 3)) return damagedBytes(whole, random, Math.max(0, whole.length - 300));
  if (once(random, 2)) return damagedBytes(whole, random);
  const parts = new Map(await unzipped(whole));
  const names = [...parts.keys()];
  const name = oneOf(random, names);
  parts.set(name, damagedPart(name, parts.get(name)!, random));
  if (once(random, 10)) parts.delete(oneOf(random, names));
  if (once(random, 10))
    parts.set(oneOf(random, ['../out.py', '/abs.py', 'C:\\x.py', 'a\0.py', '.py']), new Uint8Array(3));
  // mostly uncompressed, since packing takes most of the time
  return zipped(parts, once(random, 8) ? 1 : 0);
}

/** The unpacked parts of each sample, since unpacking is slow. */
const knownParts = new WeakMap<Uint8Array, Promise<ReadonlyMap<string, Bytes>>>();

function unzipped(whole: Uint8Array): Promise<ReadonlyMap<string, Bytes>> {
  const parts = knownParts.get(whole) ?? unzip(whole);
  knownParts.set(whole, parts);
  return parts;
}

async function unzip(whole: Uint8Array): Promise<ReadonlyMap<string, Bytes>> {
  const parts = new Map<string, Bytes>();
  const reader = new ZipReader(new BlobReader(new Blob([joined(whole)])), { useWebWorkers: false });
  for (const entry of await reader.getEntries()) {
    if (!entry.directory) parts.set(entry.filename, joined(await entry.getData(new Uint8ArrayWriter())));
  }
  await reader.close();
  return parts;
}

async function zipped(parts: ReadonlyMap<string, Uint8Array>, level: number): Promise<Bytes> {
  const zip = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const [name, bytes] of parts) await zip.add(name, new Uint8ArrayReader(bytes), { level });
  return joined(await zip.close());
}

const BLOCK = 512;
const SIZE = { at: 124, bytes: 12 };
const CHECKSUM = { at: 148, bytes: 8 };
const SIZES = [
  '77777777777',
  '00000000001',
  '-0000000001',
  '00000100000',
  '9999999999',
  '',
  '\x80\0\0\x7f\xff\xff\xff\xff',
];

/** Damages a header of a tarball and corrects the checksums, so that the reader gets past them; or damages its bytes. */
export async function damagedTarball(packed: Uint8Array, random: RandomStream): Promise<Bytes> {
  if (once(random, 4)) return damagedBytes(packed, random);
  const tar = joined(await through(packed, new DecompressionStream('gzip')));
  const heads = headersOf(tar);
  const head = oneOf(random, heads);
  if (once(random, 2)) {
    const size = Uint8Array.from(oneOf(random, SIZES).padEnd(SIZE.bytes, '\0'), (c) => c.charCodeAt(0));
    tar.set(size.subarray(0, SIZE.bytes), head + SIZE.at);
  } else tar.set(damagedBytes(tar.subarray(head, head + BLOCK), random).subarray(0, BLOCK), head);
  for (const at of heads) setChecksum(tar, at);
  return through(once(random, 3) ? damagedBytes(tar, random) : tar, new CompressionStream('gzip'));
}

/** Offsets of the headers in an undamaged tarball. */
function headersOf(tar: Uint8Array): number[] {
  const places: number[] = [];
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0;) {
    places.push(at);
    const size = Number.parseInt(decoder.decode(tar.subarray(at + SIZE.at, at + SIZE.at + SIZE.bytes)), 8);
    at += BLOCK + BLOCK * Math.ceil(size / BLOCK);
  }
  return places;
}

/** The checksum of a tar header is the sum of its bytes, in octal; the checksum's own bytes count as spaces. */
function setChecksum(tar: Uint8Array, at: number): void {
  const header = tar.subarray(at, at + BLOCK);
  header.fill(0x20, CHECKSUM.at, CHECKSUM.at + CHECKSUM.bytes);
  const sum = header.reduce((sum, byte) => sum + byte, 0);
  header.set(encoder.encode(`${sum.toString(8).padStart(6, '0')}\0 `), CHECKSUM.at);
}

async function through(bytes: Uint8Array, transform: CompressionStream | DecompressionStream): Promise<Bytes> {
  const stream = new Blob([joined(bytes)]).stream().pipeThrough(transform);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
