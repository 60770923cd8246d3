import { describe, expect, it } from 'vitest';
import { streamFor } from '../random/stream.ts';
import { FINDER_STEPS, finderRate, lowest, RateCurve, suggestedRate } from './rateFinder.ts';

/** The curve of a loss that depends on the rate alone. */
function curveOf(loss: (rate: number) => number): RateCurve {
  const curve = new RateCurve();
  for (let step = 1; !curve.ended; step++) curve.add(loss(finderRate(step)));
  return curve;
}
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const magnitude = (rate: number) => Math.log10(rate);

describe('a rising rate', () => {
  it('grows by the same factor with each step', () => {
    expect(finderRate(1)).toBeCloseTo(1e-5, 12);
    expect(finderRate(FINDER_STEPS)).toBeCloseTo(1, 12);
    expect(finderRate(51) / finderRate(50)).toBeCloseTo(finderRate(2) / finderRate(1), 12);
  });

  it('has a smoothed loss that begins at the first one and follows', () => {
    const curve = new RateCurve();
    for (const loss of [8, 6, 7]) curve.add(loss);
    const [first, second, third] = curve.points.map(({ smoothed }) => smoothed);
    expect(first).toBeCloseTo(8, 12);
    expect(second).toBeCloseTo((0.9 * 8 + 6) / 1.9, 12);
    expect(third).toBeCloseTo((0.81 * 8 + 0.9 * 6 + 7) / 2.71, 12);
    expect(curve.points.map(({ loss }) => loss)).toEqual([8, 6, 7]);
  });

  it('ends where the loss has diverged, where it is no number, and after all steps', () => {
    const rising = curveOf((rate) => (rate < 0.01 ? 5 : 50));
    expect(rising).toMatchObject({ diverged: true, ended: true });
    expect(rising.points.at(-1)!.rate).toBeLessThan(0.02);
    const broken = curveOf((rate) => (rate < 0.01 ? 5 : Number.NaN));
    expect(broken.diverged).toBe(true);
    expect(broken.points.every(({ loss }) => loss === 5)).toBe(true);
    const whole = curveOf(() => 5);
    expect(whole).toMatchObject({ diverged: false, ended: true });
    expect(whole.points).toHaveLength(FINDER_STEPS);
  });

  it('does not take a noisy start for a divergence', () => {
    const random = streamFor(1, 'noise');
    expect(curveOf(() => 5 + 0.5 * random.normal()).points).toHaveLength(FINDER_STEPS);
  });
});

describe('the suggestion', () => {
  it('is where the loss falls fastest, of one digit', () => {
    // The loss falls around 10^-3 and rises from 0.1. Smoothing moves the fall to slightly higher rates.
    const curve = curveOf(
      (rate) => 8 - 4 * sigmoid(6 * (magnitude(rate) + 3)) + 40 * sigmoid(8 * (magnitude(rate) + 0.5)),
    );
    expect(curve.diverged).toBe(true);
    const rate = suggestedRate(curve.points)!;
    expect(rate).toBeGreaterThanOrEqual(0.001);
    expect(rate).toBeLessThanOrEqual(0.003);
    expect(String(rate)).toMatch(/^0\.00\d$/);
    expect(lowest(curve.points).rate).toBeGreaterThan(rate);
  });

  it('is none where the loss never fell', () => {
    expect(suggestedRate([])).toBeNull();
    expect(suggestedRate(curveOf(() => 5).points)).toBeNull();
    expect(suggestedRate(curveOf((rate) => 5 + rate).points)).toBeNull();
  });
});
