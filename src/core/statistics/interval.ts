/**
 * The 95% interval of a difference between two models. Where both were trained with several seeds, it covers the luck in training as well
 * as the choice of test files: the variance between seeds of either model and the variance over files are added, and the degrees of
 * freedom are Welch and Satterthwaite's (Satterthwaite, 1946; Welch, 1947).
 */
import { quantileOfT } from './studentT.ts';

export interface Interval {
  readonly estimate: number;
  /** Bounds at 95%; null where there is too little to tell. */
  readonly low: number | null;
  readonly high: number | null;
}

/** The variance of one part of an estimate, and the degrees of freedom with which it is known. */
export interface VariancePart {
  readonly variance: number;
  readonly degrees: number;
}

const CONFIDENCE = 0.95;

/** @param parts independent of each other; null where one could not be measured */
export function intervalOf(estimate: number, parts: readonly VariancePart[] | null): Interval {
  if (parts === null || parts.length === 0 || !Number.isFinite(estimate)) return { estimate, low: null, high: null };
  const variance = parts.reduce((sum, part) => sum + part.variance, 0);
  if (!Number.isFinite(variance)) return { estimate, low: null, high: null };
  if (variance === 0) return { estimate, low: estimate, high: estimate };
  const degrees = variance ** 2 / parts.reduce((sum, part) => sum + part.variance ** 2 / part.degrees, 0);
  const half = quantileOfT((1 + CONFIDENCE) / 2, degrees) * Math.sqrt(variance);
  return { estimate, low: estimate - half, high: estimate + half };
}

/** The variance of the mean of values that were drawn independently. @param values at least two */
export function meanVariance(values: readonly number[]): VariancePart {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const degrees = values.length - 1;
  return { variance: squares / degrees / values.length, degrees };
}

/** Whether the interval excludes zero. Otherwise the difference is unresolved, which does not mean that there is none. */
export function isResolved({ low, high }: Pick<Interval, 'low' | 'high'>): boolean {
  return low !== null && high !== null && (low > 0 || high < 0);
}
