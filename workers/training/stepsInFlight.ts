/**
 * Steps passed to a device, and their results in order. An asynchronous device receives the next step before the results of the
 * last one are awaited, so it does not wait for the CPU between steps.
 */
import type { Batch } from '#core/data/batches/batch.ts';
import type { StepResult } from './step.ts';

export interface StepsInFlightOptions {
  /** Passes a step to the device. */
  readonly begin: (batch: Batch) => Promise<StepResult>;
  /** Maximum number of steps in flight. */
  readonly most: number;
  /** Called with the results of each step, in order, and the time in milliseconds at which they arrived. */
  readonly onResult: (batch: Batch, result: StepResult, endedAt: number) => void;
}

interface Step {
  readonly batch: Batch;
  readonly done: Promise<StepResult>;
  /** Null while the step is computed. */
  endedAt: number | null;
}

export class StepsInFlight {
  readonly #options: StepsInFlightOptions;
  readonly #steps: Step[] = [];

  constructor(options: StepsInFlightOptions) {
    this.#options = options;
  }

  /** Time in milliseconds since which the device has had no work; null while it computes. */
  get idleSince(): number | null {
    const last = this.#steps.at(-1);
    return last ? last.endedAt : -Infinity;
  }

  /** Begins a step, and waits for the oldest one if too many are in flight. */
  async begin(batch: Batch): Promise<void> {
    const step: Step = {
      batch,
      done: this.#options.begin(batch).finally(() => {
        step.endedAt = performance.now();
      }),
      endedAt: null,
    };
    // It is awaited in its turn. If an earlier step has failed, a failure of this one must not count as unhandled.
    step.done.catch(() => {});
    this.#steps.push(step);
    if (this.#steps.length >= this.#options.most) await this.#finishOldest();
  }

  /** Waits for all results. */
  async settle(): Promise<void> {
    while (this.#steps.length > 0) await this.#finishOldest();
  }

  async #finishOldest(): Promise<void> {
    const step = this.#steps[0];
    if (!step) return;
    const result = await step.done;
    this.#steps.shift();
    this.#options.onResult(step.batch, result, step.endedAt ?? performance.now());
  }
}
