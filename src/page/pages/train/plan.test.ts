import { describe, expect, it } from 'vitest';
import { presetConfig } from '#core/settings/config.ts';
import { DEFAULT_FORM } from './form.ts';
import { chosenModels, modelSizes, trainLabel, disabledReason, type Readiness } from './plan.ts';

describe('the choice of models', () => {
  it('keeps the order they train in', () => {
    expect(chosenModels(['residual', 'rnn'], { ...DEFAULT_FORM.variants, residual: 'residual-rnn' })).toEqual([
      'rnn',
      'residual-rnn',
    ]);
  });

  it('names the button', () => {
    expect(trainLabel(['rnn', 'lstm', 'residual'])).toBe('Train all three');
    expect(trainLabel(['rnn', 'lstm', 'gru', 'residual'])).toBe('Train all four');
    expect(trainLabel(['rnn', 'lstm', 'gru'])).toBe('Train three models');
    expect(trainLabel(['lstm', 'rnn'])).toBe('Train RNN and LSTM');
    expect(trainLabel(['residual'])).toBe('Train residual');
  });

  it('counts the parameters the task names', () => {
    const sizes = modelSizes(['rnn', 'lstm', 'residual'], presetConfig('task', 300), undefined);
    expect(sizes.get('rnn')).toEqual([{ name: 'rnn', parameters: 8_611_090 }]);
    expect(sizes.get('lstm')).toEqual([{ name: 'lstm', parameters: 11_369_746 }]);
    expect(sizes.get('residual')?.map(({ parameters }) => parameters)).toEqual([8_611_090, 11_369_746, 10_450_194]);
  });

  it('has no size of a residual model of one layer', () => {
    const sizes = modelSizes(['rnn', 'residual'], { ...presetConfig('task', 300), layers: 1 }, undefined);
    expect([...sizes].map(([choice, found]) => [choice, found.length])).toEqual([
      ['rnn', 1],
      ['residual', 0],
    ]);
  });
});

describe('disabledReason', () => {
  const ready: Readiness = {
    connection: 'ready',
    busy: false,
    hasDataset: true,
    models: ['rnn'],
    config: presetConfig('quick', 300),
    valid: true,
    hasBaseline: false,
  };

  it('is null when training can start', () => {
    expect(disabledReason(ready)).toBeNull();
    expect(disabledReason({ ...ready, models: ['residual-lstm'] })).toBeNull();
    expect(disabledReason({ ...ready, models: ['lstm', 'residual'] })).toBeNull();
    expect(disabledReason({ ...ready, models: ['residual'], hasBaseline: true })).toBeNull();
  });

  it('is a sentence for each hindrance', () => {
    const hindered: Partial<Readiness>[] = [
      { connection: 'connecting' },
      { connection: 'failed' },
      { busy: true },
      { hasDataset: false },
      { models: [] },
      { models: ['residual'] },
      { models: ['rnn', 'residual'], config: { ...presetConfig('quick', 300), layers: 1 } },
      { models: ['rnn'], config: { ...presetConfig('quick', 300), weightTying: 'tied' } },
      { valid: false },
    ];
    const reasons = hindered.map((change) => disabledReason({ ...ready, ...change }));
    expect(reasons.every((reason) => reason?.endsWith('.'))).toBe(true);
    expect(new Set(reasons).size).toBe(hindered.length);
  });
});
