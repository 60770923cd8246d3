/** Forecasts an experiment's time and storage, before it begins and while it trains. */
import { largestOf, type ModelChoice } from '../models/registry.ts';
import { trainingOperationsPerToken } from '../models/operations.ts';
import { modelSpec, parameterCount } from '../models/spec.ts';
import { keepsState } from '../optimization/optimizers.ts';
import type { RunRecord } from '../runs/run.ts';
import { configKey } from '../settings/sameConfig.ts';
import type { TrainingConfig } from '../settings/config.ts';
import { halvedEpochs } from './halving.ts';
import { configOf, type ExperimentItem, type ExperimentRecord } from './record.ts';

export interface DatasetSize {
  /** Rows of the training split. */
  readonly rows: number;
  /** Tokens a row, at most. */
  readonly length: number;
  readonly vocabulary: number;
}

type Planned = Pick<ExperimentRecord, 'plan' | 'config'> & { readonly items: readonly ExperimentItem[] };

/** Operations per epoch, counting only what differs between configurations. */
function epochOperations(
  model: ModelChoice,
  config: TrainingConfig,
  { rows, length, vocabulary }: DatasetSize,
): number {
  const spec = modelSpec(largestOf(model), config, Math.min(config.vocabulary, vocabulary));
  return trainingOperationsPerToken(spec) * Math.min(config.length, length) * Math.min(config.trainFiles ?? rows, rows);
}

/**
 * Seconds that all runs take together if they train for all their epochs, or as far as halving lets them.
 * @param epochSeconds of each model with the experiment's own configuration; those of others are scaled by their operations
 */
export function experimentSeconds(
  { plan, config, items }: Planned,
  epochSeconds: ReadonlyMap<ModelChoice, number>,
  size: DatasetSize,
): number {
  return plan.models.reduce((sum, model) => {
    const own = items.filter((item) => item.model === model);
    const known = epochSeconds.get(model);
    if (known === undefined || own.length === 0) return sum;
    const unit = known / epochOperations(model, configOf({ config }, own[0]!), size);
    const perEpoch = own.map((item) => unit * epochOperations(model, configOf({ config }, item), size));
    const full = perEpoch.reduce((total, seconds, at) => total + seconds * configOf({ config }, own[at]!).epochs, 0);
    if (!plan.halving) return sum + full;
    const candidates = new Set(own.map((item) => configKey(configOf({ config }, item), ['seed']))).size;
    const epochs = configOf({ config }, own[0]!).epochs;
    const share = halvedEpochs(plan.halving, epochs, candidates, own.length / candidates) / (epochs * own.length);
    return sum + full * share;
  }, 0);
}

const VALUE_BYTES = 4;
/** Stored for a run that has not finished. */
const CHECKPOINTS = 2;

/** Bytes that all runs take in storage, including the checkpoints of the one that trains. */
export function experimentBytes({ plan, config, items }: Planned, vocabulary: number): number {
  const sizes = items.map((item) => {
    const own = configOf({ config }, item);
    const parameters = parameterCount(modelSpec(largestOf(item.model), own, Math.min(own.vocabulary, vocabulary)));
    const moments = keepsState(own.optimizer, 'second') ? 2 : 1;
    return { weights: parameters * VALUE_BYTES, checkpoints: CHECKPOINTS * parameters * VALUE_BYTES * (1 + moments) };
  });
  const weights = sizes.reduce((sum, one) => sum + one.weights, 0);
  const checkpoints = sizes.map((one) => one.checkpoints);
  // runs dropped by halving keep their checkpoints
  return weights + (plan.halving ? checkpoints.reduce((a, b) => a + b, 0) : Math.max(0, ...checkpoints));
}

/** Seconds of training and validation that a run has taken. */
export function secondsOf({ epochs }: Pick<RunRecord, 'epochs'>): number {
  return epochs.reduce((sum, epoch) => sum + epoch.seconds + (epoch.validationSeconds ?? 0), 0);
}

/**
 * Seconds until all that waits is trained, from what the runs of the same model have taken, or of any where there is none yet.
 * @param current what is left of the run that trains, and what it takes in all; null while that is unknown
 * @returns null while nothing is known
 */
export function secondsLeft(
  records: readonly ExperimentRecord[],
  runs: readonly RunRecord[],
  current: { readonly runId: string; readonly left: number; readonly whole: number } | null,
): number | null {
  const ids = new Set(records.map(({ id }) => id));
  const known = [
    ...runs
      .filter(({ state, experiment }) => state === 'done' && ids.has(experiment))
      .map((run) => [run.model, secondsOf(run)] as const),
    ...runs.flatMap((run) => (current && run.id === current.runId ? [[run.model, current.whole] as const] : [])),
  ];
  if (known.length === 0) return null;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const overall = mean(known.map(([, seconds]) => seconds));
  let left = 0;
  for (const { items } of records) {
    for (const item of items) {
      if (item.state === 'running' && item.runId === current?.runId) left += current?.left ?? 0;
      else if (item.state === 'queued' || item.state === 'running') {
        const own = known.filter(([model]) => model === item.model || model === largestOf(item.model));
        left += own.length > 0 ? mean(own.map(([, seconds]) => seconds)) : overall;
      }
    }
  }
  return left;
}
