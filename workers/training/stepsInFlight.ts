/**
 * Steps that a device has been given, and their results in order. A device that computes on its own is given the next step
 * before the results of the last are waited for, so that it never waits for the processor between two.
 */
import type { Batch } from '#core/data/batches/batch.ts';
import type { StepResult } from './step.ts';

export interface StepsInFlightOptions {
  /** Hands a step to the device. */
  readonly begin: (batch: Batch) => Promise<StepResult>;
  /** Steps under way at once at most. */
  readonly most: number;
  /** Called with the results of each step, in order, and the time in milliseconds at which they were there. */
  readonly onResult: (batch: Batch, result: StepResult, endedAt: number) => void;
}

interface Step {
  readonly batch: Batch;
  readonly done: Promise<StepResult>;
  /** Null while it is computed. */
  endedAt: number | null;
}

export class StepsInFlight {
  readonly #options: StepsInFlightOptions;
  readonly #steps: Step[] = [];

  constructor(options: StepsInFlightOptions) {
    this.#options = options;
  }

  /** Milliseconds since when the device has had nothing to do; null while it has. */
  get idleSince(): number | null {
    const last = this.#steps.at(-1);
    return last ? last.endedAt : -Infinity;
  }

  /** Begins a step, and waits for the results of an earlier one where too many are under way. */
  async begin(batch: Batch): Promise<void> {
    const step: Step = {
      batch,
      done: this.#options.begin(batch).finally(() => {
        step.endedAt = performance.now();
      }),
      endedAt: null,
    };
    // Waited for in its turn; after an earlier step has failed, its failure is nobody's.
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
