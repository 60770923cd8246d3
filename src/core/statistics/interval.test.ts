import { describe, expect, it } from 'vitest';
import { streamFor } from '../random/stream.ts';
import { intervalOf, isResolved, meanVariance } from './interval.ts';

describe('intervalOf', () => {
  it('is Welch’s interval of two means', () => {
    // 4.734 degrees of freedom, whose quantile of 2.6146 was found by integrating the density numerically
    const parts = [meanVariance([2.1, 2.4, 2.2]), meanVariance([1.9, 2, 1.6, 1.8])];
    const { low, high } = intervalOf({ estimate: 0.4, parts });
    expect((high! - low!) / 2).toBeCloseTo(0.320967, 5);
    expect((high! + low!) / 2).toBeCloseTo(0.4, 12);
  });

  it('has the degrees of freedom of its only part', () => {
    const { low, high } = intervalOf({ estimate: 1, parts: [{ variance: 4, degrees: 10 }] });
    expect(low).toBeCloseTo(1 - 2 * 2.2281389, 6);
    expect(high).toBeCloseTo(1 + 2 * 2.2281389, 6);
  });

  it('has no bounds where a part was not measured, nor where something overflowed', () => {
    expect(intervalOf({ estimate: 1, parts: null })).toEqual({ estimate: 1, low: null, high: null });
    expect(intervalOf({ estimate: Infinity, parts: [{ variance: 1, degrees: 3 }] })).toEqual({
      estimate: Infinity,
      low: null,
      high: null,
    });
    expect(intervalOf({ estimate: 1, parts: [{ variance: Number.NaN, degrees: 3 }] }).low).toBeNull();
  });

  it('shrinks to its estimate where nothing varies', () => {
    expect(
      intervalOf({
        estimate: 2,
        parts: [
          { variance: 0, degrees: 2 },
          { variance: 0, degrees: 41 },
        ],
      }),
    ).toEqual({ estimate: 2, low: 2, high: 2 });
  });

  it('holds the true difference about as often as it says, with few seeds too', () => {
    const random = streamFor(1, 'coverage');
    const normal = () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
    const ROUNDS = 4_000;
    let held = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const seeds = () => Array.from({ length: 3 }, normal);
      const [a, b] = [seeds(), seeds()];
      const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      const files = 0.5 * normal();
      const known = { variance: 0.25, degrees: 41 };
      const { low, high } = intervalOf({
        estimate: mean(b) - mean(a) + files,
        parts: [meanVariance(a), meanVariance(b), known],
      });
      if (low! <= 0 && high! >= 0) held++;
    }
    expect(held / ROUNDS).toBeGreaterThan(0.94);
    expect(held / ROUNDS).toBeLessThan(0.98);
  });
});

it('a difference is resolved where its interval excludes zero', () => {
  expect(isResolved({ low: 0.1, high: 0.3 })).toBe(true);
  expect(isResolved({ low: -0.3, high: -0.1 })).toBe(true);
  expect(isResolved({ low: -0.1, high: 0.3 })).toBe(false);
  expect(isResolved({ low: 0, high: 0.3 })).toBe(false);
  expect(isResolved({ low: null, high: null })).toBe(false);
});
