/** Estimates differences between two models from sums per test file, with their variance over files and over the seeds of both. */
import { pairedJackknife, type FileSums } from './jackknife.ts';
import { meanVariance, type Estimate } from './interval.ts';

/** Results of a model on the test files. */
export interface Sample {
  /** Means over its runs. */
  readonly files: FileSums;
  /** Sums over all files, for each seed. */
  readonly seeds: readonly Float64Array[];
}

/** Whether the intervals can cover the variance between seeds, which needs two seeds of each model. */
export function coversSeeds(baseline: Sample, candidate: Sample): boolean {
  return baseline.seeds.length > 1 && candidate.seeds.length > 1;
}

/**
 * Estimates candidate minus baseline.
 * @param statistics each computes a number from the sums of all columns
 */
export function estimateDifferences(
  baseline: Sample,
  candidate: Sample,
  statistics: readonly ((totals: Float64Array) => number)[],
): readonly Estimate[] {
  const overFiles = pairedJackknife({ baseline: baseline.files, candidate: candidate.files, statistics });
  const seeded = coversSeeds(baseline, candidate) ? [baseline.seeds, candidate.seeds] : [];
  return overFiles.map(({ estimate, variance, units }, index) => {
    if (variance === null) return { estimate, parts: null };
    const overSeeds = seeded.map((seeds) => meanVariance(seeds.map((totals) => statistics[index]!(totals))));
    return { estimate, parts: [{ variance, degrees: units - 1 }, ...overSeeds] };
  });
}
