import { describe, expect, it } from 'vitest';
import { parseReadyMadeIndex, readyMadeOf } from './readyMade.ts';
import { metricsOf, writeMetrics } from './metrics.ts';
import { runOf } from '../report/runs.fixture.ts';

const list = (models: unknown) => JSON.stringify({ schema: 1, models });

describe('the list of ready-made models', () => {
  it('names folders and titles', () => {
    const models = [{ folder: 'quick-lstm', title: 'Ready-made LSTM' }];
    expect(parseReadyMadeIndex(list(models))).toEqual({ schema: 1, models });
  });

  it.each([
    ['not JSON', '<html>'],
    ['another version', '{"schema":2,"models":[]}'],
    ['a folder elsewhere', list([{ folder: '../secret', title: 'x' }])],
    ['an address', list([{ folder: 'https://elsewhere', title: 'x' }])],
  ])('is refused where it is %s', (_, text) => {
    expect(() => parseReadyMadeIndex(text)).toThrow('models/index.json, is damaged');
  });
});

describe('a ready-made model', () => {
  const entry = { folder: 'quick-lstm', title: 'Ready-made LSTM' };

  it('is a run with weights, under an id that no run has', () => {
    const run = runOf('lstm', [
      [3, 0.6],
      [2, 0.7],
    ]);
    const made = readyMadeOf(entry, writeMetrics(metricsOf([run])));
    expect(made?.address).toBe('models/quick-lstm/lstm.f16.safetensors');
    expect(made?.run).toMatchObject({
      id: 'ready-made/quick-lstm-lstm',
      model: 'lstm',
      hasWeights: true,
      state: 'done',
    });
    expect(made?.run.epochs).toHaveLength(run.epochs.length);
  });

  it('says what is wrong with its measures', () => {
    expect(() => readyMadeOf(entry, '{}')).toThrow('models/quick-lstm/metrics.json');
  });
});
