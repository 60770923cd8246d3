/**
 * Where each kind of lexeme ends: the regular expressions of `Lib/tokenize.py` (3.11), by hand over UTF-16 code units.
 * Positions are offsets into the whole text; a line ends after its line feed.
 */
import { isWordBeyondAscii } from './characters.ts';

export const TAB = 9;
export const LF = 10;
export const FF = 12;
export const CR = 13;
export const SPACE = 32;
const DOUBLE_QUOTE = 34;
export const HASH = 35;
const SINGLE_QUOTE = 39;
export const DOT = 46;
export const BACKSLASH = 92;

/** Classes of an ASCII character as the first of a token. */
export const OTHER = 0;
export const LETTER = 1;
export const DIGIT = 2;
export const OPERATOR = 3;
export const QUOTE = 4;
export const BLANK = 5;

export const CLASS = new Uint8Array(128);
for (let c = 0; c < 128; c++) {
  const char = String.fromCharCode(c);
  if (/[A-Za-z_]/.test(char)) CLASS[c] = LETTER;
  else if (/[0-9]/.test(char)) CLASS[c] = DIGIT;
  else if ('%&()*+,-./:;<=>@[]^{|}~!'.includes(char)) CLASS[c] = OPERATOR;
  else if (c === SINGLE_QUOTE || c === DOUBLE_QUOTE) CLASS[c] = QUOTE;
  else if (c === SPACE || c === TAB || c === FF) CLASS[c] = BLANK;
}

// `token.EXACT_TOKEN_TYPES` of 3.11; `<>` and a lone `!` are not in it.
const OPERATORS_2: ReadonlySet<string> = new Set('!= %= &= ** *= += -= -> // /= := << <= == >= >> @= ^= |='.split(' '));
const OPERATORS_3: ReadonlySet<string> = new Set('**= //= <<= >>= ...'.split(' '));

const EXPONENT = '[eE][-+]?[0-9](?:_?[0-9])*';
const DIGITS = '[0-9](?:_?[0-9])*';
const FLOAT = `(?:${DIGITS}\\.(?:${DIGITS})?|\\.${DIGITS})(?:${EXPONENT})?|${DIGITS}${EXPONENT}`;
/** The `Number` of tokenize.py, alternatives in its order, since the first that matches wins. */
const NUMBER = new RegExp(
  `${DIGITS}[jJ]|(?:${FLOAT})[jJ]|${FLOAT}|0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?0)*|[1-9](?:_?[0-9])*`,
  'y',
);

/** Where the search for the end of a quoted string found none on its line. */
export const UNCLOSED = -1;
/** The same, but a backslash before the line's end carries the string on. */
export const CONTINUED = -2;

export function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

export function isWordAt(text: string, pos: number, unit: number): boolean {
  return isWordBeyondAscii(unit >= 0xd800 && unit <= 0xdbff ? text.codePointAt(pos)! : unit);
}

export function endOfWord(text: string, from: number, limit: number): number {
  let pos = from;
  while (pos < limit) {
    const c = text.charCodeAt(pos);
    if (c < 128) {
      const kind = CLASS[c]!;
      if (kind !== LETTER && kind !== DIGIT) break;
      pos++;
    } else {
      if (!isWordAt(text, pos, c)) break;
      pos += c >= 0xd800 && c <= 0xdbff ? 2 : 1;
    }
  }
  return pos;
}

/** Index of the quote where a string with a prefix begins at `pos`, or -1. Prefixes: b r u f br rb fr rf, in any case. */
export function quoteAfterPrefix(text: string, pos: number, first: number): number {
  const a = first | 32;
  if (a !== 98 && a !== 114 && a !== 117 && a !== 102) return -1;
  const second = text.charCodeAt(pos + 1);
  if (second === SINGLE_QUOTE || second === DOUBLE_QUOTE) return pos + 1;
  const b = second | 32;
  if (!(a === 114 ? b === 98 || b === 102 : (a === 98 || a === 102) && b === 114)) return -1;
  const third = text.charCodeAt(pos + 2);
  return third === SINGLE_QUOTE || third === DOUBLE_QUOTE ? pos + 2 : -1;
}

export function endOfNumber(text: string, pos: number): number {
  // Most numbers are one decimal digit that nothing of a longer number follows.
  const next = text.charCodeAt(pos + 1);
  if (
    text.charCodeAt(pos) !== DOT &&
    next !== DOT &&
    !(next < 128 && (CLASS[next] === DIGIT || CLASS[next] === LETTER))
  ) {
    return pos + 1;
  }
  NUMBER.lastIndex = pos;
  return NUMBER.test(text) ? NUMBER.lastIndex : pos + 1;
}

export function endOfOperator(text: string, pos: number): number {
  const next = text.charCodeAt(pos + 1);
  if (!(next < 128 && CLASS[next] === OPERATOR)) return pos + 1;
  if (OPERATORS_3.has(text.slice(pos, pos + 3))) return pos + 3;
  return OPERATORS_2.has(text.slice(pos, pos + 2)) ? pos + 2 : pos + 1;
}

export function endOfComment(text: string, from: number, lineEnd: number): number {
  let pos = from;
  while (pos < lineEnd) {
    const c = text.charCodeAt(pos);
    if (c === LF || c === CR) break;
    pos++;
  }
  return pos;
}

/** End of a string of one quote that begins on this line, `UNCLOSED`, or `CONTINUED` by a backslash before the line's end. */
export function endOfSingle(text: string, from: number, lineEnd: number, quote: number): number {
  for (let pos = from; pos < lineEnd; pos++) {
    const c = text.charCodeAt(pos);
    if (c === quote) return pos + 1;
    if (c === LF) return UNCLOSED;
    if (c === BACKSLASH) {
      if (endsInContinuation(text, pos, lineEnd, pos)) return CONTINUED;
      pos++;
    }
  }
  return UNCLOSED;
}

/** End of a string of one quote on a line that continues it, or `UNCLOSED`. */
export function endOfContinued(text: string, from: number, lineEnd: number, quote: number): number {
  for (let pos = from; pos < lineEnd; pos++) {
    const c = text.charCodeAt(pos);
    if (c === quote) return pos + 1;
    if (c === BACKSLASH) pos++;
  }
  return UNCLOSED;
}

/** End of a triple-quoted string, or `UNCLOSED` where it goes on after this line. */
export function endOfTriple(text: string, from: number, lineEnd: number, quote: number): number {
  for (let pos = from; pos < lineEnd; pos++) {
    const c = text.charCodeAt(pos);
    if (c === quote && text.charCodeAt(pos + 1) === quote && text.charCodeAt(pos + 2) === quote) return pos + 3;
    if (c === BACKSLASH) pos++;
  }
  return UNCLOSED;
}

/**
 * Whether a line ends in a backslash and a line feed, a carriage return between them allowed.
 * @param at where that backslash has to be; anywhere if left out
 */
export function endsInContinuation(text: string, lineStart: number, lineEnd: number, at = -1): boolean {
  if (text.charCodeAt(lineEnd - 1) !== LF) return false;
  const before = text.charCodeAt(lineEnd - 2) === CR ? lineEnd - 3 : lineEnd - 2;
  return before >= lineStart && text.charCodeAt(before) === BACKSLASH && (at < 0 || before === at);
}
