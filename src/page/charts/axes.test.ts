import { describe, expect, it } from 'vitest';
import { axisOf, countingAxis, grownAxis, niceAxis, niceStep } from './axes.ts';

describe('niceStep', () => {
  it('is 1, 2, 2.5 or 5 times a power of ten', () => {
    expect([0.9, 1, 1.1, 2.2, 3, 7, 0.013].map(niceStep)).toEqual([1, 1, 2, 2.5, 5, 10, 0.02]);
  });
});

describe('a linear axis', () => {
  it('ends on round numbers around the data', () => {
    expect(niceAxis(1.83, 4.2, 'linear')).toEqual({ low: 1.5, high: 4.5, ticks: [1.5, 2, 2.5, 3, 3.5, 4, 4.5] });
    expect(niceAxis(0.61, 0.79, 'linear').ticks).toEqual([0.6, 0.65, 0.7, 0.75, 0.8]);
  });

  it('has a width where all values are the same', () => {
    const axis = niceAxis(2.3, 2.3, 'linear');
    expect(axis.low).toBeLessThanOrEqual(2.3);
    expect(axis.high).toBeGreaterThan(axis.low);
    expect(niceAxis(0, 0, 'linear').high).toBeGreaterThan(0);
  });
});

describe('a log axis', () => {
  it('ends on marks around the data and is not crowded', () => {
    const axis = niceAxis(9.3, 214, 'log');
    expect(axis.low).toBe(7);
    expect(axis.high).toBe(300);
    expect(axis.ticks).toEqual([10, 20, 50, 100, 200]);
    expect(niceAxis(1.2, 90_000, 'log').ticks.length).toBeLessThanOrEqual(6);
  });

  it('ignores zeros and what is not a number', () => {
    expect(axisOf([0, -1, Number.NaN, 12, 90], 'log')).toEqual(niceAxis(12, 90, 'log'));
    expect(axisOf([0, Number.NaN], 'log')).toBeNull();
  });
});

describe('a grown axis', () => {
  it('stays while the data fit', () => {
    const held = niceAxis(1, 5, 'linear');
    expect(grownAxis(held, niceAxis(2, 3, 'linear'), 'linear')).toBe(held);
    expect(grownAxis(held, null, 'linear')).toBe(held);
  });

  it('covers both once they do not', () => {
    const grown = grownAxis(niceAxis(1, 5, 'linear'), niceAxis(2, 8.5, 'linear'), 'linear');
    expect(grown?.low).toBeLessThanOrEqual(1);
    expect(grown?.high).toBeGreaterThanOrEqual(8.5);
  });
});

describe('a counting axis', () => {
  it('leaves room for what comes, up to the limit', () => {
    expect(countingAxis(1, 1, 30)).toEqual({ low: 1, high: 3, ticks: [1, 2, 3] });
    expect(countingAxis(1, 7, 30)).toEqual({ low: 1, high: 8, ticks: [1, 2, 4, 6, 8] });
    expect(countingAxis(1, 6, 6).high).toBe(6);
    expect(countingAxis(0, 585, null)).toEqual({ low: 0, high: 1000, ticks: [0, 200, 400, 600, 800, 1000] });
    expect(countingAxis(1, 22, 30).ticks).toEqual([1, 5, 10, 15, 20, 25]);
    expect(countingAxis(0, 13.99, 0)).toEqual({ low: 0, high: 14, ticks: [0, 5, 10, 14] });
  });

  it('has whole, rising ticks that end at its end', () => {
    for (let last = 1; last < 400; last++) {
      const { ticks, high } = countingAxis(1, last, null);
      expect(high).toBeGreaterThanOrEqual(last);
      expect(ticks.at(-1)).toBe(high);
      expect(ticks.length).toBeLessThanOrEqual(8);
      expect(ticks.every((tick, i) => Number.isInteger(tick) && (i === 0 || tick > ticks[i - 1]!))).toBe(true);
    }
  });
});
