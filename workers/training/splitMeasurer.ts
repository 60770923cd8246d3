/** Measures a model on whole splits and searches its cache's parameters, with the progress, pauses and stops of the run. */
import type { CacheParameters } from '#core/cache/parameters.ts';
import type { CacheSearch } from '#core/cache/searchRecord.ts';
import type { Rows } from '#core/data/batches/rows.ts';
import type { BreakdownSum } from '#core/metrics/breakdown.ts';
import type { Measures } from '#core/metrics/measures.ts';
import type { TrainingPhase } from '#core/runs/training.ts';
import type { CompletionModel } from '#engine/models/completionModel.ts';
import { hasTexts } from './cachedBatch.ts';
import { evaluate } from './evaluate.ts';
import type { TrainingJob } from './job.ts';
import type { ProgressReporter } from './progress.ts';
import { searchCache } from './searchCache.ts';
import { WorkMeter } from './workMeter.ts';

export interface MeasureOptions {
  readonly breakdown?: BreakdownSum | undefined;
  /** Also measures with a cache. */
  readonly cache?: CacheParameters | undefined;
  /** As in `Control.waitWhilePaused`. */
  readonly onRest?: () => Promise<void>;
}

export interface Measured {
  readonly measures: Measures;
  /** Seconds without pauses. */
  readonly seconds: number;
}

export class SplitMeasurer {
  readonly #job: TrainingJob;
  readonly #progress: ProgressReporter;
  readonly #microBatch: number;

  /** @param microBatch rows computed at once, out of `batch` in the run's config */
  constructor(job: TrainingJob, progress: ProgressReporter, microBatch: number) {
    this.#job = job;
    this.#progress = progress;
    this.#microBatch = microBatch;
  }

  /** @returns null if stopped */
  async measure(
    model: CompletionModel,
    phase: TrainingPhase,
    rows: Rows,
    { breakdown, cache, onRest }: MeasureOptions = {},
  ): Promise<Measured | null> {
    const { data, run, ignored, names, control, device } = this.#job;
    const { batch } = run.config;
    const from = performance.now();
    const paused = control.pausedSeconds;
    const meter = new WorkMeter(device.control);
    let batches: [done: number, total: number] = [0, Math.ceil(rows.lengths.length / batch)];
    this.#progress.enter(phase, batches[1]);
    const evaluation = {
      device,
      meter,
      model,
      rows,
      cut: data.cut,
      batch,
      microBatch: this.#microBatch,
      ignored,
      names,
      cache,
      breakdown,
      onBatch: async (done: number, total: number) => {
        batches = [done, total];
        return this.#mayGoOn(done, total, onRest);
      },
    };
    const measures = await this.#progress.reportWhile(
      meter,
      () => batches,
      () => evaluate(evaluation),
    );
    const seconds = (performance.now() - from) / 1000 - (control.pausedSeconds - paused);
    return measures && { measures, seconds };
  }

  /** @returns null if the data set does not keep what a cache needs, if stopped, or if no parameters give a finite loss */
  async searchCache(model: CompletionModel): Promise<CacheSearch | null> {
    const { data, run, names, device } = this.#job;
    const { validation: rows, cut } = data;
    if (!hasTexts(rows)) return null;
    this.#progress.enter('searching', 1);
    return searchCache({
      device,
      model,
      rows,
      cut,
      names,
      seed: run.config.seed,
      onBatch: (done, total) => this.#mayGoOn(done, total),
    });
  }

  /** Called after each batch. @returns false if stopped */
  async #mayGoOn(done: number, total: number, onRest?: () => Promise<void>): Promise<boolean> {
    const { control } = this.#job;
    this.#progress.report(done, total);
    control.stepDone();
    await control.waitWhilePaused(undefined, onRest);
    return !control.stopped;
  }
}
