import { expect, it } from 'vitest';
import { baselinesFirst, itemsOf } from './items.ts';
import { PLAN } from './queue.fixture.ts';

it('puts baselines before residual models, each once', () => {
  expect(baselinesFirst(['residual', 'lstm', 'rnn', 'lstm'])).toEqual(['lstm', 'rnn', 'residual']);
});

it('has a run for each combination and model, all models of one combination next to each other', () => {
  const items = itemsOf({ ...PLAN, models: ['residual', 'rnn'], sweep: { seed: [1, 2] } }, 5);
  expect(
    items.map(({ number, combination, model, changes, order }) => [number, combination, model, changes, order]),
  ).toEqual([
    [1, 1, 'rnn', { seed: 1 }, 5],
    [2, 1, 'residual', { seed: 1 }, 6],
    [3, 2, 'rnn', { seed: 2 }, 7],
    [4, 2, 'residual', { seed: 2 }, 8],
  ]);
});
