/** Differences between two models from the sums of each test file, and what makes them uncertain: the files, and the seeds of both. */
import { pairedJackknife, type FileSums } from './jackknife.ts';
import { meanVariance, type Estimate } from './interval.ts';

/** What a model does on the test files. */
export interface Sample {
  /** Means over its runs. */
  readonly files: FileSums;
  /** Sums over all files, of each seed. */
  readonly seeds: readonly Float64Array[];
}

/** Whether the intervals can cover the luck in training: a variance needs two values. */
export function coversSeeds(baseline: Sample, candidate: Sample): boolean {
  return baseline.seeds.length > 1 && candidate.seeds.length > 1;
}

/**
 * Candidate less baseline.
 * @param statistics each from the sums of all columns to a number
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
