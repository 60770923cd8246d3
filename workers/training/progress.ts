/** Reports the progress of a run to the page: rates, time left, and the steps since the last event. */
import { stepTable, type StepRecord } from '#core/runs/stepTable.ts';
import type { TrainingPhase, TrainingProgress } from '#core/runs/training.ts';
import type { WorkMeter } from './workMeter.ts';

/** At most five events per second. Each is a message, also to other tabs, and there can be hundreds of steps per second. */
const INTERVAL_MS = 200;
/** Number of recent steps for the rates. */
const RECENT = 20;

export interface ProgressPlan {
  readonly runId: string;
  readonly epochs: number;
  readonly deviceBytes: () => number;
  readonly send: (progress: TrainingProgress) => void;
}

export class ProgressReporter {
  readonly #plan: ProgressPlan;
  readonly #recent: { tokens: number; seconds: number; waited: number }[] = [];
  #points: StepRecord[] = [];
  #sentAt = -Infinity;
  #phase: TrainingPhase = 'preparing';
  #epoch = 1;
  #tokensAnEpoch = 0;
  #tokensLeft = 0;
  #validationSeconds = 0;

  constructor(plan: ProgressPlan) {
    this.#plan = plan;
  }

  /** @param tokens targets of the epoch that are still to be trained */
  beginEpoch(epoch: number, tokens: number): void {
    this.#epoch = epoch;
    this.#tokensAnEpoch = tokens;
    this.#tokensLeft = tokens;
  }

  /** @param done steps of the phase that are done */
  enter(phase: TrainingPhase, steps: number, done = 0): void {
    this.#phase = phase;
    this.#sentAt = -Infinity;
    this.report(done, steps);
  }

  /** @param waited the part of `seconds` spent waiting for data */
  trained(tokens: number, seconds: number, waited: number, point: StepRecord): void {
    this.#recent.push({ tokens, seconds, waited });
    if (this.#recent.length > RECENT) this.#recent.shift();
    this.#tokensLeft -= tokens;
    this.#points.push(point);
  }

  validated(seconds: number): void {
    this.#validationSeconds = seconds;
  }

  /**
   * Reports at intervals while the work runs, with the progress within a step.
   * @param position steps done, and their total number
   */
  async reportWhile<T>(
    meter: WorkMeter,
    position: () => readonly [number, number],
    work: () => Promise<T>,
  ): Promise<T> {
    const timer = setInterval(() => this.report(...position(), meter.part), INTERVAL_MS);
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  }

  /** Sends the progress, unless the last event was less than an interval ago. @param part share of the next step done, 0 to 1 */
  report(step: number, steps: number, part = 0): void {
    const now = performance.now();
    if (now - this.#sentAt < INTERVAL_MS) return;
    this.#sentAt = now;
    const tokensPerSecond = median(this.#recent.map(({ tokens, seconds }) => tokens / seconds));
    this.#plan.send({
      runId: this.#plan.runId,
      phase: this.#phase,
      epoch: this.#epoch,
      epochs: this.#plan.epochs,
      step,
      steps,
      part,
      tokensPerSecond,
      stepsPerSecond: median(this.#recent.map(({ seconds }) => 1 / seconds)),
      dataWaitShare: this.#dataWaitShare(),
      secondsLeft: this.#secondsLeft(tokensPerSecond),
      deviceBytes: this.#plan.deviceBytes(),
      points: stepTable(this.#points),
    });
    this.#points = [];
  }

  #dataWaitShare(): number | null {
    const seconds = this.#recent.reduce((sum, one) => sum + one.seconds, 0);
    return seconds > 0 ? this.#recent.reduce((sum, { waited }) => sum + waited, 0) / seconds : null;
  }

  #secondsLeft(rate: number | null): number | null {
    if (rate === null) return null;
    const epochsAfter = this.#plan.epochs - this.#epoch;
    const training = (this.#tokensLeft + epochsAfter * this.#tokensAnEpoch) / rate;
    return training + (epochsAfter + 1) * this.#validationSeconds;
  }
}

/** Median of the finite values; null if there are none. */
function median(values: readonly number[]): number | null {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b);
  return sorted.length === 0 ? null : sorted[Math.floor(sorted.length / 2)]!;
}
