/** Which models an experiment trains, in which order, and which cell its residual model takes. */
import type { ModelChoice, ModelName, TrainingConfig } from '#core/settings/config.ts';
import { fail } from '#core/failure.ts';
import { ascending } from '#core/order.ts';
import type { RunRecord } from '#core/runs/run.ts';

/** What a baseline must share with the residual model to be compared with it. */
export interface Comparable {
  readonly experiment: string;
  /** Of the data set. */
  readonly sha256: string;
  readonly config: TrainingConfig;
}

export function baselinesFirst(models: readonly ModelChoice[]): readonly ModelChoice[] {
  const isBaseline = (choice: ModelChoice) => choice === 'rnn' || choice === 'lstm';
  return [...new Set([...models.filter(isBaseline), ...models.filter((choice) => !isBaseline(choice))])];
}

/** In order; from the one that this model was trained for on, where it goes on. */
export function choicesLeft(models: readonly ModelChoice[], goesOn: ModelName | undefined): readonly ModelChoice[] {
  const all = baselinesFirst(models);
  if (goesOn === undefined) return all;
  const at = all.findIndex((choice) => choice === goesOn || (choice === 'residual' && goesOn.startsWith('residual')));
  return at < 0 ? [goesOn] : all.slice(at);
}

/**
 * The residual form of the better baseline: lower validation loss at its best epoch, on the same data and configuration.
 * Baselines of this experiment count alone where there are any.
 */
export function residualOfBetter(
  runs: readonly RunRecord[],
  { experiment: own, sha256, config: wanted }: Comparable,
): ModelName {
  const comparable = runs.filter(
    ({ model, state, dataset, config }) =>
      (model === 'rnn' || model === 'lstm') &&
      state === 'done' &&
      dataset.sha256 === sha256 &&
      sameConfig(config, wanted),
  );
  const here = comparable.filter(({ experiment }) => experiment === own);
  const candidates = here.length > 0 ? here : comparable;
  const [best] = candidates.toSorted((a, b) => ascending(bestLoss(a), bestLoss(b)));
  if (!best) {
    fail(
      'bad-config',
      'The residual model takes the better baseline, and no baseline with this data and configuration is trained yet.',
      'Train the RNN or the LSTM with it, or ask for residual-rnn or residual-lstm by name.',
    );
  }
  return best.model === 'lstm' ? 'residual-lstm' : 'residual-rnn';
}

function bestLoss({ epochs, bestEpoch }: RunRecord): number {
  return epochs.find(({ epoch }) => epoch === bestEpoch)?.validation.loss ?? Number.NaN;
}

function sameConfig(a: TrainingConfig, b: TrainingConfig): boolean {
  const byKey = (config: TrainingConfig) =>
    JSON.stringify(Object.entries(config).toSorted(([one], [other]) => (one < other ? -1 : 1)));
  return byKey(a) === byKey(b);
}
