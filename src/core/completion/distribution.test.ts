import { array, assert, double, float, integer, property } from 'fast-check';
import { expect, it } from 'vitest';
import { distributionOf, largestOf, probabilityOf } from './distribution.ts';

const softmax = (values: Float32Array) => {
  const distribution = distributionOf(values);
  return Float64Array.from(values, (_, id) => probabilityOf(distribution, id));
};

const logits = array(float({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 40 });

it('gives probabilities that add up to 1, in the order of the logits', () => {
  assert(
    property(logits, (values) => {
      const probabilities = softmax(Float32Array.from(values));
      expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
      const byLogit = values.map((_, i) => i).toSorted((a, b) => values[a]! - values[b]!);
      const sorted = byLogit.map((i) => probabilities[i]!);
      expect(sorted).toEqual(sorted.toSorted((a, b) => a - b));
    }),
  );
});

it('neither overflows nor loses what is small', () => {
  expect([...softmax(Float32Array.of(1_000, 1_000))]).toEqual([0.5, 0.5]);
  expect(softmax(Float32Array.of(0, -100))[1]).toBeCloseTo(Math.exp(-100), 50);
});

it('finds what sorting finds', () => {
  assert(
    property(
      array(double({ min: 0, max: 4, noNaN: true }).map(Math.round)),
      integer({ min: 0, max: 9 }),
      (values, count) => {
        const admits = (index: number) => index % 3 !== 1;
        const sorted = values.map((_, index) => index).filter(admits);
        const expected = sorted.toSorted((a, b) => values[b]! - values[a]! || a - b).slice(0, count);
        expect(largestOf(values, count, admits)).toEqual(expected);
      },
    ),
  );
});
