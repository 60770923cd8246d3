import { expect, it } from 'vitest';
import { presetConfig } from './config.ts';
import { configEntries, configKey, sameConfig } from './sameConfig.ts';

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
