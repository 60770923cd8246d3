/**
 * Values that have no place on an axis: overflowed ones and NaN. A chart marks and counts them; it never draws a line through them or
 * treats them as zero.
 */
import type { Scale } from './axes.ts';
import { powerText } from '#core/numbers/powerOfTen.ts';

export interface NonFinite {
  /** Infinite, of either sign. */
  readonly overflowed: number;
  readonly notANumber: number;
}

export const ALL_FINITE: NonFinite = { overflowed: 0, notANumber: 0 };

export function countNonFinite(values: Iterable<number>): NonFinite {
  let [overflowed, notANumber] = [0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) notANumber++;
    else if (!Number.isFinite(value)) overflowed++;
  }
  return overflowed + notANumber === 0 ? ALL_FINITE : { overflowed, notANumber };
}

export function sumNonFinite(counts: readonly NonFinite[]): NonFinite {
  return {
    overflowed: counts.reduce((sum, one) => sum + one.overflowed, 0),
    notANumber: counts.reduce((sum, one) => sum + one.notANumber, 0),
  };
}

/** A value in words where it has no digits, else as `format` writes it. */
export function valueText(value: number, format: (value: number) => string): string {
  if (Number.isNaN(value)) return 'not a number';
  if (value === Infinity) return 'overflowed';
  return value === -Infinity ? 'overflowed below zero' : format(value);
}

/** Below this three decimals say nothing. */
const MIN_PLAIN = 5e-4;

/** Writes losses, norms and perplexities; one that is too small for `format` is written with a power of ten. */
export function withSmall(format: (value: number) => string): (value: number) => string {
  return (value) => {
    const size = Math.abs(value);
    return size > 0 && size < MIN_PLAIN ? powerText(value) : format(value);
  };
}

/** What a chart does not show as a line, in a sentence; null where there is nothing of the kind. */
export function nonFiniteNote({ overflowed, notANumber }: NonFinite): string | null {
  const over = overflowed > 0 ? `${points(overflowed)} overflowed (▲ at the edge)` : null;
  const gaps = `${notANumber === 1 ? 'is' : 'are'} not a number (a gap)`;
  if (notANumber === 0) return over && `${over}.`;
  return over === null ? `${points(notANumber)} ${gaps}.` : `${over}, ${notANumber.toLocaleString('en-US')} ${gaps}.`;
}

/** @param count of finite values at or below zero */
export function logNote(count: number, scale: Scale): string | null {
  return scale === 'log' && count > 0
    ? `${points(count)} at or below 0 ${count === 1 ? 'has' : 'have'} no place on a log axis.`
    : null;
}

const points = (count: number) => `${count.toLocaleString('en-US')} ${count === 1 ? 'point' : 'points'}`;
