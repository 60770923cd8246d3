import { describe, expect, it } from 'vitest';
import { configurationsOf } from '#core/experiments/table.ts';
import { runOf } from '#core/report/runs.fixture.ts';
import type { TrainingConfig } from '#core/settings/config.ts';
import type { ModelName } from '#core/models/registry.ts';
import { dimensionAxis, namedAxis } from './axes.ts';

const base = runOf('lstm', [[2, 0.7]]);
const configured = (...changes: readonly (Partial<TrainingConfig> & { readonly model?: ModelName })[]) =>
  changes.flatMap(({ model = 'lstm', ...change }) =>
    configurationsOf([runOf(model, [[2, 0.7]], { config: { ...base.config, ...change } })]),
  );

describe('dimensionAxis', () => {
  it('is logarithmic where the setting is, and linear where a value has no logarithm', () => {
    const rates = configured({ learningRate: 0.001 }, { learningRate: 0.004 });
    const { axis, valueOf } = dimensionAxis('learningRate', rates);
    expect(axis).toMatchObject({ name: 'rate', scale: 'log' });
    expect(rates.map(valueOf)).toEqual([0.001, 0.004]);
    expect(dimensionAxis('dropout', configured({ dropout: 0 }, { dropout: 0.3 })).axis.scale).toBe('linear');
    const decays = configured({ optimizer: 'adamw', weightDecay: 0 }, { optimizer: 'adamw', weightDecay: 0.01 });
    expect(dimensionAxis('weightDecay', decays).axis.scale).toBe('linear');
  });

  it('has names for choices, models, and a value that is no number', () => {
    const files = configured({ trainFiles: null }, { trainFiles: 64 }, { trainFiles: 8 });
    const { axis, valueOf } = dimensionAxis('trainFiles', files);
    expect(axis.names).toEqual(['8', '64', 'all']);
    expect(files.map(valueOf)).toEqual([2, 1, 0]);
    expect(dimensionAxis('optimizer', configured({ optimizer: 'sgd' }, { optimizer: 'adam' })).axis.scale).toBe(
      'names',
    );
    expect(dimensionAxis('model', configured({}, { model: 'rnn' })).axis.names).toEqual(['LSTM', 'RNN']);
  });

  it('has no place for a setting that changes nothing', () => {
    const both = configured({ model: 'rnn' }, { forgetBias: 1 }, { forgetBias: 2 });
    const { axis, valueOf } = dimensionAxis('forgetBias', both);
    expect(axis.scale).toBe('linear');
    expect(both.map(valueOf)).toEqual([Number.NaN, 1, 2]);
    expect(both.map(namedAxis('forgetBias', both).valueOf)).toEqual([Number.NaN, 0, 1]);
  });
});
