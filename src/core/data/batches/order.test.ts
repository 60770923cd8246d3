import { describe, expect, it } from 'vitest';
import { evaluationOrder, trainingOrder } from './order.ts';

const lengths = Array.from({ length: 309 }, (_, i) => (i * 7919) % 1000);
const flat = (order: readonly (readonly number[])[]) => order.flat().toSorted((a, b) => a - b);
const all = [...lengths.keys()];

describe('trainingOrder', () => {
  it('visits every row once, in batches of the size asked but for one', () => {
    const order = trainingOrder(lengths, 8, 42, 1);
    expect(flat(order)).toEqual(all);
    expect(order.map((batch) => batch.length).toSorted((a, b) => a - b)).toEqual([5, ...Array<number>(38).fill(8)]);
  });

  it('is decided by seed and epoch', () => {
    expect(trainingOrder(lengths, 8, 42, 1)).toEqual(trainingOrder(lengths, 8, 42, 1));
    expect(trainingOrder(lengths, 8, 42, 1)).not.toEqual(trainingOrder(lengths, 8, 42, 2));
    expect(trainingOrder(lengths, 8, 42, 1)).not.toEqual(trainingOrder(lengths, 8, 43, 1));
  });

  it('puts rows of like length together, so that under half the padding of chance order is computed', () => {
    const padding = (order: readonly (readonly number[])[]) =>
      order.reduce((sum, batch) => {
        const longest = Math.max(...batch.map((row) => lengths[row]!));
        return sum + batch.reduce((waste, row) => waste + longest - lengths[row]!, 0);
      }, 0);
    const chance = Array.from({ length: 39 }, (_, i) => all.slice(i * 8, i * 8 + 8));
    expect(padding(trainingOrder(lengths, 8, 42, 1))).toBeLessThan(padding(chance) / 2);
  });

  it('takes no rows, and one', () => {
    expect(trainingOrder([], 8, 42, 1)).toEqual([]);
    expect(trainingOrder([5], 8, 42, 1)).toEqual([[0]]);
  });
});

describe('evaluationOrder', () => {
  it('visits every row once, longest first', () => {
    const order = evaluationOrder(lengths, 8);
    expect(flat(order)).toEqual(all);
    const sorted = order.flat().map((row) => lengths[row]!);
    expect(sorted).toEqual(sorted.toSorted((a, b) => b - a));
  });
});
