import { describe, expect, it } from 'vitest';
import { presetConfig, type ModelName } from '../../core/config.ts';
import type { Measures } from '../../core/measures.ts';
import type { RunRecord } from '../../core/run.ts';
import { bestPlaces, compareRows, yardsticksOf } from './table.ts';

const measures = (top5: number): Measures => ({
  loss: 2,
  perplexity: 10 * (1 - top5),
  perplexityKnown: 7,
  top1: 0.5,
  top5,
  top5Known: 0.6,
  codexglue: 0.4,
  counted: 100,
  unknown: 10,
});

const epoch = (at: number, seconds: number, tokensPerSecond: number, top5: number) => ({
  epoch: at,
  seconds,
  tokensPerSecond,
  gradientNorm: { mean: 1, max: 2 },
  train: measures(0.5),
  validation: measures(top5),
});

const run = (model: ModelName, bestTop5: number, test: Measures | null): RunRecord => ({
  schema: 2,
  id: model,
  number: 1,
  experiment: 'e',
  model,
  parameters: 10,
  dataset: { id: 'd', sha256: '0'.repeat(64) },
  device: { kind: 'cpu', name: 'cpu' },
  config: presetConfig('tiny', 1),
  state: 'done',
  createdAt: 0,
  epochs: [epoch(1, 10, 100, 0.1), epoch(2, 30, 200, bestTop5), epoch(3, 10, 100, 0.2)],
  bestEpoch: 2,
  ended: 'epochs',
  test,
  yardsticks: [{ name: 'bigram', validation: measures(0.7) }],
  failure: null,
});

describe('compareRows', () => {
  const runs = [run('rnn', 0.7, null), run('lstm', 0.75, measures(0.74)), run('residual-lstm', 0.8, measures(0.76))];

  it('takes the best epoch, and the speed over all of them', () => {
    const [rnn] = compareRows(runs, 'validation');
    expect(rnn?.measures?.top5).toBe(0.7);
    expect(rnn?.seconds).toBe(50);
    expect(rnn?.tokensPerSecond).toBe((10 * 100 + 30 * 200 + 10 * 100) / 50);
  });

  it('holds a residual model against the baseline of its own cell', () => {
    const [rnn, , residual] = compareRows(runs, 'validation');
    expect(rnn?.difference).toBeNull();
    expect(residual?.difference?.baseline.model).toBe('lstm');
    expect(residual?.difference?.top5).toBeCloseTo(0.05);
    expect(residual?.difference?.perplexity).toBeCloseTo(-0.5);
  });

  it('has no test figures before they are measured', () => {
    expect(compareRows(runs, 'test').map((row) => row.measures?.top5)).toEqual([undefined, 0.74, 0.76]);
  });

  it('names each yardstick once', () => {
    expect(yardsticksOf(runs).map(({ name }) => name)).toEqual(['bigram']);
  });
});

describe('bestPlaces', () => {
  it('marks all that share the best, by either sense', () => {
    expect([...bestPlaces([0.7, 0.8, 0.8, null], 'more')]).toEqual([1, 2]);
    expect([...bestPlaces([10, 9, Number.NaN], 'less')]).toEqual([1]);
  });

  it('marks nothing without a rival', () => {
    expect(bestPlaces([0.7, null], 'more').size).toBe(0);
  });
});
