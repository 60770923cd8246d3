import { describe, expect, it } from 'vitest';
import { streamFor } from '../random/stream.ts';
import { pairedBootstrap, type FileSums, type PairedBootstrap } from './bootstrap.ts';
import { intervalOf, type Interval } from './interval.ts';

/** Files of 10 to 59 targets each, of which a share is hit. */
function filesOf(files: number, share: (file: number) => number, seed: number): FileSums {
  const random = streamFor(seed, 'files');
  const sums = new Float64Array(files * 2);
  for (let file = 0; file < files; file++) {
    const counted = 10 + (file % 50);
    sums[2 * file] = counted;
    for (let i = 0; i < counted; i++) if (random.uniform() < share(file)) sums[2 * file + 1]!++;
  }
  return { files, columns: 2, sums };
}
const accuracy = (totals: Float64Array) => totals[1]! / totals[0]!;
const statistics = [accuracy];

/** Over files alone. */
function intervals(options: PairedBootstrap): Interval[] {
  return pairedBootstrap(options).map(({ estimate, variance, units }) =>
    intervalOf(estimate, variance === null ? null : [{ variance, degrees: units - 1 }]),
  );
}

describe('pairedBootstrap', () => {
  it('finds nothing between a model and itself', () => {
    const baseline = filesOf(40, () => 0.6, 1);
    const [interval] = intervals({ baseline, candidate: baseline, statistics, resamples: 200, seed: 1 });
    expect(interval).toEqual({ estimate: 0, low: 0, high: 0 });
  });

  it('gives the difference of the ratios of sums, within its interval', () => {
    const [baseline, candidate] = [filesOf(60, () => 0.5, 1), filesOf(60, () => 0.7, 2)];
    const [interval] = intervals({ baseline, candidate, statistics, resamples: 500, seed: 1 });
    const ratio = ({ sums }: FileSums) => {
      const column = (c: number) => sums.filter((_, i) => i % 2 === c).reduce((a, b) => a + b, 0);
      return column(1) / column(0);
    };
    expect(interval!.estimate).toBeCloseTo(ratio(candidate) - ratio(baseline), 12);
    expect(interval!.low).toBeGreaterThan(0.1);
    expect(interval!.low).toBeLessThan(interval!.estimate);
    expect(interval!.high).toBeGreaterThan(interval!.estimate);
  });

  it('is what a plain drawing of files gives', () => {
    const [baseline, candidate] = [filesOf(11, (file) => file / 11, 3), filesOf(11, () => 0.4, 4)];
    const random = streamFor(9, 'bootstrap');
    const differences = Array.from({ length: 300 }, () => {
      const drawn = Array.from({ length: 11 }, () => random.below(11));
      const of = ({ sums }: FileSums) => {
        const total = (c: number) => drawn.reduce((sum, file) => sum + sums[2 * file + c]!, 0);
        return total(1) / total(0);
      };
      return of(candidate) - of(baseline);
    });
    const mean = differences.reduce((sum, value) => sum + value, 0) / 300;
    const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 300;
    const [drawn] = pairedBootstrap({ baseline, candidate, statistics, resamples: 300, seed: 9 });
    expect(drawn!.variance).toBeCloseTo((variance * 11) / 10, 12);
    expect(drawn!.units).toBe(11);
  });

  it('takes every statistic over the same draws, with the columns that each reads', () => {
    const [baseline, candidate] = [filesOf(30, () => 0.5, 1), filesOf(30, () => 0.6, 2)];
    const perplexity = (totals: Float64Array) => Math.exp(1 - accuracy(totals));
    const two = [accuracy, perplexity, (totals: Float64Array) => -accuracy(totals)];
    const [rate, exp, negative] = intervals({ baseline, candidate, statistics: two, resamples: 300, seed: 3 });
    expect(rate).toEqual(intervals({ baseline, candidate, statistics, resamples: 300, seed: 3 })[0]);
    expect(negative!.low).toBeCloseTo(-rate!.high!, 12);
    expect(exp!.estimate).toBeLessThan(0);
    expect(exp!.high).toBeLessThan(0);
  });

  it('is the same for the same seed, and hardly another for another', () => {
    const [baseline, candidate] = [filesOf(50, () => 0.5, 1), filesOf(50, () => 0.55, 2)];
    const of = (seed: number) => intervals({ baseline, candidate, statistics, resamples: 2_000, seed })[0]!;
    expect(of(1)).toEqual(of(1));
    expect(of(2).low).not.toBe(of(1).low);
    expect(Math.abs(of(2).low! - of(1).low!)).toBeLessThan(0.005);
  });

  it('is narrower than two separate intervals would be where the files matter more than the model', () => {
    // files differ widely, the models by the same everywhere: pairing takes the files out
    const share = (file: number) => (file % 10) / 12;
    const [baseline, candidate] = [filesOf(100, share, 1), filesOf(100, (file) => share(file) + 0.1, 1)];
    const none: FileSums = { ...baseline, sums: baseline.sums.map((value, i) => (i % 2 === 1 ? 0 : value)) };
    const width = (a: FileSums, b: FileSums) => {
      const [interval] = intervals({ baseline: a, candidate: b, statistics, resamples: 500, seed: 1 });
      return interval!.high! - interval!.low!;
    };
    expect(width(baseline, candidate)).toBeLessThan(width(none, candidate) / 2);
  });

  it('holds the true difference about as often as it says', () => {
    let held = 0;
    for (let round = 0; round < 100; round++) {
      const baseline = filesOf(60, () => 0.5, 1000 + round);
      const candidate = filesOf(60, () => 0.55, 5000 + round);
      const [interval] = intervals({ baseline, candidate, statistics, resamples: 200, seed: round });
      if (interval!.low! <= 0.05 && interval!.high! >= 0.05) held++;
    }
    expect(held).toBeGreaterThanOrEqual(87);
    expect(held).toBeLessThanOrEqual(100);
  });

  it('says nothing of too few files, nor of what most draws do not hold', () => {
    const few = filesOf(4, () => 0.5, 1);
    const [interval] = intervals({ baseline: few, candidate: few, statistics, resamples: 50, seed: 1 });
    expect(interval).toEqual({ estimate: 0, low: null, high: null });
    // one file of twenty holds all there is
    const sums = new Float64Array(40);
    sums[0] = 5;
    sums[1] = 3;
    const lone: FileSums = { files: 20, columns: 2, sums };
    const [rare] = intervals({ baseline: lone, candidate: lone, statistics, resamples: 200, seed: 1 });
    expect(rare).toEqual({ estimate: 0, low: null, high: null });
  });

  it('bundles very many files, and comes to about the same', () => {
    const [baseline, candidate] = [filesOf(9_000, () => 0.5, 1), filesOf(9_000, () => 0.52, 2)];
    const [interval] = intervals({ baseline, candidate, statistics, resamples: 200, seed: 1 });
    // of independent targets the deviation of the difference is known
    const targets = baseline.sums.filter((_, i) => i % 2 === 0).reduce((a, b) => a + b, 0);
    const width = 2 * 1.96 * Math.sqrt((2 * 0.25) / targets);
    expect((interval!.high! - interval!.low!) / width).toBeGreaterThan(0.8);
    expect((interval!.high! - interval!.low!) / width).toBeLessThan(1.2);
  });
});
