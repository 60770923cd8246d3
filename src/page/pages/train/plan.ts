/** The choices of the Train page, what follows from them, and why training cannot start. */
import type { StoredDataset } from '#core/data/stored.ts';
import { presetConfig, type TrainingConfig, rowsAStep } from '#core/settings/config.ts';
import type { Preset } from '#core/settings/presets.ts';
import {
  MODEL_KINDS,
  TASK_KINDS,
  isBaseline,
  isVariant,
  modelTitle,
  modelsOf,
  type ModelChoice,
  type ModelKind,
  type ModelName,
  type Variant,
} from '#core/models/registry.ts';
import { stepsAnEpoch } from '#core/data/batches/order.ts';
import { modelSpec, parameterCount, unsupportedReason } from '#core/models/spec.ts';
import { isComparableBaseline } from '#core/runs/baseline.ts';
import type { RunRecord } from '#core/runs/run.ts';

/** The model that each ticked variant asks for; the variant itself takes the better baseline. */
export type VariantChoices = Readonly<Record<Variant, ModelChoice>>;

export const PRESET_MEANINGS: Readonly<Record<Preset, string>> = {
  task: 'Full size: 10,000 tokens, two layers of 512 units. Takes hours without a GPU.',
  quick: 'A small network and shorter rows: results within minutes, even without a GPU.',
  tiny: 'A toy model on 64 files, to try everything within seconds.',
};

/** What a ticked kind asks for. */
export function choiceOf(kind: ModelKind, variants: VariantChoices): ModelChoice {
  return isVariant(kind) ? variants[kind] : kind;
}

/** Models in the order they train: a variant needs to know its baseline. */
export function chosenModels(kinds: readonly ModelKind[], variants: VariantChoices): readonly ModelChoice[] {
  return MODEL_KINDS.filter((kind) => kinds.includes(kind)).map((kind) => choiceOf(kind, variants));
}

/** A number in a sentence. */
const COUNTS = ['none', 'one', 'two', 'three', 'four', 'five', 'six'];

/** `Train all three`, which are the task's, `Train RNN and LSTM`, `Train LSTM`. */
export function trainLabel(kinds: readonly ModelKind[]): string {
  if ([TASK_KINDS, MODEL_KINDS].some((all) => isSame(kinds, all))) {
    return `Train all ${COUNTS[kinds.length] ?? kinds.length}`;
  }
  if (kinds.length === 0) return 'Train';
  // the button has no room for more names
  if (kinds.length > 2) return `Train ${COUNTS[kinds.length] ?? kinds.length} models`;
  return `Train ${MODEL_KINDS.filter((kind) => kinds.includes(kind))
    .map((kind) => (isVariant(kind) ? kind : modelTitle(kind)))
    .join(' and ')}`;
}

/** Whether the same kinds are ticked. */
export function isSame(kinds: readonly ModelKind[], others: readonly ModelKind[]): boolean {
  return kinds.length === others.length && kinds.every((kind) => others.includes(kind));
}

/** The configuration of a preset on a data set, or on one not stored yet, of which no counts are known. */
export function presetFor(preset: Preset, dataset: StoredDataset | undefined): TrainingConfig {
  return presetConfig(preset, dataset?.manifest.splits.train.rows ?? 0);
}

export interface ModelSize {
  readonly name: ModelName;
  readonly parameters: number;
}

/** Sizes of all networks that the choice may come to; none where the configuration has no such network. */
export function modelSizes(
  models: readonly ModelChoice[],
  config: TrainingConfig,
  dataset: StoredDataset | undefined,
): ReadonlyMap<ModelChoice, readonly ModelSize[]> {
  const known = dataset?.manifest.vocabulary.tokens.length ?? config.vocabulary;
  const size = (name: ModelName) => ({ name, parameters: parameterCount(modelSpec(name, config, known)) });
  const isPossible = (name: ModelName) => unsupportedReason(name, config) === null;
  return new Map(models.map((choice) => [choice, modelsOf(choice).filter(isPossible).map(size)]));
}

export function stepsAnEpochOf(config: TrainingConfig, dataset: StoredDataset): number {
  return stepsAnEpoch(Math.min(dataset.manifest.splits.train.rows, config.trainFiles ?? Infinity), rowsAStep(config));
}

export interface Readiness {
  readonly connection: 'connecting' | 'ready' | 'failed';
  readonly busy: boolean;
  readonly hasDataset: boolean;
  readonly models: readonly ModelChoice[];
  /** Null where a setting is wrong. */
  readonly config: TrainingConfig | null;
  readonly valid: boolean;
  /** A baseline of the same data and configuration is already trained. */
  readonly hasBaseline: boolean;
  /** Why the configurations cannot be trained together. */
  readonly refused?: string | null;
}

/** Whether a variant finds a finished baseline to follow: same data, same configuration. */
export function hasBaseline(
  runs: Iterable<RunRecord>,
  dataset: StoredDataset | undefined,
  config: TrainingConfig | null,
): boolean {
  if (!dataset || !config) return false;
  const wanted = { sha256: dataset.manifest.sha256, config };
  for (const run of runs) if (isComparableBaseline(run, wanted)) return true;
  return false;
}

/** One sentence why training cannot start now, or null if it can. */
export function disabledReason({
  connection,
  busy,
  hasDataset,
  models,
  config,
  valid,
  hasBaseline,
  refused = null,
}: Readiness): string | null {
  if (connection === 'connecting') return 'The lab is still starting.';
  if (connection === 'failed') return 'The lab is not running. See the message above.';
  if (busy) return 'A model is training.';
  if (!hasDataset) return 'No data set yet.';
  if (models.length === 0) return 'Select at least one model.';
  const impossible = config && models.map((model) => unsupportedReason(model, config)).find((why) => why !== null);
  if (impossible) return `${impossible.why} ${impossible.remedy}`;
  const waiting = models.find(isVariant);
  if (waiting && !models.some(isBaseline) && !hasBaseline) {
    return `${modelTitle(waiting)} is based on the better baseline, but none has been trained with these settings. Select a baseline too, or choose which one to use.`;
  }
  if (!valid) return 'A setting is not a number or is out of range.';
  if (refused !== null) return refused;
  return null;
}
