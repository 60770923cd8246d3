/**
 * Trains one model: epochs of Adam steps, validation after each, early stopping, and the test measured once on the best
 * weights. Decides nothing about devices or storage: it is given an open device, open data and a way to keep results.
 */
import { modelSpec } from '../../src/core/config.ts';
import { fail } from '../../src/core/failure.ts';
import type { MemoryPlan } from '../../src/core/memoryPlan.ts';
import { MeasureSum, type Measures } from '../../src/core/measures.ts';
import type { EpochRecord, RunRecord } from '../../src/core/run.ts';
import type { Cut } from '../../src/core/sampler/batch.ts';
import { trainingOrder } from '../../src/core/sampler/order.ts';
import type { Rows } from '../../src/core/sampler/rows.ts';
import { initialWeights, type Weights } from '../../src/core/weights.ts';
import type { Device } from '../engine/devices/device.ts';
import { CompletionModel } from '../engine/models/completion-model.ts';
import { Optimiser } from '../engine/models/optimiser.ts';
import { STEPS_IN_FLIGHT, type PlanWork } from '../engine/plan.ts';
import type { TrainingPhase, TrainingProgress } from '../protocol.ts';
import type { Control } from './control.ts';
import type { TrainingData } from './data.ts';
import { EarlyStopping } from './early-stopping.ts';
import { evaluate } from './evaluate.ts';
import { BatchLoader } from './loader.ts';
import { ProgressReporter } from './progress.ts';
import { StepClock } from './step-clock.ts';
import { StepHistory } from './step-history.ts';
import { TrainingStep, type StepResult } from './step.ts';
import { StepsUnderWay } from './steps-under-way.ts';
import { WorkMeter } from './work-meter.ts';

export interface TrainingJob {
  /** In state `waiting`, without epochs. */
  readonly run: RunRecord;
  readonly data: TrainingData;
  /** Ids that CodeXGLUE does not count. */
  readonly silent: ReadonlySet<number>;
  readonly device: Device;
  readonly control: Control;
  readonly onProgress: (progress: TrainingProgress) => void;
  /** Keeps the run as it now is, and the weights with it where they are a new best. */
  readonly keep: (run: RunRecord, weights?: Weights) => Promise<void>;
}

/** What a run asks of a device's memory. */
export function workOf({ model, config }: Pick<RunRecord, 'model' | 'config'>, cut: Cut): PlanWork {
  return { spec: modelSpec(model, config, cut.vocabulary), batch: config.batch, length: cut.length };
}

/** @returns the run at its end: `done` or `stopped` */
export async function trainModel(job: TrainingJob): Promise<RunRecord> {
  const { run, data, device } = job;
  try {
    const plan = await device.prepare(workOf(run, data.cut), run.plan);
    const trainer = new Trainer(job, plan);
    try {
      return await Promise.race([trainer.train(), device.lost]);
    } finally {
      trainer.dispose();
    }
  } finally {
    await job.control.abandoned.catch(() => {}); // told by `lost`
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
  readonly #history = new StepHistory();
  #run: RunRecord;
  #best: Weights | undefined;

  constructor(job: TrainingJob, plan: MemoryPlan) {
    const { run, data, device } = job;
    const { dropout, seed } = run.config;
    const { spec } = workOf(run, data.cut);
    this.#job = job;
    this.#plan = plan;
    this.#run = run;
    this.#model = new CompletionModel(spec, initialWeights(spec, seed), device.ops);
    this.#optimiser = new Optimiser(this.#model, device.ops, run.config);
    this.#step = new TrainingStep({
      model: this.#model,
      optimiser: this.#optimiser,
      plan,
      dropout,
      seed,
      device,
    });
    this.#stopping = new EarlyStopping(run.config.patience);
    this.#progress = new ProgressReporter({
      runId: run.id,
      epochs: run.config.epochs,
      deviceBytes: () => device.allocatedBytes(),
      send: job.onProgress,
    });
  }

  async train(): Promise<RunRecord> {
    const { config } = this.#run;
    await this.#update({ state: 'training', plan: this.#plan });
    for (let epoch = 1; epoch <= config.epochs; epoch++) {
      const trained = await this.#trainEpoch(epoch);
      const validation = trained && (await this.#measure('validating', this.#job.data.validation));
      if (!validation) return this.#update({ state: 'stopped', steps: this.#history.records() });
      const { improved, stop } = this.#stopping.observe(epoch, validation.loss);
      if (improved) this.#best = await this.#model.weights();
      const ended = stop ? 'patience' : epoch === config.epochs ? 'epochs' : null;
      await this.#update(
        {
          epochs: [...this.#run.epochs, { ...trained, validation }],
          steps: this.#history.records(),
          bestEpoch: this.#stopping.bestEpoch,
          ended,
        },
        improved ? this.#best : undefined,
      );
      if (stop) break;
    }
    return this.#finish();
  }

  dispose(): void {
    this.#model.dispose();
    this.#optimiser.dispose();
  }

  /** @returns null when stopped */
  async #trainEpoch(epoch: number): Promise<Omit<EpochRecord, 'validation'> | null> {
    const { data, silent, control, device } = this.#job;
    const { config } = this.#run;
    const order = trainingOrder(data.train.lengths, config.batch, config.seed, epoch);
    this.#progress.beginEpoch(epoch, targetsIn(data.train.lengths, data.cut.length));
    const loader = new BatchLoader(data.train, data.cut, order);
    this.#progress.enter('training', loader.length);
    const sum = new MeasureSum(silent);
    const norms: number[] = [];
    const clock = new StepClock(performance.now());
    const meter = new WorkMeter(device.halt);
    let paused = control.pausedSeconds;
    const leaveOutPauses = () => {
      const before = paused;
      paused = control.pausedSeconds;
      clock.paused(paused - before);
    };
    const steps = new StepsUnderWay({
      begin: (batch) => meter.begin(() => this.#step.run(batch)),
      most: device.asynchronous ? STEPS_IN_FLIGHT : 1,
      onResult: (batch, result, endedAt) => {
        meter.end();
        // What was under way at a stop may have been passed over.
        if (control.stopped) return;
        requireFinite(result);
        leaveOutPauses();
        const { step, loss, gradientNorm, losses, ranks } = result;
        sum.add(batch.targets, losses, ranks);
        norms.push(gradientNorm);
        this.#history.add({ step, loss, gradientNorm });
        this.#progress.trained(batch.counted, clock.ended(endedAt), { step, loss, gradientNorm });
        this.#progress.tell(norms.length, loader.length);
      },
    });
    let waited = 0;
    await this.#progress.within(
      meter,
      () => [norms.length, loader.length],
      async () => {
        for await (const batch of loader) {
          clock.waitedForData(loader.waitedSeconds - waited, performance.now(), steps.idleSince);
          waited = loader.waitedSeconds;
          await control.turn(() => steps.settle());
          leaveOutPauses();
          if (control.stopped) break;
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
      tokensPerSecond: sum.counted / clock.seconds,
      gradientNorm: { mean: norms.reduce((a, b) => a + b, 0) / norms.length, max: Math.max(...norms) },
      train: sum.measures(),
    };
  }

  /** Loads the best weights in place of the last, measures the test split once, and closes the run. */
  async #finish(): Promise<RunRecord> {
    const { spec, ops } = this.#model;
    const best = this.#best ?? (await this.#model.weights());
    this.#model.dispose();
    this.#model = new CompletionModel(spec, best, ops);
    this.#job.device.place(this.#model.variables.values());
    const { test, dev } = this.#job.data;
    const tested = await this.#measure('testing', test);
    const further = tested && dev && (await this.#measure('testing', dev));
    if (!tested || (dev && !further)) return this.#update({ state: 'stopped' });
    return this.#update({ state: 'done', test: tested, ...(further ? { dev: further } : {}) });
  }

  async #measure(phase: TrainingPhase, rows: Rows): Promise<Measures | null> {
    const { data, silent, control, device } = this.#job;
    const from = performance.now();
    const paused = control.pausedSeconds;
    const meter = new WorkMeter(device.halt);
    let batches: [done: number, total: number] = [0, Math.ceil(rows.lengths.length / this.#run.config.batch)];
    this.#progress.enter(phase, batches[1]);
    const evaluation = {
      device,
      meter,
      model: this.#model,
      rows,
      cut: data.cut,
      batch: this.#run.config.batch,
      microBatch: this.#plan.rows,
      silent,
      onBatch: async (done: number, total: number) => {
        batches = [done, total];
        this.#progress.tell(done, total);
        await control.turn();
        return !control.stopped;
      },
    };
    const measures = await this.#progress.within(
      meter,
      () => batches,
      () => evaluate(evaluation),
    );
    const seconds = (performance.now() - from) / 1000 - (control.pausedSeconds - paused);
    if (phase === 'validating') this.#progress.validated(seconds);
    return measures;
  }

  async #update(change: Partial<RunRecord>, weights?: Weights): Promise<RunRecord> {
    this.#run = { ...this.#run, ...change };
    await this.#job.keep(this.#run, weights);
    return this.#run;
  }
}

function requireFinite({ step, loss, gradientNorm }: StepResult): void {
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
  fail(
    'not-finite',
    `The loss stopped being a number at step ${step} (loss ${loss}, gradient norm ${gradientNorm}).`,
    'The epochs before are kept. Train again with a lower learning rate or a smaller gradient clip.',
  );
}

function targetsIn(lengths: ArrayLike<number>, limit: number): number {
  return Array.from(lengths, (length) => Math.max(0, Math.min(length, limit) - 1)).reduce((a, b) => a + b, 0);
}
