/** Lines of a blob, read slice by slice: a text of gigabytes is never in memory as a whole. */
import { fail } from '../../failure.ts';
import { formatBytes } from '../../format.ts';
import { bytesOf, type NamedBlob, type Reading } from './source.ts';

/** Bytes read at a time. */
export const SLICE_BYTES = 4 * 2 ** 20;
/** A line is a file's tokens; CodeXGLUE's longest has 2 MB. */
export const MAX_LINE_BYTES = 64 * 2 ** 20;

const NEWLINE = 0x0a;

/**
 * Each line without its line feed; the last one also where no line feed follows it. What it yields is a view that the next
 * line may overwrite.
 * @throws LabError `bad-input` for a line longer than `most`
 */
export async function* linesOf(
  { path, blob }: NamedBlob,
  { signal, onBytes }: Reading,
  most = MAX_LINE_BYTES,
): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array();
  let line = 0;
  for (let start = 0; start < blob.size; start += SLICE_BYTES) {
    signal.throwIfAborted();
    const fresh = await bytesOf(blob.slice(start, Math.min(start + SLICE_BYTES, blob.size)));
    let from = 0;
    for (;;) {
      const newline = fresh.indexOf(NEWLINE, from);
      if (newline < 0) break;
      line++;
      const end = fresh.subarray(from, newline);
      yield rest.length === 0 ? end : joined(rest, end);
      rest = new Uint8Array();
      from = newline + 1;
    }
    if (rest.length + fresh.length - from > most) {
      fail(
        'bad-input',
        `Line ${line + 1} of ${path} is longer than ${formatBytes(most)}.`,
        'It must have one source file per line. Check that you chose the right file.',
      );
    }
    rest = rest.length === 0 ? fresh.slice(from) : joined(rest, fresh.subarray(from));
    onBytes(fresh.length);
  }
  if (rest.length > 0) yield rest;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
