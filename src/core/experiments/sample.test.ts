import { describe, expect, it } from 'vitest';
import { requireSample, samplePoints, valueAt } from './sample.ts';
import type { Sample } from './searchSchema.ts';

const sample: Sample = {
  method: 'random',
  count: 64,
  seed: 1,
  ranges: { learningRate: { from: 0.0001, to: 0.1 }, hidden: { from: 8, to: 512 }, dropout: { from: 0, to: 0.5 } },
};

describe.each(['random', 'sobol'] as const)('a %s sample', (method) => {
  const points = samplePoints({ ...sample, method });

  it('lies in its ranges, along the scale of each setting', () => {
    expect(points).toHaveLength(64);
    const below = (name: 'learningRate' | 'hidden' | 'dropout', limit: number) =>
      points.filter((point) => point[name]! < limit).length;
    for (const [name, { from, to }] of Object.entries(sample.ranges)) {
      for (const point of points)
        expect(point).toMatchObject({ [name]: expect.toSatisfy((x) => x >= from && x <= to) });
    }
    // the middle of a logarithmic range, and of a linear one: half of the points of either, as far as chance allows
    const slack = method === 'sobol' ? 1 : 14;
    for (const count of [below('learningRate', Math.sqrt(1e-5)), below('hidden', 64), below('dropout', 0.25)]) {
      expect(Math.abs(count - 32)).toBeLessThanOrEqual(slack);
    }
    expect(points.every(({ hidden }) => Number.isInteger(hidden))).toBe(true);
  });

  it('is the same for the same seed, begins the same however long it is, and differs for another', () => {
    expect(samplePoints({ ...sample, method })).toEqual(points);
    expect(samplePoints({ ...sample, method, count: 5 })).toEqual(points.slice(0, 5));
    expect(samplePoints({ ...sample, method, seed: 2 })).not.toEqual(points);
  });

  it('draws the same of a setting whether or not others are drawn', () => {
    if (method === 'sobol') return; // a further dimension moves those after it
    const { learningRate } = sample.ranges;
    const alone = samplePoints({ ...sample, method, ranges: { learningRate: learningRate! } });
    expect(alone.map((point) => point.learningRate)).toEqual(points.map((point) => point.learningRate));
  });
});

it('has no point twice, where few whole numbers are drawn from', () => {
  const points = samplePoints({ ...sample, ranges: { layers: { from: 1, to: 3 } } });
  expect(new Set(points.map(({ layers }) => layers))).toEqual(new Set([1, 2, 3]));
  expect(points).toHaveLength(3);
});

it('gives each whole number of a linear range an equal share, and rounds others to four digits', () => {
  const layers = Array.from({ length: 40 }, (_, i) => valueAt('layers', { from: 1, to: 4 }, i / 40));
  expect([1, 2, 3, 4].map((value) => layers.filter((one) => one === value).length)).toEqual([10, 10, 10, 10]);
  expect(valueAt('learningRate', { from: 0.001, to: 0.1 }, 0.5)).toBe(0.01);
  expect(valueAt('learningRate', { from: 0.001, to: 0.1 }, 1 / 3)).toBe(0.004642);
  expect(valueAt('learningRate', { from: 0.001, to: 0.1, scale: 'linear' }, 0.5)).toBe(0.0505);
});

it.each([
  [{ ranges: {} }, 'the sample has no range'],
  [{ ranges: { schedule: { from: 0, to: 1 } } }, 'schedule is not a number'],
  [{ ranges: { seed: { from: 0, to: 9 } } }, 'seed cannot be drawn'],
  [{ ranges: { dropout: { from: 0, to: 2 } } }, 'dropout: 2 is not'],
  [{ ranges: { hidden: { from: 8.5, to: 16 } } }, 'hidden: 8.5 is not'],
  [{ ranges: { dropout: { from: 0.3, to: 0.3 } } }, '0.3 is not below 0.3'],
  [{ ranges: { dropout: { from: 0, to: 0.3, scale: 'log' } } }, 'cannot begin at 0'],
] as const)('is refused with a reason: %j', (change, reason) => {
  expect(() => requireSample({ ...sample, ...change }, 'a.json')).toThrow(reason);
});
