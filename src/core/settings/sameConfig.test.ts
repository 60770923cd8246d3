import { expect, it } from 'vitest';
import { presetConfig } from './config.ts';
import { configEntries, configKey, notApplyingTo, sameConfig, sameFor } from './sameConfig.ts';

const config = presetConfig('tiny', 10);

it('compares settings, whatever the order of their keys', () => {
  const { seed, hidden, ...rest } = config;
  expect(sameConfig(config, { ...rest, hidden, seed })).toBe(true);
  expect(sameConfig(config, { ...config, seed: seed + 1 })).toBe(false);
  expect(sameConfig(config, { ...config, trainFiles: null })).toBe(false);
});

it('leaves out what may differ', () => {
  expect(configKey({ ...config, seed: 1 }, ['seed'])).toBe(configKey({ ...config, seed: 2 }, ['seed']));
  expect(configEntries(config, ['seed', 'preset']).map(([name]) => name)).not.toContain('preset');
});

it('leaves out what does not apply to a model', () => {
  expect(notApplyingTo('rnn')).toEqual(['connection', 'forgetBias']);
  expect(notApplyingTo('residual-lstm')).toEqual(['activation']);
  expect(notApplyingTo('gru')).toEqual(['connection', 'activation', 'forgetBias']);
  const scaled = { ...config, connection: 'scaled' } as const;
  expect(sameFor('lstm', config, scaled)).toBe(true);
  expect(sameFor('residual-lstm', config, scaled)).toBe(false);
  expect(sameFor('lstm', config, { ...config, layers: 3 })).toBe(false);
});
