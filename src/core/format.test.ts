import { describe, expect, it } from 'vitest';
import {
  formatByteRate,
  formatBytes,
  formatCounted,
  formatDuration,
  formatLoss,
  formatLossDifference,
  formatParameters,
  formatPercent,
  formatPerplexity,
  formatPerplexityDifference,
  formatPoints,
  formatTimeLeft,
  formatStepRate,
  formatTokenRate,
} from './format.ts';

describe('measures', () => {
  it('are written with the digits they can bear', () => {
    expect(formatLoss(2.34671)).toBe('2.347');
    expect(formatPerplexity(10.44)).toBe('10.4');
    expect(formatPerplexity(4.321)).toBe('4.32');
    expect(formatPerplexity(1040.4)).toBe('1,040');
    expect(formatPercent(0.7912)).toBe('79.1%');
    expect(formatPercent(0.5, 0)).toBe('50%');
  });

  it('do not change digits by rounding over a border', () => {
    expect(formatPerplexity(9.996)).toBe('10.0');
    expect(formatPerplexity(99.96)).toBe('100');
    expect(formatParameters(999_960)).toBe('1.00 M');
    expect(formatBytes(999_900)).toBe('1.00 MB');
  });

  it('are a dash where there is no number', () => {
    expect([
      formatLoss(Number.NaN),
      formatPercent(null),
      formatPerplexity(Number.NaN),
      formatTokenRate(undefined),
    ]).toEqual(['–', '–', '–', '–']);
  });

  it('stay short whatever their size', () => {
    expect([formatPerplexity(1.5e153), formatLoss(1e300)]).toEqual(['1.50×10¹⁵³', '1.00×10³⁰⁰']);
    expect([formatPerplexityDifference(2e10), formatPerplexityDifference(-2e10)]).toEqual(['+2.00×10¹⁰', '−2.00×10¹⁰']);
    expect(formatPerplexity(520_790_693)).toBe('520,790,693');
  });

  it('say that they overflowed', () => {
    expect([formatPerplexity(Infinity), formatLoss(Infinity)]).toEqual(Array(2).fill('∞ (overflowed)'));
    expect(formatPerplexityDifference(Infinity)).toBe('+∞ (overflowed)');
    expect(formatLossDifference(-Infinity)).toBe('−∞ (overflowed)');
    expect(formatPerplexityDifference(Infinity - Infinity)).toBe('–');
    // a rate over zero time was not measured; it did not overflow
    expect(formatTokenRate(Infinity)).toBe('–');
  });

  it('carry a sign where they are differences', () => {
    expect(formatPoints(0.0123)).toBe('+1.2 points');
    expect(formatPoints(-0.004)).toBe('−0.4 points');
    expect(formatPoints(-0.0001)).toBe('0.0 points');
    expect(formatPerplexityDifference(-0.421)).toBe('−0.42');
  });
});

describe('sizes and rates', () => {
  it('name their unit', () => {
    expect(formatParameters(11_369_746)).toBe('11.37 M');
    expect(formatParameters(61_234)).toBe('61.2 k');
    expect(formatParameters(912)).toBe('912');
    expect(formatTokenRate(1240.2)).toBe('1,240 tokens/s');
    expect(formatBytes(12_400_000)).toBe('12.4 MB');
    expect(formatBytes(512)).toBe('512 bytes');
    expect(formatByteRate(1_240_000)).toBe('1.24 MB/s');
    expect(formatCounted(1, 'file')).toBe('1 file');
    expect(formatCounted(2400, 'row')).toBe('2,400 rows');
  });
});

describe('time', () => {
  it('is written in two units at most', () => {
    expect(formatDuration(4.21)).toBe('4.2 s');
    expect(formatDuration(59.4)).toBe('59 s');
    expect(formatDuration(59.7)).toBe('1 min 00 s');
    expect(formatDuration(200)).toBe('3 min 20 s');
    expect(formatDuration(7500)).toBe('2 h 05 min');
    expect(formatDuration(3599.8)).toBe('1 h 00 min');
    expect(formatDuration(-1)).toBe('–');
  });

  it('left is a guess and says so', () => {
    expect(formatTimeLeft(0.2)).toBe('about 1 s');
    expect(formatTimeLeft(200)).toBe('about 3 min');
    expect(formatTimeLeft(null)).toBe('–');
  });
});

it('writes slow steps by the time they take', () => {
  expect([42.4, 4.213, 1, 0.08].map(formatStepRate)).toEqual([
    '42.4 steps/s',
    '4.21 steps/s',
    '1.00 steps/s',
    '12.5 s per step',
  ]);
  expect([0, Number.NaN, null].map(formatStepRate)).toEqual(['–', '–', '–']);
});
