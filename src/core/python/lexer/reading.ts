/** How the bytes of a Python file become the text that is lexed. */

/**
 * - `bytes`: what `tokenize.tokenize` reads: the declared encoding, lines that end at line feeds alone. Data sets made before
 *   their manifests named a reading have this one.
 * - `text`: what `python3 FILE` reads: the declared encoding, and universal newlines: a lone carriage return ends a line, too.
 * - `utf8-text`: what CodeXGLUE's `preprocess.py` reads: UTF-8 whatever is declared, universal newlines, and the UTF-8 of that
 *   as `tokenize` reads bytes, so a file in another encoding fails.
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
 * Turns every lone carriage return into a line feed, in place: no byte moves. `\r\n` stays: the scanner reads it as `\n`.
 * @param text ASCII-compatible, such as UTF-8, up to `length`
 */
export function endLinesAtReturns(text: Uint8Array, length = text.length): void {
  const own = text.subarray(0, length);
  for (let at = own.indexOf(CR); at >= 0; at = own.indexOf(CR, at + 1)) {
    if (own[at + 1] !== LF) own[at] = LF;
  }
}

/** The same as a copy; `text` itself where no line ends at a lone carriage return. */
export function withUniversalNewlines(text: Uint8Array): Uint8Array {
  for (let at = text.indexOf(CR); at >= 0; at = text.indexOf(CR, at + 1)) {
    if (text[at + 1] === LF) continue;
    const copy = text.slice();
    endLinesAtReturns(copy);
    return copy;
  }
  return text;
}

/** Where the line that begins at `start` ends, its line end included. */
export function endOfLine(bytes: Uint8Array, start: number, reading: SourceReading): number {
  const feed = bytes.indexOf(LF, start);
  const end = feed < 0 ? bytes.length : feed + 1;
  if (!hasUniversalNewlines(reading)) return end;
  const back = bytes.subarray(start, end).indexOf(CR);
  if (back < 0) return end;
  return start + back + (bytes[start + back + 1] === LF ? 2 : 1);
}

/** Number of the line that a byte is in, from 1. */
export function lineAt(bytes: Uint8Array, offset: number, reading: SourceReading): number {
  let line = 0;
  for (let start = 0; start <= offset && start < bytes.length; start = endOfLine(bytes, start, reading)) line++;
  return Math.max(line, 1);
}
