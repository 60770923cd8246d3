/** What to try next with a training, based on its configuration and its curves. */
import { presetConfig, type TrainingConfig } from '../settings/config.ts';
import { formatCount } from '../format.ts';
import { CELLS, modelOf } from '../models/registry.ts';
import type { RunRecord } from './run.ts';
import { bestEpochOf } from './findings.ts';

const CLIP = 1; // the presets' own

/** Sentences for a training whose loss exploded. */
export function divergenceAdvice(config: TrainingConfig): readonly string[] {
  const { learningRate, clipNorm, activation } = config;
  const usual = usualRate(config);
  const preset = usual < learningRate ? ` The preset has ${usual}.` : '';
  return [
    `Its steps are too large: halve the learning rate to ${rateText(learningRate / 2)}, and again until the loss falls.${preset}`,
    ...(clipNorm === 0 ? [`Clip the gradient at a norm of ${CLIP}: it is not clipped now.`] : []),
    ...(clipNorm > 0 && clipNorm <= CLIP ? [`The gradient is clipped already, at a norm of ${clipNorm}.`] : []),
    ...(clipNorm > CLIP ? [`Clip the gradient at a norm of ${CLIP} instead of ${clipNorm}.`] : []),
    ...(activation === 'relu' ? ['Use tanh instead of relu to keep values bounded.'] : []),
  ];
}

/** Course of the validation loss up to the last epoch. */
export type LossTrend =
  /** The last epoch is the best one. */
  | 'falling'
  /** The loss falls, but hardly. */
  | 'flat'
  /** The best epoch is not the last, and the training loss has fallen since. */
  | 'overfitting'
  /** The best epoch is not the last, and the training loss has not fallen since either. */
  | 'rising';

/** A validation loss that falls by fewer nats in an epoch counts as flat. */
const FLAT = 0.002;
/** The best epoch must be at least this many epochs back. One epoch with a higher loss may be noise. */
const RISING = 2;

/** @returns null with fewer than two epochs, if a loss is not finite, or if it is too early to tell */
export function trendOf(run: Pick<RunRecord, 'epochs' | 'bestEpoch'>): LossTrend | null {
  const best = bestEpochOf(run);
  const [before, last] = [run.epochs.at(-2), run.epochs.at(-1)];
  if (!best || !before || !last) return null;
  const losses = [best, before, last].flatMap(({ train, validation }) => [train.loss, validation.loss]);
  if (!losses.every(Number.isFinite)) return null;
  const isLowest = run.epochs.every((one) => one === last || !(one.validation.loss <= last.validation.loss));
  if (isLowest) return before.validation.loss - last.validation.loss < FLAT ? 'flat' : 'falling';
  if (last.epoch - best.epoch < RISING || last.validation.loss <= best.validation.loss) return null;
  return last.train.loss < best.train.loss ? 'overfitting' : 'rising';
}

/** With fewer steps than this in all, a smaller batch is suggested. */
const FEW_STEPS = 1_000;
const MAX_DROPOUT = 0.5;

/** Changes that usually help a model to beat its baseline, most promising first. Each completes "what helps: ...". */
export function baselineAdvice(
  { config, epochs, model }: Pick<RunRecord, 'config' | 'epochs' | 'model'>,
  trend: LossTrend | null,
): readonly string[] {
  const { learningRate, batch, dropout, trainFiles } = config;
  const usual = usualRate(config);
  const higherRate = learningRate < usual ? [`a higher learning rate (${learningRate}; the preset has ${usual})`] : [];
  const steps = epochs.reduce((sum, epoch) => sum + (epoch.steps ?? Number.NaN), 0);
  const smallerBatch =
    steps > 0 && steps < FEW_STEPS && batch > 1
      ? [`a smaller batch than ${batch}, for more than ${formatCount(steps)} steps`]
      : [];
  const moreFiles = trainFiles === null ? [] : [`more training files than ${formatCount(trainFiles)}`];
  const larger = CELLS[modelOf(model).cell].gates > 1 ? 'a larger hidden size' : 'a larger hidden size, or an LSTM';
  switch (trend) {
    case null:
    case 'falling':
      return ['more epochs', ...higherRate, ...smallerBatch];
    case 'flat':
      return [...(higherRate.length > 0 ? higherRate : ['a higher learning rate']), ...smallerBatch, larger];
    case 'overfitting':
      return [...moreFiles, dropout < MAX_DROPOUT ? `more dropout than ${dropout}` : 'a smaller hidden size'];
    case 'rising':
      return [`a lower learning rate than ${learningRate}`];
    default:
      return trend satisfies never;
  }
}

function usualRate({ preset }: TrainingConfig): number {
  return presetConfig(preset, 0).learningRate;
}

/** Rounds to three significant digits, which removes binary rounding errors. */
function rateText(rate: number): string {
  return String(Number(rate.toPrecision(3)));
}
