/**
 * Trains one model: epochs of training steps, validation after each, early stopping, and one measurement of the test split with the
 * best weights. It does not choose devices or storage; it receives an open device, open data and functions that store results.
 */
import { modelSpec } from '#core/models/spec.ts';
import { fail } from '#core/failure.ts';
import type { MemoryPlan } from '#core/models/memoryPlan.ts';
import type { EpochRecord, RunRecord } from '#core/runs/run.ts';
import type { Cut } from '#core/data/batches/batch.ts';
import { stepsAnEpoch, trainingOrder } from '#core/data/batches/order.ts';
import type { Rows } from '#core/data/batches/rows.ts';
import { rowsAStep } from '#core/settings/config.ts';
import { rateOfStep } from '#core/optimization/schedules.ts';
import { initialWeights, type Weights } from '#core/models/weights.ts';
import { unlessLost } from '#engine/devices/unlessLost.ts';
import { CompletionModel } from '#engine/models/completionModel.ts';
import { Optimiser } from '#engine/models/optimiser.ts';
import { STEPS_IN_FLIGHT } from '#engine/memory/kernelMemory.ts';
import type { PlanWork } from '#engine/memory/plan.ts';
import { EarlyStopping } from './earlyStopping.ts';
import { EpochPosition } from './epochPosition.ts';
import type { RunParts, TrainingJob, TrainingState } from './job.ts';
import { BatchLoader } from './loader.ts';
import { ProgressReporter } from './progress.ts';
import { RunStore } from './runStore.ts';
import { SplitMeasurer, type Measured, type MeasureOptions } from './splitMeasurer.ts';
import { StepHistory } from './stepHistory.ts';
import { TrainingStep, type StepResult } from './step.ts';
import { StepsInFlight } from './stepsInFlight.ts';
import { WorkMeter } from './workMeter.ts';

/** The work of a run, for planning the device's memory. */
export function workOf({ model, config }: Pick<RunRecord, 'model' | 'config'>, cut: Cut): PlanWork {
  return {
    spec: modelSpec(model, config, cut.vocabulary),
    optimizer: config.optimizer,
    batch: rowsAStep(config),
    microBatch: config.batch,
    length: cut.length,
  };
}

/** @returns the run at its end: `done` or `stopped` */
export async function trainModel(job: TrainingJob): Promise<RunRecord> {
  const { run, data, device } = job;
  try {
    const plan = await device.prepare(workOf(run, data.cut), run.plan);
    const trainer = new Trainer(job, plan);
    try {
      return await unlessLost(device, trainer.train());
    } finally {
      trainer.dispose();
    }
  } finally {
    await job.control.cancelled.catch(() => {}); // `lost` reports it
    device.release();
  }
}

class Trainer {
  readonly #job: TrainingJob;
  readonly #plan: MemoryPlan;
  #model: CompletionModel;
  readonly #optimiser: Optimiser;
  readonly #step: TrainingStep;
  readonly #stopping: EarlyStopping;
  readonly #progress: ProgressReporter;
  readonly #measurer: SplitMeasurer;
  readonly #history: StepHistory;
  readonly #store: RunStore;
  #best: Weights | undefined;
  #position: EpochPosition;
  /** Targets trained on, and seconds of training, up to the last step. */
  #tokens: number;
  #seconds: number;

  constructor(job: TrainingJob, plan: MemoryPlan) {
    const { run, data, device, ignored, resumption } = job;
    const { dropout, seed } = run.config;
    const state = resumption?.state;
    const { spec } = workOf(run, data.cut);
    this.#job = job;
    this.#plan = plan;
    this.#store = new RunStore(job);
    this.#model = new CompletionModel(spec, state?.weights ?? initialWeights(spec, seed, run.config), device.ops);
    this.#optimiser = new Optimiser(
      this.#model,
      device.ops,
      { ...run.config, rateOf: (step) => this.#rateOf(step) },
      state && { step: state.trainerState.step, first: state.first, second: state.second },
    );
    this.#step = new TrainingStep({
      model: this.#model,
      optimiser: this.#optimiser,
      plan,
      dropout,
      seed,
      device,
    });
    this.#stopping = new EarlyStopping(run.config.patience);
    for (const { epoch, validation } of run.epochs) this.#stopping.observe(epoch, validation.loss);
    this.#best = resumption?.best ?? undefined;
    this.#history = new StepHistory(state?.trainerState.history);
    this.#position = new EpochPosition(state?.trainerState.epoch ?? 1, ignored, state?.trainerState);
    this.#tokens = state?.trainerState.tokens ?? 0;
    this.#seconds = state?.trainerState.totalSeconds ?? 0;
    this.#progress = new ProgressReporter({
      runId: run.id,
      epochs: run.config.epochs,
      deviceBytes: () => device.allocatedBytes(),
      send: job.onProgress,
    });
    this.#measurer = new SplitMeasurer(job, this.#progress, plan.rows);
  }

  async train(): Promise<RunRecord> {
    const { config } = this.#store.run;
    await this.#store.update({ state: 'training', plan: this.#plan });
    if (this.#store.run.ended !== null) return this.#finish();
    const { untilEpoch = config.epochs } = this.#job;
    for (let { epoch } = this.#position; epoch <= config.epochs; epoch++) {
      if (epoch > untilEpoch) return this.#store.update({ state: 'stopped' }, { steps: this.#history.table() });
      const trained = await this.#trainEpoch(epoch);
      const validated = trained && (await this.#validate());
      if (!validated) return this.#store.update({ state: 'stopped' }, { steps: this.#history.table() });
      const { improved, stop } = this.#stopping.observe(epoch, validated.measures.loss);
      if (improved) this.#best = await this.#model.weights();
      const ended = stop ? 'patience' : epoch === config.epochs ? 'epochs' : null;
      this.#position = new EpochPosition(epoch + 1, this.#job.ignored);
      const { stored } = await this.#save(
        {
          epochs: [
            ...this.#store.run.epochs,
            { ...trained, validation: validated.measures, validationSeconds: validated.seconds },
          ],
          bestEpoch: this.#stopping.bestEpoch,
          ended,
        },
        { weights: improved ? this.#best : undefined },
      );
      await stored;
      if (stop) break;
    }
    return this.#finish();
  }

  /** Depends only on the step's number and the stored epochs, so a resumed run has the same rate. */
  #rateOf(step: number): number {
    const { config, epochs } = this.#store.run;
    return rateOfStep(config, {
      step: step - 1,
      totalSteps: stepsAnEpoch(this.#job.data.train.lengths.length, rowsAStep(config)) * config.epochs,
      validationLosses: epochs.map(({ validation }) => validation.loss),
    });
  }

  dispose(): void {
    this.#model.dispose();
    this.#optimiser.dispose();
  }

  /** @returns null if stopped */
  async #trainEpoch(epoch: number): Promise<Omit<EpochRecord, 'validation' | 'validationSeconds'> | null> {
    const { data, control, device } = this.#job;
    const { config } = this.#store.run;
    const order = trainingOrder(data.train.lengths, rowsAStep(config), config.seed, epoch);
    const { sum, norms, clock } = this.#position;
    const total = order.length;
    this.#progress.beginEpoch(epoch, targetsIn(data.train.lengths, data.cut.length) - sum.counted);
    const loader = new BatchLoader(data.train, data.cut, order.slice(norms.length));
    this.#progress.enter('training', total, norms.length);
    const meter = new WorkMeter(device.control);
    let waitedBefore = 0;
    let paused = control.pausedSeconds;
    const leaveOutPauses = () => {
      const before = paused;
      paused = control.pausedSeconds;
      clock.paused(paused - before);
    };
    const steps = new StepsInFlight({
      begin: (batch) => meter.begin(() => this.#step.run(batch)),
      most: device.asynchronous ? STEPS_IN_FLIGHT : 1,
      onResult: (batch, result, endedAt) => {
        meter.end();
        // a step that was in flight at a stop may have no valid results
        if (control.stopped) return;
        requireFinite(result);
        leaveOutPauses();
        const { step, loss, gradientNorm, layerNorms, losses, ranks } = result;
        sum.add(batch.targets, losses, ranks);
        norms.push(gradientNorm);
        const seconds = clock.ended(endedAt);
        const waitedNow = clock.dataWaitSeconds - waitedBefore;
        waitedBefore = clock.dataWaitSeconds;
        this.#tokens += batch.counted;
        this.#seconds += seconds;
        const record = { step, loss, gradientNorm, layerNorms, tokens: this.#tokens, seconds: this.#seconds };
        this.#history.add(record);
        this.#progress.trained(batch.counted, seconds, waitedNow, record);
        this.#progress.report(norms.length, total);
        control.stepDone();
      },
    });
    let waited = 0;
    await this.#progress.reportWhile(
      meter,
      () => [norms.length, total],
      async () => {
        for await (const batch of loader) {
          clock.waitedForData(loader.waitedSeconds - waited, performance.now(), steps.idleSince);
          waited = loader.waitedSeconds;
          await control.waitWhilePaused(
            () => steps.settle(),
            async () => (await this.#save()).stored,
          );
          leaveOutPauses();
          if (control.stopped) break;
          if (this.#store.saveIsDue()) {
            await steps.settle();
            // stored while the next steps are computed; a failure is reported by the next save
            void (await this.#save()).stored.catch(() => {});
          }
          await steps.begin(batch);
        }
        await steps.settle();
      },
    );
    if (control.stopped) return null;
    return {
      epoch,
      seconds: clock.seconds,
      dataWaitSeconds: clock.dataWaitSeconds,
      steps: norms.length,
      tokensPerSecond: sum.counted / clock.seconds,
      gradientNorm: { mean: norms.reduce((a, b) => a + b, 0) / norms.length, max: Math.max(...norms) },
      train: sum.measures(),
    };
  }

  /** @returns null if stopped */
  async #validate(): Promise<Measured | null> {
    const validated = await this.#measurer.measure(this.#model, 'validating', this.#job.data.validation, {
      onRest: async () => (await this.#save()).stored,
    });
    if (validated) this.#progress.validated(validated.seconds);
    return validated;
  }

  /** Loads the best weights, searches the cache's parameters, measures the test split once, and completes the run. */
  async #finish(): Promise<RunRecord> {
    if (this.#stopping.bestEpoch === null) {
      fail(
        'not-finite',
        'No epoch had a finite validation loss, so there are no best weights to test.',
        'The epochs are kept. Train again with a lower learning rate or a smaller clip norm.',
      );
    }
    const { spec, ops } = this.#model;
    const best = this.#best ?? (await this.#model.weights());
    this.#model.dispose();
    this.#model = new CompletionModel(spec, best, ops);
    this.#job.device.upload(this.#model.variables.values());
    const { test, dev } = this.#job.data;
    const cache = await this.#measurer.searchCache(this.#model);
    if (this.#job.control.stopped) return this.#store.update({ state: 'stopped' });
    const breakdown = await this.#job.breakdownOf(test);
    const measured = (rows: Rows, more?: MeasureOptions) =>
      this.#measurer.measure(this.#model, 'testing', rows, { ...more, cache: cache?.parameters });
    const tested = await measured(test, { breakdown });
    const further = tested && dev && (await measured(dev));
    if (!tested || (dev && !further)) return this.#store.update({ state: 'stopped' });
    return this.#store.update(
      {
        state: 'done',
        savingSeconds: this.#store.savingSeconds,
        ...(cache && { cache }),
        test: tested.measures,
        ...(further && { dev: further.measures }),
      },
      // stored again, because their file contains the cache's parameters
      { breakdown: breakdown.result(), checkpoint: null, weights: cache ? best : undefined },
    );
  }

  /**
   * Stores the run with a checkpoint of this position. No step may be in flight.
   * @returns resolves when all is read from the device; `stored` resolves when it is stored
   */
  #save(change: Partial<RunRecord> = {}, more?: RunParts): Promise<{ readonly stored: Promise<void> }> {
    return this.#store.save(() => this.#state(), change, { ...more, steps: this.#history.table() });
  }

  async #state(): Promise<TrainingState> {
    const { step, first, second } = await this.#optimiser.state(this.#model.variables.keys());
    const trainerState = {
      ...this.#position.state(),
      step,
      tokens: this.#tokens,
      totalSeconds: this.#seconds,
      history: this.#history.state(),
    };
    return { trainerState, weights: await this.#model.weights(), first, second };
  }
}

function requireFinite({ step, loss, gradientNorm }: StepResult): void {
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
  fail(
    'not-finite',
    `The loss stopped being a number at step ${step} (loss ${loss}, gradient norm ${gradientNorm}).`,
    'Earlier epochs are kept. Train again with a lower learning rate or a smaller clip norm.',
  );
}

function targetsIn(lengths: ArrayLike<number>, limit: number): number {
  return Array.from(lengths, (length) => Math.max(0, Math.min(length, limit) - 1)).reduce((a, b) => a + b, 0);
}
