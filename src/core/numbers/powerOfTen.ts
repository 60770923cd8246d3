/** Numbers too large or too small for digits, as a mantissa times a power of ten. */

/** Figures from here on are written so: three digits and a power say more than ten digits. */
export const MAX_PLAIN = 1e9;

/** A finite number of any size in three digits: `3.82×10¹²`. */
export function powerText(value: number): string {
  if (value === 0) return '0';
  const [mantissa = '', exponent = ''] = value.toExponential(2).split('e');
  return timesPower(mantissa.replace(/^-/, '−'), Number(exponent));
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** @param mantissa as it is written, with a real minus sign */
export function timesPower(mantissa: string, exponent: number): string {
  const digits = String(Math.abs(exponent)).replaceAll(/\d/g, (digit) => SUPERSCRIPTS.charAt(Number(digit)));
  const power = `10${exponent < 0 ? '⁻' : ''}${digits}`;
  if (mantissa === '1') return power;
  return mantissa === '−1' ? `−${power}` : `${mantissa}×${power}`;
}
