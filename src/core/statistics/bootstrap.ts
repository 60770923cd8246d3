/**
 * The paired bootstrap (Efron and Tibshirani, 1993; paired over test files as in Koehn, 2004): files are drawn with replacement, the
 * same for both models, and a statistic of the sums over the drawn files is compared. The variance of the draws says how far the
 * difference depends on which files the test split happens to hold; it does not cover luck in training.
 */
import { streamFor } from '../random/stream.ts';

/** A difference between two models, and how far it depends on the files. */
export interface FileDifference {
  readonly estimate: number;
  /**
   * Variance of the estimate over samples of this number of files; null where there are too few files, or where most draws have no
   * value.
   */
  readonly variance: number | null;
  /** Independent units that were drawn: files, or bundles of files. */
  readonly units: number;
}

/** One row a file, one column a sum. */
export interface FileSums {
  readonly files: number;
  readonly columns: number;
  /** [files x columns] */
  readonly sums: Float64Array;
}

export interface PairedBootstrap {
  readonly baseline: FileSums;
  /** Sums for the same files in the same order, with the same columns. */
  readonly candidate: FileSums;
  /** Each from the sums of all columns to a number; NaN where it has none. */
  readonly statistics: readonly ((totals: Float64Array) => number)[];
  readonly resamples: number;
  readonly seed: number;
}

export const RESAMPLES = 2_000;
/** With fewer files an interval would mean nothing. */
const MIN_FILES = 5;
/** More files than this are drawn in bundles, file i in bundle i mod MAX_UNITS: as good, and quick. */
const MAX_UNITS = 2_000;
/** A statistic that more than a tenth of the draws cannot give has no variance. */
const MIN_SHARE = 0.9;

/** @returns the difference candidate - baseline of each statistic */
export function pairedBootstrap({
  baseline,
  candidate,
  statistics,
  resamples,
  seed,
}: PairedBootstrap): FileDifference[] {
  const [a, b] = [bundled(baseline), bundled(candidate)];
  const units = a.files;
  const one = new Float64Array(units).fill(1);
  const [totalsA, totalsB] = [new Float64Array(a.columns), new Float64Array(b.columns)];
  const differences = (weights: Float64Array): number[] => {
    weigh(a, weights, totalsA);
    weigh(b, weights, totalsB);
    return statistics.map((statistic) => statistic(totalsB) - statistic(totalsA));
  };
  const estimates = differences(one);
  if (baseline.files < MIN_FILES) return estimates.map((estimate) => ({ estimate, variance: null, units }));

  const random = streamFor(seed, 'bootstrap');
  const draws = statistics.map(() => new Float64Array(resamples));
  const weights = new Float64Array(units);
  for (let round = 0; round < resamples; round++) {
    weights.fill(0);
    for (let i = 0; i < units; i++) weights[random.below(units)]!++;
    for (const [index, value] of differences(weights).entries()) draws[index]![round] = value;
  }
  return estimates.map((estimate, index) => ({ estimate, variance: varianceOf(draws[index]!, units), units }));
}

/** Scaled by n / (n - 1), since draws from n files vary by that much less than samples of n files. */
function varianceOf(draws: Float64Array, units: number): number | null {
  const finite = draws.filter(Number.isFinite);
  if (finite.length < draws.length * MIN_SHARE) return null;
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return (squares / finite.length) * (units / (units - 1));
}

function weigh({ files, columns, sums }: FileSums, weights: Float64Array, totals: Float64Array): void {
  totals.fill(0);
  for (let file = 0; file < files; file++) {
    const weight = weights[file]!;
    if (weight === 0) continue;
    const from = file * columns;
    for (let column = 0; column < columns; column++) totals[column]! += weight * sums[from + column]!;
  }
}

function bundled(all: FileSums): FileSums {
  if (all.files <= MAX_UNITS) return all;
  const { files, columns, sums } = all;
  const merged = new Float64Array(MAX_UNITS * columns);
  for (let file = 0; file < files; file++) {
    const to = (file % MAX_UNITS) * columns;
    for (let column = 0; column < columns; column++) merged[to + column]! += sums[file * columns + column]!;
  }
  return { files: MAX_UNITS, columns, sums: merged };
}
