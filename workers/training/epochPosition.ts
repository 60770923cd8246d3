/** The position within an epoch: its batches, sums and clock. An interrupted epoch continues from it with the same results. */
import type { TrainerState } from '#core/runs/checkpoint.ts';
import { MeasureSum } from '#core/metrics/measures.ts';
import { StepClock } from './stepClock.ts';

export type EpochState = Pick<TrainerState, 'epoch' | 'batches' | 'sums' | 'norms' | 'seconds' | 'dataWaitSeconds'>;

export class EpochPosition {
  /** From 1. */
  readonly epoch: number;
  readonly sum: MeasureSum;
  /** Gradient norm of each step. */
  readonly norms: number[];
  readonly clock: StepClock;

  constructor(epoch: number, ignored: ReadonlySet<number>, state?: EpochState) {
    this.epoch = epoch;
    this.sum = new MeasureSum(ignored, state?.sums);
    this.norms = [...(state?.norms ?? [])];
    this.clock = new StepClock(performance.now(), state);
  }

  /** Number of batches done. */
  get batches(): number {
    return this.norms.length;
  }

  state(): EpochState {
    const { epoch, batches, norms, clock } = this;
    const { seconds, dataWaitSeconds } = clock;
    return { epoch, batches, sums: this.sum.sums(), norms: [...norms], seconds, dataWaitSeconds };
  }
}
