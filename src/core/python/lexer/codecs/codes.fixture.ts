/** Every code of a codec, decoded, as `pytorch/oracle/make_codec_oracle.py` lists them. */
import { sha256Hex } from '../../../data/hash.ts';
import { ALL_READ, Units } from './decoder.ts';
import { loadDecoder, loadedDecoder } from './load.ts';

/** All sequences of a prefix and one byte of each range, in order. */
export interface CodeBlock {
  readonly codec: string;
  /** First bytes of every sequence, in hexadecimal. */
  readonly prefix: string;
  /** Ranges of each further byte, such as `30-39,41`, in hexadecimal. */
  readonly bytes: readonly string[];
}

/** A decoder as a function from bytes to text; null if it rejects them. */
export type Decode = (bytes: Uint8Array) => string | null;

/** @throws LabError `network` if the tables cannot be loaded */
export async function decodeOf(codec: string): Promise<Decode> {
  if (codec === 'utf_8') return decodeUtf8;
  await loadDecoder(codec);
  const decoder = loadedDecoder(codec);
  const units = new Units(LONGEST_TEXT);
  return (bytes) => {
    units.clear();
    return decoder(bytes, units) === ALL_READ ? units.toString() : null;
  };
}

/** Maximum number of bytes in a random text. */
const LONGEST_TEXT = 1 << 10;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null; // a fatal decoder throws only on bytes that it cannot read
  }
}

/** Calls `take` with every sequence of a block. It reuses one array for all calls. */
export function forEachCode({ prefix, bytes }: CodeBlock, take: (code: Uint8Array) => void): void {
  const start = bytesOfHex(prefix);
  const code = new Uint8Array(start.length + bytes.length);
  code.set(start);
  const ranges = bytes.map(membersOf);
  const fill = (place: number): void => {
    const range = ranges[place];
    if (range === undefined) return take(code);
    for (const byte of range) {
      code[start.length + place] = byte;
      fill(place + 1);
    }
  };
  fill(0);
}

export function bytesOfHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}

function membersOf(ranges: string): number[] {
  return ranges.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map((byte) => parseInt(byte, 16));
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

const NONE = 255;

/** SHA-256 over the decoded texts of a block, computed as in make_codec_oracle.py. */
export async function digestOf(block: CodeBlock): Promise<string> {
  const decode = await decodeOf(block.codec);
  const encoder = new TextEncoder();
  let all = new Uint8Array(1 << 16);
  let length = 0;
  forEachCode(block, (code) => {
    const text = decode(code);
    if (all.length - length < 256) {
      const larger = new Uint8Array(2 * all.length);
      larger.set(all);
      all = larger;
    }
    const { written } = text === null ? { written: 0 } : encoder.encodeInto(text, all.subarray(length + 1));
    all[length] = text === null ? NONE : written;
    length += 1 + written;
  });
  return sha256Hex(all.slice(0, length));
}
