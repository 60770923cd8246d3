import { describe, expect, it } from 'vitest';
import { SUM_NAMES } from '../metrics/sums.ts';
import { breakdownOf } from './breakdowns.fixture.ts';
import { cacheGain } from './cacheGain.ts';

/** As many more hits on each file with a cache. */
function withGain(extra: number) {
  const breakdown = breakdownOf(0.6);
  const overall = breakdown.overall.slice();
  for (let file = 0; file < breakdown.files; file++) {
    const at = file * SUM_NAMES.length;
    overall[at + SUM_NAMES.indexOf('cacheTop5')] =
      overall[at + SUM_NAMES.indexOf('top5Known')]! + extra + (file % 3) - 1;
  }
  return { ...breakdown, overall };
}

describe('cacheGain', () => {
  it('is the difference between the figures with and without, with an interval over files', () => {
    const { top5Known, top5Names } = cacheGain(withGain(7));
    expect(top5Known.estimate).toBeCloseTo(0.07, 10);
    expect(top5Known.low).toBeGreaterThan(0.06);
    expect(top5Known.high).toBeLessThan(0.08);
    // the made-up model has the same names with and without
    expect(top5Names).toEqual({ estimate: 0, low: 0, high: 0 });
  });

  it('is the same each time, and no number where nothing was counted with a cache', () => {
    expect(cacheGain(withGain(2))).toEqual(cacheGain(withGain(2)));
    const sums = SUM_NAMES.filter((name) => !name.startsWith('cache'));
    const { files } = breakdownOf(0.6);
    const without = { ...breakdownOf(0.6), sums, overall: new Float32Array(files * sums.length).fill(1) };
    expect(cacheGain(without).top5Known).toEqual({ estimate: Number.NaN, low: null, high: null });
  });
});
