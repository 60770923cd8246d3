/** What the Train room is set to, what it comes to, and why it may not start. */
import type { StoredDataset } from '#core/data/stored.ts';
import {
  modelSpec,
  parameterCount,
  presetConfig,
  type ModelChoice,
  type ModelName,
  type Preset,
  type TrainingConfig,
} from '#core/settings/config.ts';
import { MODEL_TITLES } from '#core/format.ts';
import type { RunRecord } from '#core/runs/run.ts';

/** The three kinds a person ticks; which baseline a residual one takes is asked beside it. */
export const MODEL_KINDS = ['rnn', 'lstm', 'residual'] as const;
export type ModelKind = (typeof MODEL_KINDS)[number];

export type ResidualChoice = Extract<ModelChoice, `residual${string}`>;

export const MODEL_MEANINGS: Readonly<Record<ModelKind, string>> = {
  rnn: 'Two plain recurrent layers: small and fast.',
  lstm: 'Gated layers with a longer memory: four times the recurrent weights.',
  residual: 'The output layer sees the sum of both layers.',
};

export const PRESET_MEANINGS: Readonly<Record<Preset, string>> = {
  task: 'The full size: 10,000 tokens, two layers of 512. Hours without a GPU.',
  quick: 'A small net and shorter rows: curves within minutes, also without a GPU.',
  tiny: 'A toy on 64 files, to see everything work within seconds.',
};

/** Models in the order they train: the residual one needs to know its baseline. */
export function chosenModels(kinds: readonly ModelKind[], residual: ResidualChoice): readonly ModelChoice[] {
  return MODEL_KINDS.filter((kind) => kinds.includes(kind)).map((kind) => (kind === 'residual' ? residual : kind));
}

/** `Train all three`, `Train RNN and LSTM`, `Train LSTM`. */
export function trainLabel(kinds: readonly ModelKind[]): string {
  if (kinds.length === MODEL_KINDS.length) return 'Train all three';
  if (kinds.length === 0) return 'Train';
  return `Train ${MODEL_KINDS.filter((kind) => kinds.includes(kind))
    .map((kind) => (kind === 'residual' ? 'residual' : MODEL_TITLES[kind]))
    .join(' and ')}`;
}

/** The configuration of a preset on a data set, or on one not stored yet, of which no counts are known. */
export function presetFor(preset: Preset, dataset: StoredDataset | undefined): TrainingConfig {
  return presetConfig(preset, dataset?.manifest.splits.train.rows ?? 0);
}

export interface ModelSize {
  readonly name: ModelName;
  readonly parameters: number;
}

/** Sizes of all networks that the choice may come to. */
export function modelSizes(
  models: readonly ModelChoice[],
  config: TrainingConfig,
  dataset: StoredDataset | undefined,
): ReadonlyMap<ModelChoice, readonly ModelSize[]> {
  const known = dataset?.manifest.vocabulary.tokens.length ?? config.vocabulary;
  const size = (name: ModelName) => ({ name, parameters: parameterCount(modelSpec(name, config, known)) });
  return new Map(
    models.map((model) => [
      model,
      model === 'residual' ? [size('residual-rnn'), size('residual-lstm')] : [size(model)],
    ]),
  );
}

export function stepsAnEpoch(config: TrainingConfig, dataset: StoredDataset): number {
  const rows = Math.min(dataset.manifest.splits.train.rows, config.trainFiles ?? Infinity);
  return Math.ceil(rows / config.batch);
}

export interface Readiness {
  readonly connection: 'connecting' | 'ready' | 'failed';
  readonly busy: boolean;
  readonly hasDataset: boolean;
  readonly models: readonly ModelChoice[];
  readonly valid: boolean;
  /** A baseline of the same data and configuration is already trained. */
  readonly hasBaseline: boolean;
}

/** Whether a residual model finds a finished baseline to follow: same data, same configuration. */
export function hasBaseline(
  runs: Iterable<RunRecord>,
  dataset: StoredDataset | undefined,
  config: TrainingConfig | null,
): boolean {
  if (!dataset || !config) return false;
  for (const run of runs) {
    const baseline = (run.model === 'rnn' || run.model === 'lstm') && run.state === 'done';
    if (baseline && run.dataset.sha256 === dataset.manifest.sha256 && sameConfig(run.config, config)) return true;
  }
  return false;
}

function sameConfig(a: TrainingConfig, b: TrainingConfig): boolean {
  const values = new Map<string, unknown>(Object.entries(b));
  return Object.entries(a).every(([name, value]) => values.get(name) === value);
}

/** One sentence why training cannot start now, or null if it can. */
export function whyNot({ connection, busy, hasDataset, models, valid, hasBaseline }: Readiness): string | null {
  if (connection === 'connecting') return 'The lab is still starting.';
  if (connection === 'failed') return 'The lab is not running: see above.';
  if (busy) return 'A training is under way.';
  if (!hasDataset) return 'There is no data set yet.';
  if (models.length === 0) return 'Tick at least one model.';
  if (models.includes('residual') && !models.includes('rnn') && !models.includes('lstm') && !hasBaseline) {
    return 'Residual follows the better baseline, and none is trained with these settings: tick one too, or name it.';
  }
  if (!valid) return 'A number in the settings cannot be read or is out of bounds.';
  return null;
}
