import { describe, expect, it } from 'vitest';
import { EarlyStopping } from './earlyStopping.ts';

describe('EarlyStopping', () => {
  it('stops after as many epochs without a lower loss as its patience', () => {
    const stopping = new EarlyStopping(2);
    const seen = [3, 2, 2.5, 1.9, 2, 1.9].map((loss, index) => stopping.observe(index + 1, loss));
    expect(seen.map(({ improved }) => improved)).toEqual([true, true, false, true, false, false]);
    expect(seen.map(({ stop }) => stop)).toEqual([false, false, false, false, false, true]);
    expect(stopping).toMatchObject({ bestEpoch: 4, bestLoss: 1.9 });
  });

  it('counts a loss that is not a number as no better', () => {
    const stopping = new EarlyStopping(1);
    expect(stopping.observe(1, Number.NaN)).toEqual({ improved: false, stop: true });
    expect(stopping.bestEpoch).toBeNull();
    const later = new EarlyStopping(2);
    const seen = [Infinity, 3, Number.NaN].map((loss, index) => later.observe(index + 1, loss));
    expect(seen.map(({ improved }) => improved)).toEqual([false, true, false]);
    expect(later.bestEpoch).toBe(2);
  });
});
