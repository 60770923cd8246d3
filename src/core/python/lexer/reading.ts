/** How the bytes of a Python file become the text that is lexed. */

/**
 * - `bytes`: like `tokenize.tokenize`: the declared encoding, and only line feeds end lines. Data sets whose manifest names no
 *   reading have this one.
 * - `text`: like `python3 FILE`: the declared encoding and universal newlines, so a lone carriage return ends a line too.
 * - `utf8-text`: like CodeXGLUE's `preprocess.py`: reads every file as UTF-8 with universal newlines, and passes the result to
 *   `tokenize` as bytes. So files in other encodings fail.
 */
export const READINGS = ['text', 'utf8-text', 'bytes'] as const;
export type SourceReading = (typeof READINGS)[number];

/** The reading of Python files that belong to no data set. */
export const DEFAULT_READING: SourceReading = 'text';

/** The reading of data sets and weights that name none. */
export const UNNAMED_READING: SourceReading = 'bytes';

const LF = 10;
const CR = 13;

export function hasUniversalNewlines(reading: SourceReading): boolean {
  return reading !== 'bytes';
}

/**
 * Replaces every lone carriage return with a line feed, in place. `\r\n` stays, since the scanner reads it as `\n`.
 * @param text ASCII-compatible, such as UTF-8, up to `length`
 */
export function endLinesAtReturns(text: Uint8Array, length = text.length): void {
  const own = text.subarray(0, length);
  for (let at = own.indexOf(CR); at >= 0; at = own.indexOf(CR, at + 1)) {
    if (own[at + 1] !== LF) own[at] = LF;
  }
}

/** Like `endLinesAtReturns`, but on a copy; returns `text` itself if there is no lone carriage return. */
export function withUniversalNewlines(text: Uint8Array): Uint8Array {
  for (let at = text.indexOf(CR); at >= 0; at = text.indexOf(CR, at + 1)) {
    if (text[at + 1] === LF) continue;
    const copy = text.slice();
    endLinesAtReturns(copy);
    return copy;
  }
  return text;
}

/** End of the line that begins at `start`, after its line end. */
export function endOfLine(bytes: Uint8Array, start: number, reading: SourceReading): number {
  const feed = bytes.indexOf(LF, start);
  const end = feed < 0 ? bytes.length : feed + 1;
  if (!hasUniversalNewlines(reading)) return end;
  const back = bytes.subarray(start, end).indexOf(CR);
  if (back < 0) return end;
  return start + back + (bytes[start + back + 1] === LF ? 2 : 1);
}

/** Number of the line that contains a byte, from 1. */
export function lineAt(bytes: Uint8Array, offset: number, reading: SourceReading): number {
  let line = 0;
  for (let start = 0; start <= offset && start < bytes.length; start = endOfLine(bytes, start, reading)) line++;
  return Math.max(line, 1);
}
