import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MeasureSum } from './measures.ts';

const { cases } = z
  .object({
    cases: z.array(
      z.object({
        logits: z.array(z.array(z.number())),
        targets: z.array(z.int()),
        loss: z.number(),
        perplexity: z.number(),
        counted: z.int(),
        top1_hits: z.int(),
        top5_hits: z.int(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../../../pytorch/oracle/metrics.json', import.meta.url), 'utf8')));

const SILENT = new Set([2, 3]);

/** Negative log-likelihood and rank of a target, from logits, as a device has to report them. */
function judge(logits: readonly number[], target: number): { loss: number; rank: number } {
  const own = logits[target]!;
  const logSum = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  return { loss: logSum - own, rank: logits.filter((logit) => logit > own).length };
}

describe('MeasureSum', () => {
  it.each(cases.map((expected, index) => ({ index, expected })))('agrees with PyTorch, case $index', ({ expected }) => {
    const judged = expected.targets.map((target, i) => judge(expected.logits[i]!, target));
    const sum = new MeasureSum(SILENT);
    const half = Math.ceil(judged.length / 2);
    for (const [from, to] of [
      [0, half],
      [half, judged.length],
    ] as const) {
      const part = judged.slice(from, to);
      sum.add(
        expected.targets.slice(from, to),
        part.map(({ loss }) => loss),
        part.map(({ rank }) => rank),
      );
    }
    const measures = sum.measures();
    expect(measures.loss).toBeCloseTo(expected.loss, 5);
    expect(measures.perplexity / expected.perplexity).toBeCloseTo(1, 5);
    expect(measures.counted).toBe(expected.counted);
    expect(measures.top1 * measures.counted).toBeCloseTo(expected.top1_hits, 9);
    expect(measures.top5 * measures.counted).toBeCloseTo(expected.top5_hits, 9);
  });

  it('counts no PAD target, whatever its loss and rank', () => {
    const sum = new MeasureSum(SILENT);
    sum.add([5, 0, 0], [1, Number.NaN, 99], [0, 0, 99]);
    expect(sum.measures()).toMatchObject({ counted: 1, loss: 1, top1: 1 });
  });

  it('counts an unknown target as a miss where what is known is asked for', () => {
    const sum = new MeasureSum(SILENT);
    sum.add([1, 4, 1, 5], [2, 1, 4, 3], [0, 4, 6, 5]);
    expect(sum.measures()).toMatchObject({
      loss: 2.5,
      perplexity: Math.exp(2.5),
      perplexityKnown: Math.exp(2),
      top1: 1 / 4,
      top5: 2 / 4,
      top5Known: 1 / 4,
      codexglue: 0,
      counted: 4,
      unknown: 2,
    });
  });

  it('counts names apart, one outside the vocabulary as a miss, and with a cache each under its own text', () => {
    const sum = new MeasureSum(SILENT);
    const cached = [
      { loss: 1, rank: 0 },
      { loss: 2, rank: 4 },
      { loss: 3, rank: 5 },
      { loss: 2, rank: 0 },
    ];
    sum.add([1, 4, 5, 2], [2, 2, 2, 2], [0, 0, 4, 0], { named: [true, true, true, false], cached });
    expect(sum.measures()).toMatchObject({
      top1Names: 1 / 3,
      top5Names: 2 / 3,
      cachePerplexity: Math.exp(2),
      cacheTop1: 2 / 4,
      cacheTop5Known: 3 / 4,
      cacheCodexglue: 1 / 3,
      cacheTop1Names: 1 / 3,
      cacheTop5Names: 2 / 3,
    });
  });

  it('has no figure on names or with a cache where a part of the targets was measured without', () => {
    const sum = new MeasureSum(SILENT);
    sum.add([4], [1], [0], { named: [true], cached: [{ loss: 1, rank: 0 }] });
    expect(sum.measures()).toMatchObject({ top5Names: 1, cacheTop1: 1, cachePerplexity: Math.E });
    sum.add([5], [1], [0]);
    const { top1, top5Names, cacheTop1, cachePerplexity } = sum.measures();
    expect([top1, top5Names, cacheTop1, cachePerplexity]).toEqual([1, Number.NaN, Number.NaN, Number.NaN]);
  });

  it('leaves <s>, </s> and <EOL> out of the accuracy of CodeXGLUE alone', () => {
    const sum = new MeasureSum(SILENT);
    sum.add([2, 3, 4, 5], [1, 1, 1, 1], [0, 0, 0, 1]);
    expect(sum.measures()).toMatchObject({ top1: 3 / 4, codexglue: 1 / 2, counted: 4 });
  });

  it('counts ties for the target: only greater logits are before it', () => {
    const { rank } = judge([1, 1, 1, 1, 1, 1, 1], 6);
    const sum = new MeasureSum(SILENT);
    sum.add([6], [1], [rank]);
    expect(sum.measures()).toMatchObject({ top1: 1, top5: 1 });
  });

  it('has no figures, but counts, before the first target', () => {
    const sum = new MeasureSum(SILENT);
    sum.add([0, 0], [1, 1], [0, 0]);
    const { counted, unknown, loss, top1, top5, codexglue, perplexity } = sum.measures();
    expect({ counted, unknown }).toEqual({ counted: 0, unknown: 0 });
    expect([loss, perplexity, top1, top5, codexglue]).toEqual(Array.from({ length: 5 }, () => Number.NaN));
  });
});
