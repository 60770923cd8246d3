import { describe, expect, it } from 'vitest';
import { streamFor } from '../random/stream.ts';
import { simultaneousIntervals } from './family.ts';
import { intervalOf, meanVariance, type Estimate } from './interval.ts';

const estimateOf = (estimate: number, degrees = 10): Estimate => ({ estimate, parts: [{ variance: 1, degrees }] });

describe('simultaneousIntervals', () => {
  it('widens each by their number, and leaves one alone as it is', () => {
    const one = estimateOf(1);
    expect(simultaneousIntervals([one])).toEqual({ intervals: [intervalOf(one)], size: 1 });
    const { intervals, size } = simultaneousIntervals([one, estimateOf(2), estimateOf(3, 20)]);
    expect(size).toBe(3);
    expect(intervals[0]).toEqual(intervalOf(one, 1 - 0.05 / 3));
    // the quantile of t with 10 degrees at 1 - 0.05 / 6 is 2.870 (Dunn's table, 1961)
    expect(intervals[0]!.high! - 1).toBeCloseTo(2.87, 2);
  });

  it('does not count what has no interval', () => {
    const none = { estimate: 1, parts: null };
    const { intervals, size } = simultaneousIntervals([none, estimateOf(1), { ...estimateOf(Number.NaN) }]);
    expect(size).toBe(1);
    expect(intervals[0]).toEqual({ estimate: 1, low: null, high: null });
    expect(intervals[1]).toEqual(intervalOf(estimateOf(1)));
    expect(simultaneousIntervals([])).toEqual({ intervals: [], size: 0 });
  });

  it('holds all together about as often as it says, and more often where they depend on each other', () => {
    const random = streamFor(1, 'family');
    const ROUNDS = 1_500;
    const heldOf = (shared: number) => {
      let held = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const common = Array.from({ length: 12 }, () => random.normal());
        const family = Array.from({ length: 10 }, () => {
          const values = common.map((one) => shared * one + Math.sqrt(1 - shared ** 2) * random.normal());
          return { estimate: values.reduce((sum, one) => sum + one, 0) / 12, parts: [meanVariance(values)] };
        });
        if (simultaneousIntervals(family).intervals.every(({ low, high }) => low! <= 0 && high! >= 0)) held++;
      }
      return held / ROUNDS;
    };
    const [apart, together] = [heldOf(0), heldOf(0.95)];
    expect(apart).toBeGreaterThan(0.935);
    expect(apart).toBeLessThan(0.97);
    expect(together).toBeGreaterThan(0.96);
  });
});
