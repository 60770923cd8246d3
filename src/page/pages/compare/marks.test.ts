import { describe, expect, it } from 'vitest';
import { bestPlaces } from './marks.ts';

describe('bestPlaces', () => {
  it('marks all that share the best, by either sense', () => {
    expect([...bestPlaces([0.7, 0.8, 0.8, null], 'more')]).toEqual([1, 2]);
    expect([...bestPlaces([10, 9, Number.NaN], 'less')]).toEqual([1]);
  });

  it('marks a finite value beside one that overflowed, and nothing where all did', () => {
    expect([...bestPlaces([Infinity, 19], 'less')]).toEqual([1]);
    expect(bestPlaces([Infinity, Infinity], 'less').size).toBe(0);
    expect(bestPlaces([Number.NaN, 19], 'less').size).toBe(0);
  });

  it('marks nothing without a rival', () => {
    expect(bestPlaces([0.7, null], 'more').size).toBe(0);
  });
});
