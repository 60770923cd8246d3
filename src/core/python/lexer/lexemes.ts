/**
 * Finds the end of each kind of lexeme: the regular expressions of `Lib/tokenize.py` (3.11), written by hand for UTF-8 bytes.
 * Positions are offsets into the whole source; a line ends after its line feed. A few zero bytes must follow the source, so
 * that looking ahead needs no bounds check.
 */
import { isWordBeyondAscii } from './characters.ts';
import { codePointAt } from './utf8.ts';

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

/** Classes of ASCII characters by the kind of token that they begin. */
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

// Operators of two characters in `token.EXACT_TOKEN_TYPES` of 3.11, indexed by both characters. `<>` and a lone `!` are not in it.
const OPERATORS_2 = new Uint8Array(128 * 128);
for (const operator of '!= %= &= ** *= += -= -> // /= := << <= == >= >> @= ^= |='.split(' ')) {
  OPERATORS_2[operator.charCodeAt(0) * 128 + operator.charCodeAt(1)] = 1;
}
const EQUALS = 61;

/** Result of the search for a string's end if there is none on the line. */
export const UNCLOSED = -1;
/** Likewise, but a backslash at the line's end continues the string on the next line. */
export const CONTINUED = -2;

export function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

export function isWordAt(source: Uint8Array, pos: number): boolean {
  return isWordBeyondAscii(codePointAt(source, pos));
}

/** Index of the quote where a string with a prefix begins at `pos`, or -1. Prefixes: b r u f br rb fr rf, in any case. */
export function quoteAfterPrefix(source: Uint8Array, pos: number, first: number): number {
  const a = first | 32;
  if (a !== 98 && a !== 114 && a !== 117 && a !== 102) return -1;
  const second = source[pos + 1]!;
  if (second === SINGLE_QUOTE || second === DOUBLE_QUOTE) return pos + 1;
  const b = second | 32;
  if (!(a === 114 ? b === 98 || b === 102 : (a === 98 || a === 102) && b === 114)) return -1;
  const third = source[pos + 2]!;
  return third === SINGLE_QUOTE || third === DOUBLE_QUOTE ? pos + 2 : -1;
}

const NO_MATCH = -1;

/** `Number` of tokenize.py: tries an imaginary number first, then a float, then a whole number. */
export function endOfNumber(source: Uint8Array, pos: number): number {
  const first = source[pos]!;
  const whole = endOfDigits(source, pos);
  if (first !== DOT) {
    const next = source[whole]!;
    // Fast path: most numbers are decimal digits alone.
    if (next !== DOT && !(next < 128 && CLASS[next] === LETTER))
      return first === ZERO ? endOfZeros(source, pos) : whole;
  }
  const end = endOfFloat(source, pos, whole);
  if (end !== NO_MATCH) return isImaginary(source[end]!) ? end + 1 : end;
  if (isImaginary(source[whole]!)) return whole + 1;
  if (first !== ZERO) return whole;
  const radix = endOfRadix(source, pos);
  return radix === NO_MATCH ? endOfZeros(source, pos) : radix;
}

const ZERO = 48;
const UNDERSCORE = 95;

function isImaginary(c: number): boolean {
  return (c | 32) === 106;
}

/** `[0-9](?:_?[0-9])*` */
function endOfDigits(source: Uint8Array, from: number): number {
  if (!isDigit(source[from]!)) return NO_MATCH;
  let pos = from + 1;
  for (;;) {
    if (isDigit(source[pos]!)) pos++;
    else if (source[pos] === UNDERSCORE && isDigit(source[pos + 1]!)) pos += 2;
    else return pos;
  }
}

/** `0(?:_?0)*`: a decimal whole number that begins with zero has no other digits. */
function endOfZeros(source: Uint8Array, from: number): number {
  let pos = from + 1;
  for (;;) {
    if (source[pos] === ZERO) pos++;
    else if (source[pos] === UNDERSCORE && source[pos + 1] === ZERO) pos += 2;
    else return pos;
  }
}

/** @param whole end of the digits before a point or an exponent, if there are any */
function endOfFloat(source: Uint8Array, pos: number, whole: number): number {
  const point = whole === NO_MATCH ? pos : whole;
  if (source[point] !== DOT) return endOfExponent(source, point);
  const fraction = endOfDigits(source, point + 1);
  const mantissa = fraction === NO_MATCH ? point + 1 : fraction;
  const exponent = endOfExponent(source, mantissa);
  return exponent === NO_MATCH ? mantissa : exponent;
}

/** `[eE][-+]?` and digits */
function endOfExponent(source: Uint8Array, pos: number): number {
  if ((source[pos]! | 32) !== 101) return NO_MATCH;
  const sign = source[pos + 1];
  return endOfDigits(source, pos + (sign === 43 || sign === 45 ? 2 : 1));
}

/** `0x`, `0b` or `0o`, and `(?:_?[digits])+` */
function endOfRadix(source: Uint8Array, from: number): number {
  const letter = source[from + 1]! | 32;
  const radix = letter === 120 ? 16 : letter === 98 ? 2 : letter === 111 ? 8 : 0;
  let pos = from + 2;
  for (;;) {
    const at = source[pos] === UNDERSCORE ? pos + 1 : pos;
    if (digitOf(source[at]!) >= radix) return pos === from + 2 ? NO_MATCH : pos;
    pos = at + 1;
  }
}

/** Value of a hexadecimal digit, 99 for other characters. */
function digitOf(c: number): number {
  if (isDigit(c)) return c - 48;
  const letter = c | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : 99;
}

export function endOfOperator(source: Uint8Array, pos: number, first: number): number {
  const next = source[pos + 1]!;
  if (next >= 128) return pos + 1;
  if (OPERATORS_2[first * 128 + next] === 1) {
    // `**=`, `//=`, `<<=`, `>>=`
    return first === next && first !== EQUALS && source[pos + 2] === EQUALS ? pos + 3 : pos + 2;
  }
  return first === DOT && next === DOT && source[pos + 2] === DOT ? pos + 3 : pos + 1;
}

export function endOfComment(source: Uint8Array, from: number, lineEnd: number): number {
  let pos = from;
  while (pos < lineEnd) {
    const c = source[pos]!;
    if (c === LF || c === CR) break;
    pos++;
  }
  return pos;
}

/** End of a single-quoted string that begins on this line, `UNCLOSED`, or `CONTINUED` if a backslash ends the line. */
export function endOfSingle(source: Uint8Array, from: number, lineEnd: number, quote: number): number {
  for (let pos = from; pos < lineEnd; pos++) {
    const c = source[pos]!;
    if (c === quote) return pos + 1;
    if (c === LF) return UNCLOSED;
    if (c === BACKSLASH) {
      if (endsInContinuation(source, pos, lineEnd, pos)) return CONTINUED;
      pos++;
    }
  }
  return UNCLOSED;
}

/** End of a single-quoted string on a line that continues it, or `UNCLOSED`. */
export function endOfContinued(source: Uint8Array, from: number, lineEnd: number, quote: number): number {
  for (let pos = from; pos < lineEnd; pos++) {
    const c = source[pos]!;
    if (c === quote) return pos + 1;
    if (c === BACKSLASH) pos++;
  }
  return UNCLOSED;
}

/** End of a triple-quoted string, or `UNCLOSED` if it continues after this line. */
export function endOfTriple(source: Uint8Array, from: number, lineEnd: number, quote: number): number {
  for (let pos = from; pos < lineEnd; pos++) {
    const c = source[pos]!;
    if (c === quote && source[pos + 1] === quote && source[pos + 2] === quote) return pos + 3;
    if (c === BACKSLASH) pos++;
  }
  return UNCLOSED;
}

/**
 * Whether a line ends in a backslash and a line feed. A carriage return between them is allowed.
 * @param at required position of the backslash; any if left out
 */
export function endsInContinuation(source: Uint8Array, lineStart: number, lineEnd: number, at = -1): boolean {
  if (source[lineEnd - 1] !== LF) return false;
  const before = source[lineEnd - 2] === CR ? lineEnd - 3 : lineEnd - 2;
  return before >= lineStart && source[before] === BACKSLASH && (at < 0 || before === at);
}
