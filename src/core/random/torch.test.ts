import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { randomSplit, randperm } from './torch.ts';

const part = z.array(z.int());
const oracle = z
  .object({
    seed: z.int(),
    fractions: z.array(z.number()),
    cases: z.array(
      z.object({
        n: z.int(),
        train: z.int(),
        val: z.int(),
        train_first: part,
        train_sha256: z.string(),
        val_first: part,
        val_sha256: z.string(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../../../pytorch/oracle/split.json', import.meta.url), 'utf8')));

const hash = (indices: Int32Array) => createHash('sha256').update(indices).digest('hex');

describe('randomSplit', () => {
  it.each(oracle.cases)('splits $n as torch.utils.data.random_split does', (expected) => {
    const [train, validation] = randomSplit(expected.n, oracle.fractions, oracle.seed);
    expect(train).toHaveLength(expected.train);
    expect(validation).toHaveLength(expected.val);
    expect([...train!.subarray(0, expected.train_first.length)]).toEqual(expected.train_first);
    expect([...validation!.subarray(0, expected.val_first.length)]).toEqual(expected.val_first);
    expect(hash(train!)).toBe(expected.train_sha256);
    expect(hash(validation!)).toBe(expected.val_sha256);
  });

  it('splits nothing into empty parts', () => {
    expect(randomSplit(0, [0.8, 0.2], 42).map((indices) => indices.length)).toEqual([0, 0]);
  });
});

describe('randperm', () => {
  it('is a permutation, and another one for another seed', () => {
    const order = randperm(1_000, 42);
    expect(Array.from(order).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
    expect(randperm(1_000, 43)).not.toEqual(order);
  });

  it('refuses a length at which PyTorch draws in another way', () => {
    expect(() => randperm(214_748_364, 42)).toThrow(RangeError);
  });
});
