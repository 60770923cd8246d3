/** Whether a training diverged: decided from its losses alone, so that page, report and discussion agree. */
import type { TrainingConfig } from '../settings/config.ts';
import { formatLoss } from '../format.ts';
import type { Measures } from '../metrics/measures.ts';
import { powerText } from '../numbers/powerOfTen.ts';
import type { EpochRecord, RunRecord } from './run.ts';

/** Nats above chance from which a loss is no longer that of a beginner: an untrained net is within a tenth of it. */
export const ABOVE_CHANCE = 1;

/** Losses from here on are written with a power of ten. */
const MAX_PLAIN = 1e6;

/** `worse than chance`: its guesses are worse than all tokens alike. */
export type LossFault = 'overflowed' | 'not a number' | 'worse than chance';

export interface Divergence {
  readonly fault: LossFault;
  /** The epoch after which it shows; null where the training failed within one. */
  readonly epoch: number | null;
  readonly part: 'train' | 'validation';
  /** In nats; what was found. */
  readonly loss: number;
}

/**
 * Loss of guessing all tokens alike, in nats. A small data set may fill less of the vocabulary than was asked for: then it is a
 * little lower.
 */
export function chanceLoss({ vocabulary }: Pick<TrainingConfig, 'vocabulary'>): number {
  return Math.log(vocabulary + 2); // and <UNK> and PAD
}

/** In words, after "its loss": `overflowed, larger than any number`. @param loss in nats */
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

/** What is wrong with a loss; null where nothing is. */
export function lossFault(loss: number, config: Pick<TrainingConfig, 'vocabulary'>): LossFault | null {
  if (Number.isNaN(loss)) return 'not a number';
  if (!Number.isFinite(loss)) return 'overflowed';
  return loss > chanceLoss(config) + ABOVE_CHANCE ? 'worse than chance' : null;
}

/** Whether a split had targets to measure: without any its figures are NaN, and nothing went wrong. */
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

/** Validation decides; the mean over a training epoch may still hold the losses it began with, so only no number counts there. */
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
