/** Rows of ids to shards and back: little-endian uint16, a fixed number of ids a row, about 1 MiB a shard. */
import { fail } from '../failure.ts';
import { PAD_ID } from './vocabulary.ts';

const SHARD_BYTES = 2 ** 20;
const ID_BYTES = Uint16Array.BYTES_PER_ELEMENT;

/** Rows of a full shard. @param length ids a row */
export function rowsPerShard(length: number): number {
  return Math.max(1, Math.floor(SHARD_BYTES / (length * ID_BYTES)));
}

/** Little-endian uint16, one after the other. */
export function encodeIds(ids: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ids.length * ID_BYTES);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < ids.length; i++) view.setUint16(i * ID_BYTES, ids[i]!, true);
  return bytes;
}

/** @param rows ids of each row, `length` at most; shorter rows are filled with PAD */
export function encodeShard(rows: readonly ArrayLike<number>[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(rows.length * length * ID_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [r, row] of rows.entries()) {
    for (let i = 0; i < length; i++) {
      view.setUint16((r * length + i) * ID_BYTES, i < row.length ? row[i]! : PAD_ID, true);
    }
  }
  return bytes;
}

/**
 * Rows of a shard, PAD included: views of one array.
 * @throws LabError `bad-input` where the bytes are not a whole number of rows
 */
export function decodeShard(bytes: Uint8Array, length: number): Uint16Array[] {
  const rows = bytes.length / (length * ID_BYTES);
  if (!Number.isInteger(rows)) {
    fail(
      'bad-input',
      `A shard of ${bytes.length} bytes is not a whole number of rows of ${length} ids.`,
      'Prepare the data set again.',
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ids = new Uint16Array(rows * length);
  for (let i = 0; i < ids.length; i++) ids[i] = view.getUint16(i * ID_BYTES, true);
  return Array.from({ length: rows }, (_, r) => ids.subarray(r * length, (r + 1) * length));
}
