/**
 * The paired bootstrap (Efron and Tibshirani, 1993; paired over test files as in Koehn, 2004): files are drawn with
 * replacement, the same for both models, and a statistic of the sums over the drawn files is compared. The interval says how
 * far the difference depends on which files the test split happens to hold; it knows nothing of luck in training.
 */
import { streamFor } from '../random/stream.ts';

export interface Interval {
  readonly estimate: number;
  /** Bounds of the middle 95% of all draws; null where there are too few files to tell. */
  readonly low: number | null;
  readonly high: number | null;
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
  /** Of the same files, in the same order, with the same columns. */
  readonly candidate: FileSums;
  /** Each from the sums of all columns to a number; NaN where it has none. */
  readonly statistics: readonly ((totals: Float64Array) => number)[];
  readonly resamples: number;
  readonly seed: number;
}

export const RESAMPLES = 2_000;
const CONFIDENCE = 0.95;
/** Of fewer files no interval says anything. */
const LEAST_FILES = 5;
/** More files than this are drawn in bundles, each the sum of every so-manieth file: as good, and quick. */
const MOST_UNITS = 2_000;
/** A statistic that most draws cannot give has no interval. */
const LEAST_SHARE = 0.9;

/** @returns of each statistic the difference candidate - baseline */
export function pairedBootstrap({ baseline, candidate, statistics, resamples, seed }: PairedBootstrap): Interval[] {
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
  if (baseline.files < LEAST_FILES) return estimates.map((estimate) => ({ estimate, low: null, high: null }));

  const random = streamFor(seed, 'bootstrap');
  const draws = statistics.map(() => new Float64Array(resamples));
  const weights = new Float64Array(units);
  for (let round = 0; round < resamples; round++) {
    weights.fill(0);
    for (let i = 0; i < units; i++) weights[random.below(units)]!++;
    for (const [index, value] of differences(weights).entries()) draws[index]![round] = value;
  }
  return estimates.map((estimate, index) => ({ estimate, ...middle(draws[index]!) }));
}

function middle(draws: Float64Array): Pick<Interval, 'low' | 'high'> {
  const sorted = draws.filter(Number.isFinite).toSorted();
  if (sorted.length < draws.length * LEAST_SHARE) return { low: null, high: null };
  const tail = (1 - CONFIDENCE) / 2;
  return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) };
}

/** Linear between neighbours, as NumPy's default. @param sorted not empty */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (place - below);
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
  if (all.files <= MOST_UNITS) return all;
  const { files, columns, sums } = all;
  const merged = new Float64Array(MOST_UNITS * columns);
  for (let file = 0; file < files; file++) {
    const to = (file % MOST_UNITS) * columns;
    for (let column = 0; column < columns; column++) merged[to + column]! += sums[file * columns + column]!;
  }
  return { files: MOST_UNITS, columns, sums: merged };
}
