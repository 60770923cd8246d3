/** The definition against PyTorch's own results. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { distributionOf } from '../completion/distribution.ts';
import { outsideCode } from '../data/outside.ts';
import { UNK_ID, Vocabulary } from '../data/vocabulary.ts';
import { valuesOf } from './cache.fixture.ts';
import { ContinuousCache } from './continuousCache.ts';
import { parseCacheOracle, rowOfCase, type CacheOracleCase } from './oracleCase.ts';
import { MISSED, rowScores } from './rowScores.ts';
import { rowTexts } from './rowTexts.ts';
import { Suggestions } from './suggestions.ts';

const cases = parseCacheOracle(
  readFileSync(new URL('../../../pytorch/oracle/cache.json', import.meta.url), 'utf8'),
).map((expected, index) => ({ index, expected }));

function logitsOf({ states, weight, bias }: CacheOracleCase): Float32Array[] {
  return states.map((state) =>
    Float32Array.from(weight, (row, id) => row.reduce((sum, value, k) => sum + value * state[k]!, bias[id]!)),
  );
}

describe('a cache, as PyTorch has it,', () => {
  it.each(cases)('scores a row, case $index', ({ expected }) => {
    const { vocab, theta, lambda, losses, ranks } = expected;
    const { ids, outside } = rowOfCase(expected);
    const texts = rowTexts(ids, outside, vocab, []);
    const states = expected.states.map((state) => Float32Array.from(state));
    const values = valuesOf({ states, logits: logitsOf(expected) }, texts, theta);
    const scores = rowScores(texts, values, (t) => t, { theta, lambda });
    for (const [t, loss] of losses.entries()) {
      expect(scores.losses[t]).toBeCloseTo(loss, 4);
      expect(scores.ranks[t]).toBe(Math.min(MISSED, ranks[t] ?? MISSED));
    }
  });

  it.each(cases)('gives each text its probability, case $index', ({ expected }) => {
    const { vocab, theta, lambda, states, texts, losses } = expected;
    const vocabulary = new Vocabulary(Array.from({ length: vocab - 2 }, (_, i) => `known${i + 2}`));
    const textOf = (text: number) => (text < vocab ? `known${text}` : `outside${text}`);
    const logits = logitsOf(expected);
    const cache = new ContinuousCache(vocabulary, states[0]!.length);
    // a text that is lost is in no cache of text
    const upTo = texts.includes(UNK_ID) ? texts.indexOf(UNK_ID) : texts.length;
    for (let t = 0; t < upTo; t++) {
      const view = cache.view(states[t]!, theta);
      const suggestions = new Suggestions(distributionOf(logits[t]!), view, vocabulary, { lambda });
      expect(-Math.log(suggestions.probability(textOf(texts[t]!)))).toBeCloseTo(losses[t]!, 5);
      cache.append(states[t]!, textOf(texts[t]!));
    }
  });
});

it('numbers the outside texts of a case', () => {
  const { ids, outside } = rowOfCase({ ...cases[0]!.expected, vocab: 5, texts: [7, 3, 1, 6, 7] });
  expect([...ids]).toEqual([2, 1, 3, 1, 1, 1]);
  expect([...outside]).toEqual([0, outsideCode(3, true), 0, 0, outsideCode(2, true), outsideCode(3, true)]);
});
