import { describe, expect, it } from 'vitest';
import { distributionOf } from '../completion/distribution.ts';
import { UNK_ID } from '../data/vocabulary.ts';
import { definition, madeRow, SOMETHING_NEW, VOCABULARY, type MadeRow } from './cache.fixture.ts';
import { ContinuousCache } from './continuousCache.ts';
import type { CacheParameters } from './parameters.ts';
import { Suggestions } from './suggestions.ts';

const parameters = { theta: 0.7, lambda: 0.35 };

function cacheOf({ states, texts }: MadeRow, t: number): ContinuousCache {
  const cache = new ContinuousCache(VOCABULARY, states[0]!.length);
  for (let i = 0; i < t; i++) cache.append(states[i]!, texts[i + 1]!);
  return cache;
}

function suggestionsAt(row: MadeRow, t: number, { theta, lambda }: CacheParameters, cache = cacheOf(row, t)) {
  return new Suggestions(distributionOf(row.logits[t]!), cache.view(row.states[t]!, theta), VOCABULARY, { lambda });
}

describe('Suggestions', () => {
  const row = madeRow(60, 3);

  it.each([0, 1, 2, 7, 30, 58])('has the probabilities of the definition at position %i', (t) => {
    const expected = definition(row, t, parameters);
    const suggestions = suggestionsAt(row, t, parameters);
    expect(suggestions.somethingNew).toBeCloseTo(expected.get(SOMETHING_NEW)!, 12);
    expect([...expected.values()].reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    const top = suggestions.top(100);
    expect(top.map(({ text }) => text).toSorted()).toEqual(
      [...expected.keys()].flatMap((text) => (typeof text === 'string' && text !== '<PAD>' ? [text] : [])).toSorted(),
    );
    for (const { text, probability, fromModel, fromFile } of top) {
      expect(probability).toBeCloseTo(expected.get(text)!, 12);
      expect(fromModel + fromFile).toBeCloseTo(probability, 12);
      expect(suggestions.probability(text)).toBe(probability);
    }
    expect(top.map(({ probability }) => probability)).toEqual(
      top.map(({ probability }) => probability).toSorted((a, b) => b - a),
    );
    expect(suggestions.top(5)).toEqual(top.slice(0, 5));
  });

  it('offers the model’s own where the cache is empty', () => {
    const { logits } = row;
    const [first] = suggestionsAt(row, 0, parameters).top(1, (text) => text !== '<s>');
    const best = Math.max(...logits[0]!.filter((_, id) => id > 2));
    expect(logits[0]![first!.id]).toBe(best);
    expect(first!.fromFile).toBe(0);
  });

  it('offers an outside text that has occurred, with a part of <UNK> and of the cache', () => {
    const t = row.texts.indexOf('odd_name') + 3;
    const one = suggestionsAt(row, t, parameters).top(100, (text) => text === 'odd_name');
    expect(one).toHaveLength(1);
    expect(one[0]).toMatchObject({ text: 'odd_name', id: UNK_ID });
    expect(one[0]!.fromModel).toBeGreaterThan(0);
    expect(one[0]!.fromFile).toBeGreaterThan(0);
  });

  it('admits only what begins with what is typed', () => {
    const admitted = suggestionsAt(row, 40, parameters).top(10, (text) => text.startsWith('re'));
    expect(admitted.map(({ text }) => text)).toEqual(['return']);
  });

  it('sees nothing of what comes later', () => {
    const future = row.texts.slice(31).toReversed();
    const other = madeRow(60, 3, [...row.texts.slice(0, 31), ...future]);
    for (const t of [0, 12, 29, 30]) {
      expect(suggestionsAt(other, t, parameters).top(100)).toEqual(suggestionsAt(row, t, parameters).top(100));
    }
  });
});

describe('ContinuousCache', () => {
  const row = madeRow(700, 5);

  it('is the same whether a text grew, or was cut and grew again', () => {
    const grown = cacheOf(row, 400);
    const cut = cacheOf(row, 650);
    cut.truncate(120);
    expect(cut.length).toBe(120);
    expect(cut.view(row.states[120]!, 1)).toEqual(cacheOf(row, 120).view(row.states[120]!, 1));
    for (let i = 120; i < 400; i++) cut.append(row.states[i]!, row.texts[i + 1]!);
    expect(cut.view(row.states[400]!, 0.4)).toEqual(grown.view(row.states[400]!, 0.4));
    cut.truncate(1_000);
    expect(cut.length).toBe(400);
    cut.truncate(0);
    expect(cut.view(row.states[0]!, 1)).toMatchObject({ entries: 0, texts: [], outside: 0 });
  });

  it('weighs all tokens alike at theta 0', () => {
    const { texts, entries } = cacheOf(row, 50).view(row.states[50]!, 0);
    expect(entries).toBe(50);
    for (const { text, mass } of texts) {
      expect(mass).toBeCloseTo(row.texts.slice(1, 51).filter((one) => one === text).length / 50, 12);
    }
  });

  it('does not overflow where states are very alike', () => {
    const view = cacheOf(row, 50).view(row.states[50]!, 1_000);
    expect(view.texts.reduce((sum, { mass }) => sum + mass, 0)).toBeCloseTo(1, 9);
  });

  it('copies states, and refuses those of another width', () => {
    const cache = new ContinuousCache(VOCABULARY, 2);
    const state = Float32Array.of(1, 0);
    cache.append(state, 'x');
    cache.append(Float32Array.of(0, 1), 'self');
    state[0] = 100;
    const [x, self] = cache.view([1, 0], 1).texts;
    expect(x!.mass / self!.mass).toBeCloseTo(Math.E, 6);
    expect(() => cache.append([1, 2, 3], 'x')).toThrow(RangeError);
  });
});
