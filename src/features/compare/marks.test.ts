import { describe, expect, it } from 'vitest';
import { bestPlaces } from './marks.ts';

describe('bestPlaces', () => {
  it('marks all that share the best, by either sense', () => {
    expect([...bestPlaces([0.7, 0.8, 0.8, null], 'more')]).toEqual([1, 2]);
    expect([...bestPlaces([10, 9, Number.NaN], 'less')]).toEqual([1]);
  });

  it('marks nothing without a rival', () => {
    expect(bestPlaces([0.7, null], 'more').size).toBe(0);
  });
});
