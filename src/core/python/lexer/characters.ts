/** Character classes of Python 3.11. JavaScript's `\s` and `\w` are different sets. */
import { WORD_RUNS } from './wordTable.ts';

/** Starts and ends (exclusive) of the runs of word characters above ASCII, ascending. */
const WORD_EDGES: Uint32Array = unpackRuns(WORD_RUNS);

function unpackRuns(packed: string): Uint32Array {
  const steps = packed.split(' ');
  const edges = new Uint32Array(steps.length);
  let at = 128;
  for (let i = 0; i < steps.length; i++) {
    at += Number.parseInt(steps[i]!, 36);
    edges[i] = at;
  }
  return edges;
}

/** Whether Python's `\w` matches a code point above ASCII. */
export function isWordBeyondAscii(codePoint: number): boolean {
  let low = 0;
  let high = WORD_EDGES.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (WORD_EDGES[middle]! <= codePoint) low = middle + 1;
    else high = middle;
  }
  return (low & 1) === 1;
}

/** Python's white space, as in `str.split` and `str.isspace`. Unlike JavaScript's, it has U+001C to U+001F and U+0085, but not U+FEFF. */
const SPACE = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const SPACES = new RegExp(`${SPACE}+`, 'g');
const IS_SPACE = new RegExp(`^${SPACE}$`);
/** White space that folding would change: everything except single spaces between other characters. */
const UNFOLDED = new RegExp(`^ | $|  |(?! )${SPACE}`);

export function isPythonSpace(unit: number): boolean {
  if (unit < 128) return unit === 32 || (unit >= 9 && unit <= 13) || (unit >= 28 && unit <= 31);
  return IS_SPACE.test(String.fromCharCode(unit));
}

/** Python's `' '.join(text.split())`. */
export function foldSpace(text: string): string {
  if (!UNFOLDED.test(text)) return text;
  const folded = text.replace(SPACES, ' ');
  const start = folded.startsWith(' ') ? 1 : 0;
  const end = folded.endsWith(' ') ? folded.length - 1 : folded.length;
  return folded.slice(start, Math.max(start, end));
}
