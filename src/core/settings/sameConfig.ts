/** When two configurations are the same. Keys may stand in another order: a record read from elsewhere has them as it was written. */
import type { TrainingConfig } from './config.ts';

/** @param but settings that may differ */
export function configKey(config: TrainingConfig, but: readonly (keyof TrainingConfig)[] = []): string {
  return JSON.stringify(configEntries(config, but));
}

/** Settings and values, by the settings' names. */
export function configEntries(
  config: TrainingConfig,
  but: readonly (keyof TrainingConfig)[] = [],
): readonly (readonly [string, unknown])[] {
  return Object.entries(config)
    .filter(([name]) => !but.some((one) => one === name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

export function sameConfig(a: TrainingConfig, b: TrainingConfig): boolean {
  return configKey(a) === configKey(b);
}
