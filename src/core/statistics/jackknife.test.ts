import { describe, expect, it } from 'vitest';
import { streamFor } from '../random/stream.ts';
import { intervalOf, type Interval } from './interval.ts';
import { pairedJackknife, type FileSums, type PairedJackknife } from './jackknife.ts';

/** Files with 10 to 59 targets each, of which a share is hit. */
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

/** Intervals that cover the files only. */
function intervals(options: PairedJackknife): Interval[] {
  return pairedJackknife(options).map(({ estimate, variance, units }) =>
    intervalOf({ estimate, parts: variance === null ? null : [{ variance, degrees: units - 1 }] }),
  );
}

describe('pairedJackknife', () => {
  it('finds nothing between a model and itself', () => {
    const baseline = filesOf(40, () => 0.6, 1);
    const [interval] = intervals({ baseline, candidate: baseline, statistics });
    expect(interval).toEqual({ estimate: 0, low: 0, high: 0 });
  });

  it('gives the difference of the ratios of sums, within its interval', () => {
    const [baseline, candidate] = [filesOf(60, () => 0.5, 1), filesOf(60, () => 0.7, 2)];
    const [interval] = intervals({ baseline, candidate, statistics });
    const ratio = ({ sums }: FileSums) => {
      const column = (c: number) => sums.filter((_, i) => i % 2 === c).reduce((a, b) => a + b, 0);
      return column(1) / column(0);
    };
    expect(interval!.estimate).toBeCloseTo(ratio(candidate) - ratio(baseline), 12);
    expect(interval!.low).toBeGreaterThan(0.1);
    expect(interval!.low).toBeLessThan(interval!.estimate);
    expect(interval!.high).toBeGreaterThan(interval!.estimate);
  });

  it('is the variance of a mean where the statistic is one', () => {
    const random = streamFor(3, 'values');
    const values = Array.from({ length: 25 }, () => random.normal());
    const one = (value: (i: number) => number): FileSums => ({
      files: 25,
      columns: 2,
      sums: Float64Array.from({ length: 50 }, (_, at) => (at % 2 === 0 ? 1 : value(at >> 1))),
    });
    const [found] = pairedJackknife({ baseline: one(() => 0), candidate: one((i) => values[i]!), statistics });
    const mean = values.reduce((sum, value) => sum + value, 0) / 25;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 24 / 25;
    expect(found!.variance).toBeCloseTo(variance, 12);
    expect(found!.units).toBe(25);
  });

  it('takes every statistic with the columns that each reads', () => {
    const [baseline, candidate] = [filesOf(30, () => 0.5, 1), filesOf(30, () => 0.6, 2)];
    const perplexity = (totals: Float64Array) => Math.exp(1 - accuracy(totals));
    const all = [accuracy, perplexity, (totals: Float64Array) => -accuracy(totals)];
    const [rate, exp, negative] = intervals({ baseline, candidate, statistics: all });
    expect(rate).toEqual(intervals({ baseline, candidate, statistics })[0]);
    expect(negative!.low).toBeCloseTo(-rate!.high!, 12);
    expect(exp!.estimate).toBeLessThan(0);
    expect(exp!.high).toBeLessThan(0);
  });

  it('is narrower than two separate intervals would be where the files matter more than the model', () => {
    // files differ widely, but the models differ equally on each, so pairing removes the variance of the files
    const share = (file: number) => (file % 10) / 12;
    const [baseline, candidate] = [filesOf(100, share, 1), filesOf(100, (file) => share(file) + 0.1, 1)];
    const none: FileSums = { ...baseline, sums: baseline.sums.map((value, i) => (i % 2 === 1 ? 0 : value)) };
    const width = (a: FileSums, b: FileSums) => {
      const [interval] = intervals({ baseline: a, candidate: b, statistics });
      return interval!.high! - interval!.low!;
    };
    expect(width(baseline, candidate)).toBeLessThan(width(none, candidate) / 2);
  });

  it('holds the true difference about as often as it says', () => {
    let held = 0;
    for (let round = 0; round < 400; round++) {
      const baseline = filesOf(60, () => 0.5, 1000 + round);
      const candidate = filesOf(60, () => 0.55, 5000 + round);
      const [interval] = intervals({ baseline, candidate, statistics });
      if (interval!.low! <= 0.05 && interval!.high! >= 0.05) held++;
    }
    expect(held / 400).toBeGreaterThan(0.92);
    expect(held / 400).toBeLessThan(0.98);
  });

  it('says nothing of too few files, nor of what too few files hold', () => {
    const few = filesOf(4, () => 0.5, 1);
    const [interval] = intervals({ baseline: few, candidate: filesOf(4, () => 0.6, 2), statistics });
    expect(interval).toMatchObject({ low: null, high: null });
    // only the first `files` of the twenty files have targets
    const held = (files: number, hits: number): FileSums => ({
      files: 20,
      columns: 2,
      sums: Float64Array.from({ length: 40 }, (_, at) =>
        at >= 2 * files ? 0 : at % 2 === 0 ? 5 + (at >> 1) : hits + ((at >> 1) % 2),
      ),
    });
    for (const files of [0, 1, 4]) {
      const [rare] = intervals({ baseline: held(files, 1), candidate: held(files, 3), statistics });
      expect(rare).toMatchObject({ low: null, high: null });
    }
    const [enough] = pairedJackknife({ baseline: held(8, 1), candidate: held(8, 3), statistics });
    expect(enough!.units).toBe(8);
    expect(enough!.variance).toBeGreaterThan(0);
  });

  it('bundles very many files, and comes to about the same', () => {
    const [baseline, candidate] = [filesOf(9_000, () => 0.5, 1), filesOf(9_000, () => 0.52, 2)];
    const [interval] = intervals({ baseline, candidate, statistics });
    // the targets are independent, so the standard deviation of the difference is known
    const targets = baseline.sums.filter((_, i) => i % 2 === 0).reduce((a, b) => a + b, 0);
    const width = 2 * 1.96 * Math.sqrt((2 * 0.25) / targets);
    expect((interval!.high! - interval!.low!) / width).toBeGreaterThan(0.9);
    expect((interval!.high! - interval!.low!) / width).toBeLessThan(1.1);
  });
});
