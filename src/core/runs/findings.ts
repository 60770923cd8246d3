/** Facts about runs, which a report or a page puts into words. */
import type { EpochRecord, NgramBaseline, RunRecord } from './run.ts';
import type { Measures } from '../metrics/measures.ts';

/** The epoch whose weights were kept; null if there is none. @param run a record, or a model of a `metrics.json` */
export function bestEpochOf<Epoch extends Pick<EpochRecord, 'epoch'>>(run: {
  readonly epochs: readonly Epoch[];
  readonly bestEpoch: number | null;
}): Epoch | null {
  return run.epochs.find(({ epoch }) => epoch === run.bestEpoch) ?? null;
}

/** Says why a run has no best epoch; null if it has one. */
export function noBestEpochReason(run: Pick<RunRecord, 'epochs' | 'bestEpoch'>): string | null {
  if (bestEpochOf(run) !== null) return null;
  if (run.epochs.length === 0) return 'no epoch was finished';
  return run.epochs.some(({ validation }) => Number.isFinite(validation.loss))
    ? 'it names no best epoch'
    : 'no epoch had a finite validation loss';
}

/** Training time of all epochs, without validation and test. @param model a record, or a model of a `metrics.json` */
export function trainingSeconds(model: { readonly epochs: readonly Pick<EpochRecord, 'seconds'>[] }): number {
  return model.epochs.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** Time spent on checkpoints as a share of the training time; null before the first epoch. */
export function savingShare(runs: readonly RunRecord[]): number | null {
  const spent = runs.reduce((sum, run) => sum + trainingSeconds(run), 0);
  const saving = runs.reduce((sum, { savingSeconds = 0 }) => sum + savingSeconds, 0);
  return spent > 0 ? saving / spent : null;
}

export interface LossCourse {
  /** Validation loss after the first epoch and at the best one, in nats. */
  readonly first: number;
  readonly best: number;
  readonly bestEpoch: number;
  /** Whether the loss fell; null with a single epoch. */
  readonly fell: boolean | null;
}

export function lossCourse(run: RunRecord): LossCourse | null {
  const first = run.epochs[0];
  const best = bestEpochOf(run);
  if (first === undefined || best === null) return null;
  return {
    first: first.validation.loss,
    best: best.validation.loss,
    bestEpoch: best.epoch,
    fell:
      run.epochs.length < 2
        ? null
        : Number.isNaN(first.validation.loss) || best.validation.loss < first.validation.loss,
  };
}

/** Measures of an n-gram model on the validation split of a run; undefined if they were not measured. */
export function ngramMeasures(run: Pick<RunRecord, 'yardsticks'>, wanted: NgramBaseline['name']): Measures | undefined {
  return run.yardsticks.find(({ name }) => name === wanted)?.validation;
}

export interface AgainstBigram {
  /** Top-5 on validation, as fractions. */
  readonly model: number;
  readonly bigram: number;
  readonly beats: boolean;
}

/** @returns null without a best epoch, without the bigram baseline, or if either has no finite top-5 */
export function againstBigram(run: RunRecord): AgainstBigram | null {
  const best = bestEpochOf(run);
  const bigram = ngramMeasures(run, 'bigram');
  if (best === null || bigram === undefined) return null;
  const [model, counted] = [best.validation.top5, bigram.top5];
  if (!Number.isFinite(model) || !Number.isFinite(counted)) return null;
  return { model, bigram: counted, beats: model > counted };
}

/** Training time of all epochs, in seconds, and the mean rate over it. */
export function trainingCost(run: RunRecord): { readonly seconds: number; readonly tokensPerSecond: number } {
  const seconds = trainingSeconds(run);
  const tokens = run.epochs.reduce((sum, epoch) => {
    const trained = epoch.seconds * epoch.tokensPerSecond;
    // an epoch too short for the clock has an infinite rate
    return sum + (Number.isFinite(trained) ? trained : epoch.train.counted);
  }, 0);
  return { seconds, tokensPerSecond: tokens / seconds };
}
