import { expect, it } from 'vitest';
import { quantileOfT } from './studentT.ts';

it('gives the tabulated quantiles of Student’s t', () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, section 1.3.6.7.2
  const table: readonly [probability: number, degrees: number, t: number][] = [
    [0.975, 1, 12.706],
    [0.975, 2, 4.303],
    [0.975, 3, 3.182],
    [0.975, 10, 2.228],
    [0.975, 41, 2.02],
    [0.975, 100, 1.984],
    [0.995, 4, 4.604],
    [0.9, 7, 1.415],
  ];
  for (const [probability, degrees, t] of table) expect(quantileOfT(probability, degrees)).toBeCloseTo(t, 3);
  expect(quantileOfT(0.975, Infinity)).toBeCloseTo(1.959964, 5);
});

it('takes degrees that are not whole, between those of their neighbours, and is symmetric', () => {
  // closed forms: one degree is Cauchy's distribution, two have t = (2p - 1) / sqrt(2 p (1 - p))
  expect(quantileOfT(0.9, 1)).toBeCloseTo(Math.tan(Math.PI * 0.4), 9);
  expect(quantileOfT(0.9, 2)).toBeCloseTo(0.8 / Math.sqrt(2 * 0.9 * 0.1), 9);
  const between = quantileOfT(0.975, 6.7);
  expect(between).toBeLessThan(quantileOfT(0.975, 6));
  expect(between).toBeGreaterThan(quantileOfT(0.975, 7));
  expect(quantileOfT(0.025, 6.7)).toBe(-between);
  expect(quantileOfT(0.5, 3)).toBeCloseTo(0, 9);
});
