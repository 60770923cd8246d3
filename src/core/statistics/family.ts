/**
 * Simultaneous intervals. With many 95% intervals at once, some exclude the truth by chance. Bonferroni's correction (Dunn, 1961)
 * gives each of m intervals the confidence 1 - 0.05 / m, so that all of them hold with 95% confidence, even if they depend on each other.
 *
 * A difference of the family is resolved where its interval excludes zero, so decisions and intervals always agree. Holm's procedure
 * (1979) sometimes resolves one more, but has no finite intervals that agree with it.
 */
import { CONFIDENCE, hasInterval, intervalOf, type Estimate, type Interval } from './interval.ts';

export interface Family {
  readonly intervals: readonly Interval[];
  /** Intervals that were corrected for each other; estimates without an interval are not counted. */
  readonly size: number;
}

export function simultaneousIntervals(estimates: readonly Estimate[]): Family {
  const size = estimates.filter(hasInterval).length;
  const confidence = 1 - (1 - CONFIDENCE) / Math.max(1, size);
  return { intervals: estimates.map((estimate) => intervalOf(estimate, confidence)), size };
}
