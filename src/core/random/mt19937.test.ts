import { describe, expect, it } from 'vitest';
import { Mt19937 } from './mt19937.ts';

const draw = (generator: Mt19937, count: number) => Array.from({ length: count }, () => generator.nextU32());

describe('Mt19937', () => {
  it('gives the known sequence of seed 42', () => {
    expect(draw(new Mt19937(42), 3)).toEqual([1608637542, 3421126067, 4083286876]);
  });

  it('gives the 10,000th number that the C++ standard names for the default seed', () => {
    expect(draw(new Mt19937(5489), 10_000).at(-1)).toBe(4123659995);
  });

  it('gives the reference sequence of an array of words', () => {
    expect(draw(Mt19937.fromKey([0x123, 0x234, 0x345, 0x456]), 5)).toEqual([
      1067595299, 955945823, 477289528, 4107218783, 4228976476,
    ]);
  });

  it('takes the seed modulo 2^32, as PyTorch does', () => {
    expect(draw(new Mt19937(2 ** 32 + 42), 3)).toEqual(draw(new Mt19937(42), 3));
  });
});
