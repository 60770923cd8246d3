/** Interval methods over test files, for models with one seed. `npm run coverage -- --methods` compares them; the first is the lab's own. */
import { streamFor } from '#core/random/stream.ts';
import type { FileSums } from '#core/statistics/jackknife.ts';
import { estimateDifferences } from '#core/statistics/difference.ts';
import { intervalOf, type Interval } from '#core/statistics/interval.ts';
import { standardNormalBelow, standardNormalQuantile } from './normal.ts';
import type { Drawn, Statistic } from './simulation.ts';

/** Number of bootstrap resamples. */
const RESAMPLES = 2_000;

type Bounds = Pick<Interval, 'low' | 'high'>;
export type Method = (drawn: Drawn, statistics: readonly Statistic[], seed: number) => readonly Bounds[];

export const METHODS: Readonly<Record<string, Method>> = {
  'Student’s t, variance of the jackknife': ({ baseline, candidate }, statistics) =>
    estimateDifferences(baseline, candidate, statistics).map((one) => intervalOf(one)),
  'Student’s t, variance of the bootstrap': (drawn, statistics, seed) => {
    const units = drawn.baseline.files.files;
    const all = resampled(drawn, statistics, seed);
    return jackknife(drawn, statistics).map(({ estimate }, index) => {
      const draws = all[index]!;
      const mean = draws.reduce((sum, one) => sum + one, 0) / draws.length;
      const squares = draws.reduce((sum, one) => sum + (one - mean) ** 2, 0) / draws.length;
      // a resample of n files has a variance smaller by (n - 1) / n than a sample of n files
      return intervalOf({ estimate, parts: [{ variance: (squares * units) / (units - 1), degrees: units - 1 }] });
    });
  },
  'percentile bootstrap': (drawn, statistics, seed) =>
    resampled(drawn, statistics, seed).map((draws) => ({
      low: draws[Math.floor(0.025 * draws.length)]!,
      high: draws[Math.ceil(0.975 * draws.length) - 1]!,
    })),
  // Efron (1987): the bias comes from the share of resamples below the estimate, the acceleration from the jackknife
  'BCa bootstrap': (drawn, statistics, seed) => {
    const all = resampled(drawn, statistics, seed);
    return jackknife(drawn, statistics).map(({ estimate, left }, index) => {
      const draws = all[index]!;
      const mean = left.reduce((sum, one) => sum + one, 0) / left.length;
      const [squares, cubes] = [2, 3].map((power) => left.reduce((sum, one) => sum + (mean - one) ** power, 0));
      const acceleration = cubes! / (6 * squares! ** 1.5);
      const bias = standardNormalQuantile(draws.filter((one) => one < estimate).length / draws.length);
      const bound = (probability: number) => {
        const z = bias + standardNormalQuantile(probability);
        const share = standardNormalBelow(bias + z / (1 - acceleration * z));
        return draws[Math.min(draws.length - 1, Math.max(0, Math.floor(share * draws.length)))]!;
      };
      return { low: bound(0.025), high: bound(0.975) };
    });
  },
};

/** The estimate of each statistic over all files, and over all files but one. */
function jackknife(
  { baseline, candidate }: Drawn,
  statistics: readonly Statistic[],
): readonly { readonly estimate: number; readonly left: readonly number[] }[] {
  const { files, columns } = baseline.files;
  const all = Array.from({ length: files }, () => 1);
  const [a, b] = [weighted(baseline.files, all), weighted(candidate.files, all)];
  const without = ({ sums }: FileSums, totals: Float64Array, file: number) =>
    totals.map((total, column) => total - sums[file * columns + column]!);
  const pairs = all.map((_, file) => [without(baseline.files, a, file), without(candidate.files, b, file)] as const);
  return statistics.map((of) => ({
    estimate: of(b) - of(a),
    left: pairs.map(([lessA, lessB]) => of(lessB) - of(lessA)),
  }));
}

/** Sorted differences of each statistic, over files drawn with replacement. */
function resampled(
  { baseline, candidate }: Drawn,
  statistics: readonly Statistic[],
  seed: number,
): readonly number[][] {
  const { files } = baseline.files;
  const random = streamFor(seed, 'resampled');
  const draws: number[][] = statistics.map(() => []);
  for (let round = 0; round < RESAMPLES; round++) {
    const weights = Array.from({ length: files }, () => 0);
    for (let i = 0; i < files; i++) weights[random.below(files)]!++;
    const [a, b] = [weighted(baseline.files, weights), weighted(candidate.files, weights)];
    for (const [index, of] of statistics.entries()) draws[index]!.push(of(b) - of(a));
  }
  return draws.map((one) => one.filter(Number.isFinite).toSorted((a, b) => a - b));
}

function weighted({ columns, sums }: FileSums, weights: readonly number[]): Float64Array {
  const totals = new Float64Array(columns);
  for (const [file, weight] of weights.entries()) {
    if (weight === 0) continue;
    for (let column = 0; column < columns; column++) totals[column]! += weight * sums[file * columns + column]!;
  }
  return totals;
}
