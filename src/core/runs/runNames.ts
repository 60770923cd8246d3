/** Names of runs, by default the model and a number (`LSTM 12`), and the settings in which runs differ. */
import { appliesBeside, appliesToModel, GROUPED_SETTINGS, type SettingName } from '../settings/registry.ts';
import { formatSetting, shortTitle } from '../settings/words.ts';
import { modelTitle } from '../models/registry.ts';
import { COMPUTED_TITLES } from '../format.ts';
import type { RunLabel } from './runLabel.ts';
import type { RunRecord } from './run.ts';

export function runName({ model, number }: Pick<RunRecord, 'model' | 'number'>, label?: RunLabel): string {
  return label?.name ?? `${modelTitle(model)} ${number}`;
}

/** What the user can set for a run, other than the model. */
export type RunSetting = 'dataset' | 'device' | SettingName;
export const RUN_SETTINGS: readonly RunSetting[] = ['dataset', 'device', ...GROUPED_SETTINGS];

/** `data set`, `rate`, `max epochs`. */
export function runSettingTitle(setting: RunSetting): string {
  if (setting === 'dataset') return 'data set';
  return setting === 'device' ? 'device' : shortTitle(setting);
}

/** Readable value: `10,000`, `0.005`, `CPU`, `all`. */
export function runSetting(run: RunRecord, setting: RunSetting): string {
  if (setting === 'dataset') return run.dataset.id;
  if (setting === 'device') return COMPUTED_TITLES[run.device.kind];
  return formatSetting(setting, run.config[setting]);
}

/** Title and value of each setting: `hidden 256, seed 3`. */
export function runSettingsInWords(run: RunRecord, settings: readonly RunSetting[]): string {
  return settings.map((setting) => `${runSettingTitle(setting)} ${runSetting(run, setting)}`).join(', ');
}

/** Data sets are compared by hash, since two can have the same name. A setting that does not apply to the run is empty. */
function valueOf(run: RunRecord, setting: RunSetting): string {
  if (setting === 'dataset') return run.dataset.sha256;
  return settingApplies(run, setting) ? runSetting(run, setting) : '';
}

/** Whether a setting has an effect on the run, given its model and other settings. */
export function settingApplies({ model, config }: RunRecord, setting: RunSetting): boolean {
  if (setting === 'dataset' || setting === 'device') return true;
  return appliesToModel(setting, model) && appliesBeside(setting, config);
}

/** All settings of a run that have an effect: `data set python-stdlib, device CPU, seed 42`. */
export function allSettingsInWords(run: RunRecord): string {
  return runSettingsInWords(
    run,
    RUN_SETTINGS.filter((setting) => settingApplies(run, setting)),
  );
}

/** Settings that are not the same in all of these runs. */
export function settingsThatDiffer(runs: readonly RunRecord[]): readonly RunSetting[] {
  return RUN_SETTINGS.filter((setting) => new Set(runs.map((run) => valueOf(run, setting)).filter(Boolean)).size > 1);
}

/** Settings in which a run differs from the one before, `hidden 256, seed 3`; empty if none differ. */
export function differenceTo(run: RunRecord, before: RunRecord | undefined): string {
  if (!before) return '';
  return runSettingsInWords(run, settingsThatDiffer([before, run]));
}

/** The previous run of the same model; undefined for the first. @param runs oldest first */
export function neighbourOf(run: RunRecord, runs: readonly RunRecord[]): RunRecord | undefined {
  return runs.findLast(({ model, number }) => model === run.model && number < run.number);
}
