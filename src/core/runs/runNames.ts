/** What runs are called: by themselves the model and a number, `LSTM 12`, and beside it what sets one apart from another. */
import type { TrainingConfig } from '../settings/config.ts';
import { CELLS, modelOf, modelTitle } from '../models/registry.ts';
import { COMPUTED_TITLES, formatCount } from '../format.ts';
import type { RunLabel } from './runLabel.ts';
import type { RunRecord } from './run.ts';

export function runName({ model, number }: Pick<RunRecord, 'model' | 'number'>, label?: RunLabel): string {
  return label?.name ?? `${modelTitle(model)} ${number}`;
}

export const SETTINGS = [
  'dataset',
  'device',
  'seed',
  'embedding',
  'hidden',
  'activation',
  'forgetBias',
  'dropout',
  'vocabulary',
  'length',
  'trainFiles',
  'batch',
  'learningRate',
  'clipNorm',
  'epochs',
  'patience',
] as const satisfies readonly (Exclude<keyof TrainingConfig, 'preset'> | 'dataset' | 'device')[];
/** What a person sets of a run, the model apart. */
export type Setting = (typeof SETTINGS)[number];

export const SETTING_TITLES: Readonly<Record<Setting, string>> = {
  dataset: 'data set',
  device: 'device',
  seed: 'seed',
  embedding: 'embedding',
  hidden: 'hidden',
  activation: 'activation',
  forgetBias: 'forget bias',
  dropout: 'dropout',
  vocabulary: 'vocabulary',
  length: 'length',
  trainFiles: 'training files',
  batch: 'batch',
  learningRate: 'rate',
  clipNorm: 'clip',
  epochs: 'epochs at most',
  patience: 'patience',
};

/** As people read it: `10,000`, `0.005`, `CPU`, `all`. */
export function settingOf(run: RunRecord, setting: Setting): string {
  switch (setting) {
    case 'dataset':
      return run.dataset.id;
    case 'device':
      return COMPUTED_TITLES[run.device.kind];
    case 'trainFiles':
      return run.config.trainFiles === null ? 'all' : formatCount(run.config.trainFiles);
    case 'vocabulary':
    case 'length':
      return formatCount(run.config[setting]);
    default:
      return String(run.config[setting]);
  }
}

/** Two data sets of one name may differ: their hashes decide. An LSTM's activation is fixed, whatever the setting says, and an RNN forgets by none. */
function valueOf(run: RunRecord, setting: Setting): string {
  if (setting === 'dataset') return run.dataset.sha256;
  const cell = CELLS[modelOf(run.model).cell];
  if (setting === 'activation' && !cell.choosesActivation) return '';
  if (setting === 'forgetBias' && cell.forgetGate === null) return '';
  return settingOf(run, setting);
}

/** Settings that are not the same in all of these runs. */
export function settingsThatDiffer(runs: readonly RunRecord[]): readonly Setting[] {
  return SETTINGS.filter((setting) => new Set(runs.map((run) => valueOf(run, setting)).filter(Boolean)).size > 1);
}

/** `hidden 256, seed 3`: what a run has that the one before it has not; empty where nothing differs. */
export function differenceTo(run: RunRecord, before: RunRecord | undefined): string {
  if (!before) return '';
  return settingsThatDiffer([before, run])
    .map((setting) => `${SETTING_TITLES[setting]} ${settingOf(run, setting)}`)
    .join(', ');
}

/** The run of the same model that was trained just before; undefined for the first. @param runs oldest first */
export function neighbourOf(run: RunRecord, runs: readonly RunRecord[]): RunRecord | undefined {
  return runs.findLast(({ model, number }) => model === run.model && number < run.number);
}
