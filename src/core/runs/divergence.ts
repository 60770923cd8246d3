/** Whether a training diverged: decided from its losses alone, so that page, report and discussion agree. */
import type { TrainingConfig } from '../settings/config.ts';
import { formatLoss } from '../format.ts';
import type { Measures } from '../metrics/measures.ts';
import { powerText } from '../numbers/powerOfTen.ts';
import type { EpochRecord, RunRecord } from './run.ts';

/** A loss this many nats above chance has diverged. The loss of an untrained model is within a tenth of a nat of chance. */
export const ABOVE_CHANCE = 1;

/** Losses from this value on are written as powers of ten. */
const MAX_PLAIN = 1e6;

/** `worse than chance`: worse than guessing all tokens with equal probability. */
export type LossFault = 'overflowed' | 'not a number' | 'worse than chance';

export interface Divergence {
  readonly fault: LossFault;
  /** The epoch that shows it; null if the training failed within an epoch. */
  readonly epoch: number | null;
  readonly part: 'train' | 'validation';
  /** The loss that shows it, in nats. */
  readonly loss: number;
}

/**
 * Loss of guessing all tokens with equal probability, in nats. A small data set may have fewer tokens than the vocabulary setting
 * allows. The true value is then slightly lower.
 */
export function chanceLoss({ vocabulary }: Pick<TrainingConfig, 'vocabulary'>): number {
  return Math.log(vocabulary + 2); // 2 for <UNK> and PAD
}

/** Completes "its loss ...": `overflowed, larger than any number`. @param loss in nats */
export function faultText(fault: LossFault, loss: number): string {
  switch (fault) {
    case 'overflowed':
      return 'overflowed, larger than any number';
    case 'not a number':
      return 'is no longer a number';
    case 'worse than chance':
      return `is ${loss < MAX_PLAIN ? formatLoss(loss) : powerText(loss)}, worse than guessing all tokens with equal chance`;
    default:
      return fault satisfies never;
  }
}

/** What is wrong with a loss; null if nothing is. */
export function lossFault(loss: number, config: Pick<TrainingConfig, 'vocabulary'>): LossFault | null {
  if (Number.isNaN(loss)) return 'not a number';
  if (!Number.isFinite(loss)) return 'overflowed';
  return loss > chanceLoss(config) + ABOVE_CHANCE ? 'worse than chance' : null;
}

/** Whether a split had targets to measure. Without targets its measures are NaN, although nothing went wrong. */
export function isMeasured({ counted }: Pick<Measures, 'counted'>): boolean {
  return counted > 0;
}

/** Judges the latest epoch, since a run that recovered has not diverged. Null if all is well or nothing is known. */
export function divergenceOf(run: Pick<RunRecord, 'epochs' | 'config' | 'failure'>): Divergence | null {
  const { epochs, config, failure } = run;
  if (failure?.kind === 'not-finite') return { fault: 'not a number', epoch: null, part: 'train', loss: Number.NaN };
  const last = epochs.at(-1);
  return last ? epochDivergence(last, config) : null;
}

/** Validation decides. The training mean may include high losses from the start of the epoch, so only NaN and overflow count. */
function epochDivergence({ epoch, train, validation }: EpochRecord, config: TrainingConfig): Divergence | null {
  if (isMeasured(validation)) {
    const fault = lossFault(validation.loss, config);
    if (fault) return { fault, epoch, part: 'validation', loss: validation.loss };
  }
  if (!isMeasured(train)) return null;
  const fault = lossFault(train.loss, config);
  if (!fault || (fault === 'worse than chance' && isMeasured(validation))) return null;
  return { fault, epoch, part: 'train', loss: train.loss };
}
