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

/** How the validation loss went, up to the last epoch. */
export type LossTrend =
  /** The last epoch is the best one. */
  | 'falling'
  /** The loss falls, but hardly. */
  | 'flat'
  /** Best some epochs ago, while the training loss fell on. */
  | 'overfitting'
  /** Best some epochs ago, and the training loss has not fallen since either. */
  | 'rising';

/** Nats by which a validation loss must fall for an epoch to have been worth its while. */
const FLAT = 0.002;
/** Epochs over which a rising loss is no accident. */
const RISING = 2;

/** Null with fewer than two epochs, where losses are not finite, and where it is too early to tell. */
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

/** Fewer steps in all than this are few. */
const FEW_STEPS = 1_000;
const MAX_DROPOUT = 0.5;

/** What usually gets a model above its baseline, most promising first; each completes "what helps: ...". */
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

/** Without the noise of binary fractions. */
function rateText(rate: number): string {
  return String(Number(rate.toPrecision(3)));
}
