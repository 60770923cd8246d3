/**
 * How much a difference between two models depends on which files are in the test split: the jackknife over test files (Quenouille,
 * 1956; Tukey, 1958; Efron and Stein, 1981). It is paired: each file is left out of both models' sums at once. It does not cover the
 * variance between seeds. docs/design/study.md compares it with other methods.
 */

/** One row per file, one column per sum. */
export interface FileSums {
  readonly files: number;
  readonly columns: number;
  /** [files x columns] */
  readonly sums: Float64Array;
}

export interface PairedJackknife {
  readonly baseline: FileSums;
  /** Sums for the same files in the same order, with the same columns. */
  readonly candidate: FileSums;
  /** Each computes a number from the sums of all columns; NaN if it is undefined. */
  readonly statistics: readonly ((totals: Float64Array) => number)[];
}

/** A difference between two models, and how much it depends on the files. */
export interface FileDifference {
  readonly estimate: number;
  /** Variance of the estimate over samples of this number of files; null if too few files affect it. */
  readonly variance: number | null;
  /** Number of files, or bundles of files, that affect the difference. The others have no targets that it counts. */
  readonly units: number;
}

/** With fewer files an interval would be meaningless. */
const MIN_FILES = 5;
/** More files than this are left out in bundles, file i in bundle i mod MAX_UNITS. This is faster and about as accurate. */
const MAX_UNITS = 2_000;

/** @returns the difference candidate - baseline of each statistic */
export function pairedJackknife({ baseline, candidate, statistics }: PairedJackknife): FileDifference[] {
  const [a, b] = [bundled(baseline), bundled(candidate)];
  const [totalsA, totalsB] = [totalsOf(a), totalsOf(b)];
  const differences = (ofA: Float64Array, ofB: Float64Array) =>
    statistics.map((statistic) => statistic(ofB) - statistic(ofA));
  const estimates = differences(totalsA, totalsB);
  const without: number[][] = statistics.map(() => []);
  const [leftA, leftB] = [new Float64Array(a.columns), new Float64Array(b.columns)];
  for (let unit = 0; unit < a.files; unit++) {
    leaveOut(a, totalsA, unit, leftA);
    leaveOut(b, totalsB, unit, leftB);
    for (const [index, value] of differences(leftA, leftB).entries()) without[index]!.push(value);
  }
  return estimates.map((estimate, index) => differenceOf(estimate, without[index]!));
}

/** @param without the estimate with each unit left out */
function differenceOf(estimate: number, without: readonly number[]): FileDifference {
  // rounding errors are smaller than this
  const least = 1e-13 * Math.max(1, Math.abs(estimate));
  const deciding = without.filter((value) => !(Math.abs(value - estimate) <= least)).length;
  const same = deciding === 0 && Number.isFinite(estimate);
  const units = same ? without.length : deciding;
  if (units < MIN_FILES) return { estimate, variance: null, units };
  const mean = without.reduce((sum, value) => sum + value, 0) / without.length;
  const squares = without.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const variance = same ? 0 : (squares * (without.length - 1)) / without.length;
  return { estimate, variance: Number.isFinite(variance) ? variance : null, units };
}

function leaveOut({ columns, sums }: FileSums, totals: Float64Array, unit: number, left: Float64Array): void {
  for (let column = 0; column < columns; column++) left[column] = totals[column]! - sums[unit * columns + column]!;
}

/** Sums over all files. */
export function totalsOf({ files, columns, sums }: FileSums): Float64Array {
  const totals = new Float64Array(columns);
  for (let file = 0; file < files; file++) {
    for (let column = 0; column < columns; column++) totals[column]! += sums[file * columns + column]!;
  }
  return totals;
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
