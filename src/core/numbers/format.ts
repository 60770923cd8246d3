import { notationOf } from './notation.ts';

/**
 * A number with all its digits, as the locale writes it: `0,005` in German. `parseNumber` reads the same number from it. Below 1e-6 it has
 * an exponent, as a program would write it: `1e-7`.
 * @param value finite
 * @param grouping separates thousands of a whole number; others have none, since in German `1.234` would be read in two ways
 */
export function formatNumber(value: number, locale: string, { grouping = false } = {}): string {
  const notation = notationOf(locale);
  if (grouping && Number.isSafeInteger(value)) return notation.grouped.format(value);
  // the shortest digits that identify this number
  const bare = String(Math.abs(value)).replace('e+', 'e');
  const digits = bare.replaceAll(/\d/g, (digit) => notation.digits[Number(digit)]!);
  const [mantissa, exponent] = digits.replace('.', notation.decimal).split('e');
  const text = exponent === undefined ? mantissa! : `${mantissa}e${exponent}`;
  return value < 0 ? `${notation.minus}${text}` : text;
}
