/**
 * Whether two configurations are the same. The order of keys does not count, since an imported record has the order in which it was
 * written.
 */
import type { ModelName } from '../models/registry.ts';
import type { TrainingConfig } from './config.ts';
import { appliesToModel, SETTING_NAMES, type SettingName } from './registry.ts';

/** @param but settings that may differ */
export function configKey(config: TrainingConfig, but: readonly (keyof TrainingConfig)[] = []): string {
  return JSON.stringify(configEntries(config, but));
}

/** Settings and values, sorted by name. */
export function configEntries(
  config: TrainingConfig,
  but: readonly (keyof TrainingConfig)[] = [],
): readonly (readonly [string, unknown])[] {
  const without = new Set<string>(but);
  return Object.entries(config)
    .filter(([name]) => !without.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

export function sameConfig(a: TrainingConfig, b: TrainingConfig): boolean {
  return configKey(a) === configKey(b);
}

/** Whether a model trains identically with both. Settings that do not apply to it may differ. */
export function sameFor(model: ModelName, a: TrainingConfig, b: TrainingConfig): boolean {
  const without = notApplyingTo(model);
  return configKey(a, without) === configKey(b, without);
}

/** Settings that have no effect on a model. */
export function notApplyingTo(model: ModelName): readonly SettingName[] {
  const known = notApplying.get(model) ?? SETTING_NAMES.filter((name) => !appliesToModel(name, model));
  notApplying.set(model, known);
  return known;
}

/** Results by model; cached because they are needed for every run. */
const notApplying = new Map<ModelName, readonly SettingName[]>();
