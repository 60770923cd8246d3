/**
 * The 95% interval of a difference between two models. If both were trained with several seeds, it covers the variance of training as well
 * as the choice of test files: the variance between seeds of either model and the variance over files are added, and the degrees of freedom
 * are Welch and Satterthwaite's (Satterthwaite, 1946; Welch, 1947).
 */
import { quantileOfT } from './studentT.ts';

export interface Interval {
  readonly estimate: number;
  /** 95% bounds; in a family, 95% for all together (family.ts). Null if there is too little data. */
  readonly low: number | null;
  readonly high: number | null;
}

/** The variance of one part of an estimate, and its degrees of freedom. */
export interface VariancePart {
  readonly variance: number;
  readonly degrees: number;
}

/** A difference, and the parts of its variance. */
export interface Estimate {
  readonly estimate: number;
  /** Independent of each other; null if one could not be measured. */
  readonly parts: readonly VariancePart[] | null;
}

export const CONFIDENCE = 0.95;

export function intervalOf({ estimate, parts }: Estimate, confidence = CONFIDENCE): Interval {
  if (parts === null || !hasInterval({ estimate, parts })) return { estimate, low: null, high: null };
  const variance = varianceOf(parts);
  if (variance === 0) return { estimate, low: estimate, high: estimate };
  const degrees = variance ** 2 / parts.reduce((sum, part) => sum + part.variance ** 2 / part.degrees, 0);
  const half = quantileOfT((1 + confidence) / 2, degrees) * Math.sqrt(variance);
  return { estimate, low: estimate - half, high: estimate + half };
}

/** Whether bounds can be computed. */
export function hasInterval({ estimate, parts }: Estimate): boolean {
  return parts !== null && parts.length > 0 && Number.isFinite(estimate) && Number.isFinite(varianceOf(parts));
}

function varianceOf(parts: readonly VariancePart[]): number {
  return parts.reduce((sum, part) => sum + part.variance, 0);
}

/** The variance of the mean of values that were drawn independently. @param values at least two */
export function meanVariance(values: readonly number[]): VariancePart {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const degrees = values.length - 1;
  return { variance: squares / degrees / values.length, degrees };
}

/** Whether the interval excludes zero. If not, the difference is unresolved, which does not mean that there is none. */
export function isResolved({ low, high }: Pick<Interval, 'low' | 'high'>): boolean {
  return low !== null && high !== null && (low > 0 || high < 0);
}
