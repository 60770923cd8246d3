import { describe, expect, it } from 'vitest';
import { dropoutBits, dropoutThreshold, fillDropoutMask } from './dropout.ts';

const COUNT = 200_000;

function mask(rate: number, seed = 42, step = 1, layer = 0): Float32Array {
  const values = new Float32Array(COUNT);
  fillDropoutMask(values, rate, seed, step, layer);
  return values;
}

const dropped = (values: Float32Array) => values.reduce((sum, value) => sum + (value === 0 ? 1 : 0), 0);

/** Correlation between the positions that two masks drop. */
function correlation(a: Float32Array, b: Float32Array): number {
  const rateA = dropped(a) / a.length;
  const rateB = dropped(b) / b.length;
  let both = 0;
  for (let i = 0; i < a.length; i++) both += a[i] === 0 && b[i] === 0 ? 1 : 0;
  return (both / a.length - rateA * rateB) / Math.sqrt(rateA * (1 - rateA) * rateB * (1 - rateB));
}

describe('fillDropoutMask', () => {
  it.each([0.1, 0.3, 0.5, 0.95])('drops a share of %f, and scales what stays so that the mean is kept', (rate) => {
    const values = mask(rate);
    const tolerance = 4 * Math.sqrt((rate * (1 - rate)) / COUNT);
    expect(Math.abs(dropped(values) / COUNT - rate)).toBeLessThan(tolerance);
    expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]));
  });

  it('drops nothing at rate 0', () => {
    expect(new Set(mask(0))).toEqual(new Set([1]));
  });

  it('is the same again, and independent of the mask of another seed, step or layer', () => {
    const one = mask(0.3);
    expect(mask(0.3)).toEqual(one);
    for (const other of [mask(0.3, 43), mask(0.3, 42, 2), mask(0.3, 42, 1, 1), mask(0.3, 42, 0, 1), mask(0.3, 1, 42)]) {
      expect(Math.abs(correlation(one, other))).toBeLessThan(5 / Math.sqrt(COUNT));
    }
  });

  it('drops neighbours, and values a row apart, independently', () => {
    const values = mask(0.3);
    for (const apart of [1, 2, 128, 512, 1024]) {
      expect(Math.abs(correlation(values.subarray(apart), values.subarray(0, -apart)))).toBeLessThan(
        5 / Math.sqrt(COUNT),
      );
    }
  });

  it('keeps and drops by the bits of each index, whatever the length of the mask', () => {
    const values = new Float32Array(100);
    fillDropoutMask(values, 0.4, 7, 8, 1);
    const threshold = dropoutThreshold(0.4);
    for (const [index, value] of values.entries()) {
      expect(value === 0).toBe(dropoutBits(7, 8, 1, index) < threshold);
    }
  });
});

describe('dropoutBits', () => {
  it('gives the bits that the kernels must give', () => {
    const bits = [
      dropoutBits(0, 0, 0, 0),
      dropoutBits(42, 1, 0, 0),
      dropoutBits(42, 1, 0, 1),
      dropoutBits(4294967295, 7, 1, 65535),
    ];
    expect(bits).toMatchInlineSnapshot(`
      [
        1302927599,
        3295857014,
        2407200656,
        556068396,
      ]
    `);
  });
});
