/** How far an epoch is: its batches, its sums and its clock, from which it can continue after an interruption as if there had been none. */
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

  /** Batches done. */
  get batches(): number {
    return this.norms.length;
  }

  state(): EpochState {
    const { epoch, batches, norms, clock } = this;
    const { seconds, dataWaitSeconds } = clock;
    return { epoch, batches, sums: this.sum.sums(), norms: [...norms], seconds, dataWaitSeconds };
  }
}
