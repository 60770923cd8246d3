import { describe, expect, it } from 'vitest';
import type { ModelSpec } from './spec.ts';
import { countedSeconds, trainingBytesPerStep, trainingOperationsPerToken } from './operations.ts';

const TASK: ModelSpec = {
  cell: 'lstm',
  layers: 2,
  connection: 'none',
  weightTying: 'none',
  tokens: 10_002,
  embedding: 256,
  hidden: 512,
  activation: 'tanh',
};

describe('trainingOperationsPerToken', () => {
  it('counts a tiny RNN as one does by hand', () => {
    // 2 x 3 + 2 x 2 in layer 1, 2 x 2 + 2 x 2 in layer 2, 2 x 5 in the output layer: 28 multiplications
    const spec = { ...TASK, cell: 'rnn', tokens: 5, embedding: 3, hidden: 2 } as const;
    expect(trainingOperationsPerToken(spec)).toBe(6 * 28);
  });

  it('counts four gates for an LSTM, and the output layer once', () => {
    const spec = { ...TASK, tokens: 5, embedding: 3, hidden: 2 } as const;
    expect(trainingOperationsPerToken(spec)).toBe(6 * (4 * 18 + 10));
  });

  it('is 52.7 million for the LSTM of the task, and what a residual sum adds is not a product', () => {
    expect(trainingOperationsPerToken(TASK)).toBe(52_746_240);
    expect(trainingOperationsPerToken({ ...TASK, connection: 'sum' })).toBe(52_746_240);
  });

  it('counts a projection, and an output layer as wide as the embedding behind it', () => {
    const spec = { ...TASK, tokens: 5, embedding: 3, hidden: 2, weightTying: 'projected' } as const;
    expect(trainingOperationsPerToken(spec)).toBe(6 * (4 * 18 + 2 * 3 + 3 * 5));
  });
});

describe('trainingBytesPerStep', () => {
  it('counts a tiny RNN as one does by hand', () => {
    const spec = { ...TASK, cell: 'rnn', tokens: 5, embedding: 3, hidden: 2 } as const;
    // Values, one row of one step: a layer's weights 8, its sequence 6 + 6 + 4 + 4, its products 3 x (5 + 6) and 3 x (4 + 4);
    // the output layer's 3 x (7 + 10), logits 25, dropout 16, embedding 12 + 15, update 8 x 56
    const values = 8 + 20 + 33 + (8 + 20 + 24) + 51 + 25 + 16 + 27 + 8 * 56;
    expect(trainingBytesPerStep(spec, 1, 1)).toBe(4 * values);
  });

  it('grows with the steps by more than with the rows, since each step reads the recurrent weights', () => {
    expect(trainingBytesPerStep(TASK, 8, 1000)).toBeGreaterThan(trainingBytesPerStep(TASK, 16, 500));
  });
});

it('counts seconds on a GPU of 10 TFLOP/s', () => {
  const { arithmetic, dispatches } = countedSeconds(TASK, 8, 999, 2_400);
  expect(arithmetic).toBeCloseTo((52_746_240 * 8 * 999) / 10e12, 9);
  expect(dispatches).toBeCloseTo(0.072, 9);
});
