import { expect, it } from 'vitest';
import { VOCABULARY } from './cache.fixture.ts';
import { ContinuousCache } from './continuousCache.ts';

it('tells how much of each mass comes from the first entries', () => {
  const cache = new ContinuousCache(VOCABULARY, 2);
  for (const [state, text] of [
    [[1, 0], 'self'],
    [[0, 1], 'odd_name'],
    [[1, 1], 'self'],
  ] as const) {
    cache.append(state, text);
  }
  const all = cache.view([1, 2], 0.5);
  const split = cache.view([1, 2], 0.5, 2);
  expect(split.texts.map(({ mass }) => mass)).toEqual(all.texts.map(({ mass }) => mass));
  expect(all.texts.every(({ fromOthers }) => fromOthers === 0)).toBe(true);
  const [self, odd] = split.texts;
  // exponents 0.5, 1 and 1.5
  const sum = Math.exp(0.5) + Math.exp(1) + Math.exp(1.5);
  expect(self?.fromOthers).toBeCloseTo(Math.exp(0.5) / sum, 12);
  expect(self?.mass).toBeCloseTo((Math.exp(0.5) + Math.exp(1.5)) / sum, 12);
  expect(odd?.fromOthers).toBeCloseTo(odd!.mass, 12);
});
