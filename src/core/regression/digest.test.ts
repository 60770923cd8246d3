import { array, assert, constantFrom, double, float, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceOf, digestOf, figuresOf } from './digest.ts';

/** Tensors whose values are not all near zero. */
const tensors = array(float({ noNaN: true, noDefaultInfinity: true, min: -8, max: 8 }), { minLength: 1, maxLength: 60 })
  .filter((values) => values.some((value) => Math.abs(value) > 1e-3))
  .map((values) => Float32Array.from(values));

describe('figuresOf', () => {
  it('shows an error of a whole tensor at its own size, or larger', () => {
    assert(
      property(tensors, double({ min: -0.5, max: 0.5, noNaN: true }), (values, error) => {
        const wrong = Array.from(values, (value) => value * (1 + error));
        const difference = differenceOf(figuresOf(wrong, 'x'), figuresOf(values, 'x'));
        expect(difference).toBeGreaterThanOrEqual(Math.abs(error) - 1e-12);
      }),
    );
  });

  it('shows that values have changed places, which the norm does not', () => {
    const values = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i));
    const difference = differenceOf(figuresOf(values.toReversed(), 'x'), figuresOf(values, 'x'));
    expect(figuresOf(values.toReversed(), 'x')[0]).toBeCloseTo(figuresOf(values, 'x')[0], 12);
    expect(difference).toBeGreaterThan(0.1);
  });

  it('draws the same for a name again, and something else for another', () => {
    const values = Float32Array.of(1, 2, 3);
    expect(figuresOf(values, 'x/1')).toEqual(figuresOf(values, 'x/1'));
    expect(figuresOf(values, 'x/1')[1]).not.toBeCloseTo(figuresOf(values, 'x/2')[1], 3);
  });
});

describe('differenceOf', () => {
  it('is infinite for what is not a number', () => {
    assert(
      property(
        tensors,
        integer({ min: 0, max: 59 }),
        constantFrom(Number.NaN, Infinity, -Infinity),
        (values, at, bad) => {
          const wrong = values.with(at % values.length, bad);
          expect(differenceOf(figuresOf(wrong, 'x'), figuresOf(values, 'x'))).toBe(Infinity);
        },
      ),
    );
  });

  it('is infinite where zeros are expected and something comes', () => {
    expect(differenceOf(figuresOf([0, 1e-30], 'x'), figuresOf([0, 0], 'x'))).toBe(Infinity);
    expect(differenceOf(figuresOf([0, 0], 'x'), figuresOf([0, 0], 'x'))).toBe(0);
  });
});

describe('digestOf', () => {
  it('tells one bit from another, also where the numbers are equal', async () => {
    const bitsOf = async (...values: number[]) => (await digestOf('weights', 'x', 1, Float32Array.from(values))).bits;
    expect(await bitsOf(1, 0)).toBe(await bitsOf(1, 0));
    expect(await bitsOf(1, 0)).not.toBe(await bitsOf(1, -0));
    expect(await bitsOf(1, 0)).not.toBe(await bitsOf(1 + 2 ** -23, 0));
  });
});
