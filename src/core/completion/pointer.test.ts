import { expect, it } from 'vitest';
import { UNK_ID } from '../data/vocabulary.ts';
import type { Choice, Choices } from './choice.ts';
import { namesFrom, sharesOf, withNames } from './pointer.ts';

const at = (x: number, y: number) => Float32Array.of(x, y);
const recent = { names: ['spam', 'egg', 'spam'], states: [at(1, 0), at(0, 9), at(1, 1)] };

const choices: Choices = (count) =>
  [
    { id: UNK_ID, token: '<UNK>', probability: 0.5, from: 'model' } satisfies Choice,
    { id: 7, token: 'self', probability: 0.3, from: 'model' } satisfies Choice,
    { id: 8, token: 'x', probability: 0.09, from: 'model' } satisfies Choice,
  ].slice(0, count);

it('prefers the name in front of which the state was like this one, and leaves room for a new one', () => {
  const like = sharesOf(recent, at(0, 5));
  expect(like[0]?.name).toBe('egg');
  // three names so far, of which two were new
  expect(like.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(3 / 5, 12);
  expect(sharesOf(recent, at(9, 0))[0]?.name).toBe('spam');
  expect(sharesOf(recent, at(0, 0)).map(({ name, share }) => [name, share])).toEqual([
    ['spam', expect.closeTo(0.4, 12)],
    ['egg', expect.closeTo(0.2, 12)],
  ]);
});

it('shares the probability of <UNK> alone, whatever is asked for', () => {
  const names = { names: [...recent.names, 'spam'], states: [...recent.states, at(0, 0)] };
  const all = withNames(choices, names, at(0, 0))(9);
  expect(all.map(({ token, from }) => `${token} ${from}`)).toEqual([
    'self model',
    'spam text',
    '<UNK> model',
    'x model',
    'egg text',
  ]);
  expect(all.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(0.89, 12);
  for (const count of [1, 2, 3, 4]) expect(withNames(choices, names, at(0, 0))(count)).toEqual(all.slice(0, count));
});

it('changes nothing without names, or without <UNK>', () => {
  expect(withNames(choices, { names: [], states: [] }, at(0, 0))).toBe(choices);
  const known: Choices = (count) => choices(9).slice(1).slice(0, count);
  expect(withNames(known, recent, at(0, 0))(2)).toEqual(known(2));
});

it('offers the names that go on from what is typed', () => {
  expect(namesFrom(recent, 'sp', 0.5, at(0, 0))).toEqual([
    { id: UNK_ID, token: 'spam', probability: expect.closeTo(0.2, 12), from: 'text' },
  ]);
  expect(namesFrom(recent, 'spam', 0.5, at(0, 0))).toEqual([]);
});
