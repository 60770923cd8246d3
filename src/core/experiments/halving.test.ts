import { describe, expect, it } from 'vitest';
import { halvedEpochs, rungEpochs, survivorCount, survivorsOf } from './halving.ts';

describe('successive halving', () => {
  it('has rungs that grow by eta, and ends at all epochs', () => {
    expect(rungEpochs({ eta: 3, firstEpochs: 2 }, 30)).toEqual([2, 6, 18, 30]);
    expect(rungEpochs({ eta: 2, firstEpochs: 1 }, 8)).toEqual([1, 2, 4, 8]);
    expect(rungEpochs({ eta: 3, firstEpochs: 5 }, 4)).toEqual([4]);
  });

  it('keeps the best part, rounded down, and one at least', () => {
    expect([27, 9, 10, 3, 2, 1].map((count) => survivorCount(count, 3))).toEqual([9, 3, 3, 1, 1, 1]);
  });

  it('ranks by the mean over seeds; one with a failed run never goes on', () => {
    const candidates = [
      { key: 'a', losses: [3, 5] },
      { key: 'b', losses: [1, Number.NaN] },
      { key: 'c', losses: [3.5, 3.5] },
      { key: 'd', losses: [3.5, 3.5] },
      { key: 'e', losses: [Infinity, 1] },
    ];
    expect(survivorsOf(candidates, 2)).toEqual(new Set(['c', 'd']));
    expect(survivorsOf(candidates, 4)).toEqual(new Set(['c']));
    expect(survivorsOf(candidates.slice(1, 2), 2)).toEqual(new Set());
  });

  it('counts the epochs of a bracket: 9 to 2, 3 to 6, 1 to 18 and to 30', () => {
    expect(halvedEpochs({ eta: 3, firstEpochs: 2 }, 30, 9, 1)).toBe(9 * 2 + 3 * 4 + 12 + 12);
    expect(halvedEpochs({ eta: 3, firstEpochs: 2 }, 30, 9, 2)).toBe(2 * (9 * 2 + 3 * 4 + 12 + 12));
  });
});
