import { describe, expect, it } from 'vitest';
import { MeasureSum } from './measures.ts';
import { NgramModel } from './ngram.ts';
import { streamFor } from '../random/stream.ts';

const TOKENS = 30;

/** Rows that repeat themselves a little, with PAD at their ends; many scores tie. */
function someRows(name: string, count: number): Uint16Array[] {
  const random = streamFor(1, name);
  return Array.from({ length: count }, () => {
    const row = new Uint16Array(20);
    const length = 2 + random.below(18);
    row[0] = 2;
    for (let i = 1; i < length; i++)
      row[i] = random.below(3) === 0 ? (row[i - 1]! % 5) + 2 : 1 + random.below(TOKENS - 3);
    return row;
  });
}

/** The definition, pair by pair: every score of every id. */
function plainly(training: readonly Uint16Array[], rows: readonly Uint16Array[], ignored: ReadonlySet<number>) {
  const pairs = (of: readonly Uint16Array[]) =>
    of
      .flatMap((row) => Array.from(row, (id, i): [number, number] => [row[i - 1] ?? 0, id]).slice(1))
      .filter(([, id]) => id !== 0);
  const seen = pairs(training);
  const ids = Array.from({ length: TOKENS - 1 }, (_, i) => i + 1);
  const p1 = (w: number) => (seen.filter(([, id]) => id === w).length + 1) / (seen.length + TOKENS - 1);
  const p2 = (h: number, w: number) => {
    const followers = seen.filter(([before]) => before === h).map(([, id]) => id);
    const different = Math.max(1, new Set(followers).size);
    return (followers.filter((id) => id === w).length + different * p1(w)) / (followers.length + different);
  };
  const unigram = new MeasureSum(ignored);
  const bigram = new MeasureSum(ignored);
  for (const [h, w] of pairs(rows)) {
    const rank = (score: (id: number) => number) => ids.filter((id) => score(id) > score(w)).length;
    unigram.add([w], [-Math.log(p1(w))], [rank(p1)]);
    bigram.add([w], [-Math.log(p2(h, w))], [rank((id) => p2(h, id))]);
  }
  return { unigram: unigram.measures(), bigram: bigram.measures() };
}

describe('NgramModel', () => {
  it('agrees with the definition, ties, unseen ids and unseen histories included', () => {
    const ignored = new Set([2, 3]);
    const training = someRows('training', 12);
    const rows = [...someRows('others', 6), new Uint16Array([28, 29, 1, 28, 0])];
    const expected = plainly(training, rows, ignored);
    const found = new NgramModel(training, TOKENS).evaluate(rows, ignored);
    for (const name of ['unigram', 'bigram'] as const) {
      const { loss, perplexity, perplexityKnown, ...counts } = found[name];
      expect(loss).toBeCloseTo(expected[name].loss, 9);
      expect(perplexity).toBeCloseTo(expected[name].perplexity, 6);
      expect(perplexityKnown).toBeCloseTo(expected[name].perplexityKnown, 6);
      expect(counts).toEqual({ ...expected[name], loss: undefined, perplexity: undefined, perplexityKnown: undefined });
    }
  });

  it('gives probabilities that add up to one after any history', () => {
    const model = new NgramModel(someRows('training', 12), TOKENS);
    for (const history of [2, 7, 29]) {
      let sum = 0;
      for (let id = 1; id < TOKENS; id++) {
        sum += Math.exp(-model.evaluate([[history, id]], new Set()).bigram.loss);
      }
      expect(sum).toBeCloseTo(1, 9);
    }
  });

  it('learns a rule that the unigram cannot', () => {
    const rows = Array.from({ length: 20 }, () => [2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9]);
    const { unigram, bigram } = new NgramModel(rows, 10).evaluate(rows, new Set());
    expect(bigram.top1).toBe(1);
    expect(unigram.top1).toBeLessThan(0.5);
    expect(bigram.perplexity).toBeLessThan(1.2);
  });

  it('predicts nothing from an empty row or a row of one id, and measures nothing', () => {
    const model = new NgramModel([[], [2], new Uint16Array(8)], 10);
    expect(model.evaluate([[], [2], [2, 0, 0]], new Set()).bigram).toMatchObject({ counted: 0, loss: Number.NaN });
    // Without counts all ids are equally likely.
    const { bigram } = model.evaluate([[2, 3]], new Set());
    expect(bigram.perplexity).toBeCloseTo(9, 9);
    expect(bigram.top1).toBe(1);
  });

  it('takes ids as high as a uint16 holds', () => {
    const { bigram } = new NgramModel([[65_535, 65_534, 65_535, 65_534]], 65_536).evaluate(
      [[65_535, 65_534]],
      new Set(),
    );
    expect(bigram).toMatchObject({ counted: 1, top1: 1 });
  });
});
