import { describe, expect, it } from 'vitest';
import { UNK_ID } from '../data/vocabulary.ts';
import { definition, madeRow, SOMETHING_NEW, valuesOf, VOCABULARY, type MadeRow } from './cache.fixture.ts';
import type { CacheParameters } from './parameters.ts';
import { MISSED, rowScores } from './rowScores.ts';
import { nameFlags, rowTexts } from './rowTexts.ts';

const textsOf = ({ ids, outside }: MadeRow) => rowTexts(ids, outside, VOCABULARY.size, nameFlags(VOCABULARY.tokens));

function expectedOf(row: MadeRow, t: number, parameters: CacheParameters): { loss: number; rank: number } {
  const q = definition(row, t, parameters);
  const text = row.texts[t + 1]!;
  const own = q.get(text);
  if (own === undefined) return { loss: -Math.log(q.get(SOMETHING_NEW)!), rank: MISSED };
  return { loss: -Math.log(own), rank: Math.min(MISSED, [...q.values()].filter((other) => other > own).length) };
}

describe('rowScores', () => {
  it.each([
    { theta: 0.7, lambda: 0.35, length: 80 },
    { theta: 2.5, lambda: 0.9, length: 80 },
    { theta: 0, lambda: 0.2, length: 80 },
    { theta: 0.7, lambda: 0, length: 80 },
    { theta: 1, lambda: 0.5, length: 2 },
  ])(
    'has the losses and ranks of the definition, theta $theta, lambda $lambda, $length tokens',
    ({ length, ...parameters }) => {
      for (const seed of [1, 2, 3]) {
        const row = madeRow(length, seed);
        const texts = textsOf(row);
        const { losses, ranks } = rowScores(texts, valuesOf(row, texts, parameters.theta), (t) => t, parameters);
        for (let t = 0; t < length - 1; t++) {
          const { loss, rank } = expectedOf(row, t, parameters);
          expect(losses[t]).toBeCloseTo(loss, 5);
          expect(ranks[t]).toBe(rank);
        }
      }
    },
  );

  it('is the model’s own loss and rank of known targets where lambda is 0 and no outside text has occurred', () => {
    const row = madeRow(40, 4, ['<s>', ...Array.from({ length: 39 }, (_, i) => VOCABULARY.tokens[1 + (i % 9)]!)]);
    const texts = textsOf(row);
    const values = valuesOf(row, texts, 1);
    const { losses, ranks } = rowScores(texts, values, (t) => t, { theta: 1, lambda: 0 });
    for (const [t, loss] of values.losses.entries()) {
      const own = row.logits[t]![row.ids[t + 1]!]!;
      expect(losses[t]).toBeCloseTo(loss, 12);
      expect(ranks[t]).toBe(Math.min(MISSED, row.logits[t]!.filter((logit) => logit > own).length));
    }
  });

  it('reads positions where they lie, with room for more slots than a row has', () => {
    const row = madeRow(30, 6);
    const texts = textsOf(row);
    const parameters = { theta: 0.5, lambda: 0.3 };
    const plain = rowScores(texts, valuesOf(row, texts, 0.5), (t) => t, parameters);
    const wide = valuesOf(row, texts, 0.5, texts.ids.length + 3);
    expect(rowScores(texts, wide, (t) => t, parameters)).toEqual(plain);
  });

  it('scores a target the same whatever comes after it', () => {
    const row = madeRow(60, 7);
    const cut = 25;
    const future = row.texts.slice(cut + 1).toReversed();
    const other = madeRow(60, 7, [...row.texts.slice(0, cut + 1), ...future]);
    const parameters = { theta: 0.8, lambda: 0.4 };
    const [one, two] = [row, other].map((made) => {
      const texts = textsOf(made);
      return rowScores(texts, valuesOf(made, texts, 0.8), (t) => t, parameters);
    });
    expect(two!.losses.slice(0, cut)).toEqual(one!.losses.slice(0, cut));
    expect(two!.ranks.slice(0, cut)).toEqual(one!.ranks.slice(0, cut));
    expect(two!.losses).not.toEqual(one!.losses);
  });

  it('gives the part of textless tokens in the cache to something new', () => {
    const row = madeRow(30, 8);
    const forgotten = { ...row, outside: new Uint16Array(row.ids.length) };
    const texts = textsOf(forgotten);
    const parameters = { theta: 0, lambda: 0.5 };
    const { losses, ranks } = rowScores(texts, valuesOf(forgotten, texts, 0), (t) => t, parameters);
    const unknown = Array.from(texts.slots.keys()).filter((t) => row.ids[t + 1] === UNK_ID);
    expect(unknown.length).toBeGreaterThan(3);
    for (const [before, t] of unknown.entries()) {
      const model = Math.exp(row.logits[t]![UNK_ID]!) / row.logits[t]!.reduce((sum, logit) => sum + Math.exp(logit), 0);
      const expected = t === 0 ? model : 0.5 * model + (0.5 * before) / t;
      expect(losses[t]).toBeCloseTo(-Math.log(expected), 5);
      expect(ranks[t]).toBe(MISSED);
    }
  });

  it('scores no row, and a row of padding', () => {
    const texts = rowTexts([5, 0, 0, 0], [0, 0, 0, 0], VOCABULARY.size, nameFlags(VOCABULARY.tokens));
    const empty = new Float32Array();
    const values = { masses: empty, logits: empty, slots: 1, largest: empty, largestCount: 6, losses: empty };
    expect([...rowScores(texts, values, (t) => t, { theta: 1, lambda: 0.5 }).losses]).toEqual([0, 0, 0]);
  });
});
