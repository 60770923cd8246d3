import { describe, expect, it } from 'vitest';
import { randomSplit, randperm } from '../random/torch.ts';
import { splitFiles } from './split.ts';

const sizes = (n: number) => {
  const { train, validation, test } = splitFiles(n);
  return [train.length, validation.length, test.length];
};

describe('splitFiles', () => {
  it.each([
    [0, [0, 0, 0]],
    [1, [1, 0, 0]],
    [2, [2, 0, 0]],
    [5, [4, 1, 0]],
    [9, [8, 1, 0]],
    [10, [8, 1, 1]],
    [428, [309, 77, 42]],
  ])('gives %i files the sizes %j', (n, expected) => {
    expect(sizes(n)).toEqual(expected);
  });

  it('puts every file into one split', () => {
    const { train, validation, test } = splitFiles(101);
    const all = [...train, ...validation, ...test].toSorted((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: 101 }, (_, i) => i));
  });

  it('takes the test part from the end of a permutation, and splits the others in file order', () => {
    const { train, validation, test } = splitFiles(50);
    const order = [...randperm(50, 42)];
    expect([...test]).toEqual(order.slice(45));
    const others = order.slice(0, 45).toSorted((a, b) => a - b);
    const [first, second] = randomSplit(45, [0.8, 0.2], 42);
    expect([...train]).toEqual([...first!].map((index) => others[index]));
    expect([...validation]).toEqual([...second!].map((index) => others[index]));
  });

  it('leaves random_split of fewer than ten files as it is', () => {
    expect([...splitFiles(5).train]).toEqual([2, 4, 3, 0]); // the oracle's case n = 5
  });
});
