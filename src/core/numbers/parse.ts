/**
 * Reads a number that the user types, in the notation of the locale; if it means nothing there, in the notation of programs. A text that
 * could be two numbers is an error, so a text never becomes a different number.
 */
import { formatNumber } from './format.ts';
import { notationOf, type Notation } from './notation.ts';

export type ParsedNumber =
  | { readonly value: number; readonly problem: null }
  /** What is wrong and what to write, for people. */
  | { readonly value: null; readonly problem: string };

export interface ParseOptions {
  /** The number counts something: a decimal mark is an error, and so is what is not whole. */
  readonly whole?: boolean;
}

/** Marks of direction, which some locales write around a minus sign; they are invisible. */
const DIRECTION = /[\u200e\u200f\u061c]/g;
/** A text's ASCII characters as Chinese and Japanese keyboards also write them. */
const FULL_WIDTH = /[\uff01-\uff5e]/g;
const FULL_WIDTH_OFFSET = 0xfee0;
const MINUS = /\u2212/g;
const WHOLE = 'Enter a whole number, without decimals.';

const PLAIN = /^(?:\d+\.?\d*|\.\d+)$/;
/** A full stop that groups thousands for many who write a decimal comma. */
const STOP_OR_THOUSANDS = /^[1-9]\d{0,2}\.\d{3}$/;

/**
 * The grammar: spaces around, a sign (`+`, `-` or U+2212), digits with an optional decimal mark, an exponent (`e` or `E`, with a sign).
 * `.5` and `5.` are numbers. A number is the nearest float64.
 *
 * Two ways of writing are read, the locale's before the plain one:
 * - *the locale's*: its own decimal mark; its own separators between thousands, where they divide the digits as it does or in threes and
 *   the first group is neither empty nor begins with 0. Any space stands for any other, and `'` for `’`. Digits of its script are
 *   digits. So `1,5` is an error in English, not 15.
 * - *plain*: a full stop before decimals and no separators, as links and Python have it. So `0.001` is a thousandth in German too.
 *
 * What is read in two ways is an error: `1.234` where decimals have a comma, for it may be 1234 or 1.234. With `whole` a text with a
 * decimal mark is an error, `10.0` too, unless it has an exponent: so `10.000` is ten thousand in German and an error in English, and
 * `10,000` the other way round. Fullwidth characters are their ASCII ones. Hexadecimal numbers, `Infinity` and `NaN` are none, nor is what
 * float64 cannot hold: it would become 0 or infinite.
 *
 * @param text as it was typed
 * @param locale a language tag such as `de-CH`
 */
export function parseNumber(text: string, locale: string, { whole = false }: ParseOptions = {}): ParsedNumber {
  const notation = notationOf(locale);
  const parts = parted(normalised(text, notation));
  const { mantissa, exponent } = parts;
  if (mantissa === null) return refused(`Not a number: write digits, such as ${example(whole, locale)}.`);
  if (exponent === '') return refused('Unfinished: digits are missing after the e.');
  if (!/\d/.test(mantissa)) return refused(`Unfinished: write digits, such as ${example(whole, locale)}.`);
  const counted = whole && exponent === null;
  const ways = waysToRead(mantissa, notation);
  const allowed = counted ? ways.filter((way) => !way.includes('.')) : ways;
  const [way] = allowed;
  if (way === undefined) {
    return refused(ways.length > 0 ? withDecimals(parts, notation) : outOfPlace(parts, whole, notation));
  }
  const thousands = STOP_OR_THOUSANDS.test(mantissa) && notation.decimal !== '.' && !counted;
  const meant = new Set(
    [...allowed, ...(thousands ? [mantissa, mantissa.replace('.', '')] : [])].map((one) => numberOf(parts, one)),
  );
  if (meant.size > 1) {
    const finite = Array.from(meant).filter(Number.isFinite);
    return refused(`Could be two numbers: write ${finite.map((one) => formatNumber(one, locale)).join(' or ')}.`);
  }
  const value = numberOf(parts, way);
  if (!Number.isFinite(value)) return refused('Too large.');
  if (value === 0 && /[1-9]/.test(way)) return refused('Too close to 0: write 0 if it is meant.');
  if (whole && !Number.isInteger(value)) return refused(WHOLE);
  if (whole && !Number.isSafeInteger(value)) return refused('Too large.');
  return { value, problem: null };
}

/** A number as programs write it: `-1.5e-3`, with or without spaces around. Null for any other text. */
export function parsePlainNumber(text: string): number | null {
  const parts = parted(text.trim());
  const { mantissa, exponent } = parts;
  if (mantissa === null || exponent === '' || !PLAIN.test(mantissa)) return null;
  const value = numberOf(parts, mantissa);
  return Number.isFinite(value) && (value !== 0 || !/[1-9]/.test(mantissa)) ? value : null;
}

const refused = (problem: string): ParsedNumber => ({ value: null, problem });

/** Never a negative zero. @param digits a plain number */
function numberOf({ sign, exponent }: Parts, digits: string): number {
  const value = Number(exponent === null ? digits : `${digits}e${exponent}`);
  return sign === '-' && value !== 0 ? -value : value;
}

/** ASCII digits, signs and letters in the place of others that mean the same. */
function normalised(text: string, { values }: Notation): string {
  const ascii = text
    .replaceAll(DIRECTION, '')
    .trim()
    .replaceAll(FULL_WIDTH, (wide) => String.fromCharCode(wide.charCodeAt(0) - FULL_WIDTH_OFFSET))
    .replaceAll(MINUS, '-');
  return Array.from(ascii, (character) => values.get(character) ?? character).join('');
}

interface Parts {
  readonly sign: string;
  /** Digits and separators; null where the text has something else. */
  readonly mantissa: string | null;
  /** Signed digits; empty where they are missing, null without an `e`. */
  readonly exponent: string | null;
}

function parted(text: string): Parts {
  const found = /^([+-]?)([^a-z+-]*)(?:[eE]([+-]?\d*))?$/i.exec(text);
  if (!found) return { sign: '', mantissa: null, exponent: null };
  const [, sign = '', mantissa = '', exponent] = found;
  const other = /[^\d.,'\u2019\u066b\u066c\s]/.test(mantissa) || (mantissa === '' && exponent !== undefined);
  return {
    sign,
    mantissa: other ? null : mantissa,
    exponent: exponent === undefined ? null : exponent.replace(/^[+-]$/, ''),
  };
}

/** What the digits say as a plain number, read in the locale's way and the plain one; none where separators are out of place. */
function waysToRead(mantissa: string, notation: Notation): readonly string[] {
  const own = readOwn(mantissa, notation);
  return [...(own === null ? [] : [own]), ...(PLAIN.test(mantissa) ? [mantissa] : [])];
}

function readOwn(mantissa: string, notation: Notation): string | null {
  const [integers = '', decimals, ...more] = mantissa.split(notation.decimal);
  if (more.length > 0 || (decimals !== undefined && !/^\d*$/.test(decimals))) return null;
  const digits = ungrouped(integers, notation);
  if (digits === null || (digits === '' && !decimals)) return null;
  return decimals === undefined ? digits : `${digits || '0'}.${decimals}`;
}

/** Null where separators do not divide it into thousands. */
function ungrouped(integers: string, { groups, groupSizes: [last, others] }: Notation): string | null {
  if (/^\d*$/.test(integers)) return integers;
  const parts = integers.split(new RegExp(`[${groups.join('')}]`));
  if (parts.length < 2 || !parts.every((part) => /^\d+$/.test(part)) || parts[0]!.startsWith('0')) return null;
  const divided = (size: number) =>
    parts.every(({ length }, i) => {
      if (i === 0) return length <= size;
      return length === (i === parts.length - 1 ? last : size);
    });
  return divided(others) || divided(last) ? parts.join('') : null;
}

function example(whole: boolean, locale: string): string {
  if (whole) return formatNumber(12, locale);
  return `${formatNumber(0.001, locale)} or ${formatNumber(1e-7, locale)}`;
}

/** Says how to write the thousands that may be meant by decimals, where only a whole number will do. */
function withDecimals({ mantissa }: Parts, { locale }: Notation): string {
  const bare = (mantissa ?? '').replace(/\D/, '.');
  if (!STOP_OR_THOUSANDS.test(bare)) return WHOLE;
  const meant = formatNumber(Number(bare.replace('.', '')), locale, { grouping: true });
  return `A whole number: write ${meant}, if that is meant.`;
}

/** Says which separator is out of place, and how to write the numbers that may be meant. */
function outOfPlace(parts: Parts, whole: boolean, { locale, decimal, groups }: Notation): string {
  const mantissa = parts.mantissa ?? '';
  const marks: readonly string[] = mantissa.match(/\D/g) ?? [];
  const [mark = ''] = marks;
  if (marks.length > 1 && marks.includes(decimal))
    return `Not a number: write digits, such as ${example(whole, locale)}.`;
  const exponent = parts.exponent === null ? '' : `e${parts.exponent}`;
  const write = (digits: string) =>
    formatNumber(numberOf({ ...parts, exponent: null }, digits), locale, { grouping: whole }) + exponent;
  const decimals = marks.length === 1 && /[.,]/.test(mark) && !whole ? [mantissa.replace(mark, '.')] : [];
  const meant = new Set([...decimals, mantissa.replaceAll(/\D/g, '')].map(write));
  const why = groups.includes(mark) ? 'Thousands are not grouped like this' : `${nameOf(mark)} does not belong here`;
  return `${why}: write ${[...meant].join(' or ')}.`;
}

function nameOf(mark: string): string {
  return /\s/.test(mark) ? 'A space' : `“${mark}”`;
}
