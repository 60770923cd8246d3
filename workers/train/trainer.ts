/**
 * Trains one model: epochs of Adam steps, validation after each, early stopping, and the test measured once on the best
 * weights. Decides nothing about devices or storage: it is given an open device, open data and a way to keep results.
 */
import * as tf from '@tensorflow/tfjs';
import { modelSpec } from '../../src/core/config.ts';
import { fail } from '../../src/core/failure.ts';
import { MeasureSum, type Measures } from '../../src/core/measures.ts';
import type { EpochRecord, RunRecord } from '../../src/core/run.ts';
import type { Batch } from '../../src/core/sampler/batch.ts';
import { trainingOrder } from '../../src/core/sampler/order.ts';
import { initialWeights, type Weights } from '../../src/core/weights.ts';
import type { Device } from '../engine/devices/device.ts';
import { CompletionModel } from '../engine/models/completion-model.ts';
import { Optimiser } from '../engine/models/optimiser.ts';
import type { TrainingPhase, TrainingProgress } from '../protocol.ts';
import type { Rows } from '../../src/core/sampler/rows.ts';
import type { Control } from './control.ts';
import { toDevice, type TrainingData } from './data.ts';
import { EarlyStopping } from './early-stopping.ts';
import { evaluate } from './evaluate.ts';
import { BatchLoader } from './loader.ts';
import { ProgressReporter } from './progress.ts';
import { StepHistory } from './step-history.ts';

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

/** @returns the run at its end: `done` or `stopped` */
export async function trainModel(job: TrainingJob): Promise<RunRecord> {
  const trainer = new Trainer(job);
  try {
    return await Promise.race([trainer.train(), job.device.lost]);
  } finally {
    trainer.dispose();
  }
}

class Trainer {
  readonly #job: TrainingJob;
  readonly #model: CompletionModel;
  readonly #optimiser: Optimiser;
  readonly #stopping: EarlyStopping;
  readonly #progress: ProgressReporter;
  readonly #history = new StepHistory();
  #run: RunRecord;
  #best: Weights | undefined;

  constructor(job: TrainingJob) {
    const { run, data, device } = job;
    const spec = modelSpec(run.model, run.config, data.cut.vocabulary);
    this.#job = job;
    this.#run = run;
    this.#model = new CompletionModel(spec, initialWeights(spec, run.config.seed), device.ops);
    this.#optimiser = new Optimiser(this.#model, device.ops, run.config);
    this.#stopping = new EarlyStopping(run.config.patience);
    this.#progress = new ProgressReporter({
      runId: run.id,
      epochs: run.config.epochs,
      deviceBytes: () => device.bytes(),
      send: job.onProgress,
    });
  }

  async train(): Promise<RunRecord> {
    const { config } = this.#run;
    await this.#update({ state: 'training' });
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
    const { data, silent, control } = this.#job;
    const { config } = this.#run;
    const order = trainingOrder(data.train.lengths, config.batch, config.seed, epoch);
    this.#progress.beginEpoch(epoch, targetsIn(data.train.lengths, data.cut.length));
    const loader = new BatchLoader(data.train, data.cut, order);
    this.#progress.enter('training', loader.length);
    const sum = new MeasureSum(silent);
    const norms: number[] = [];
    let seconds = 0;
    let done = 0;
    for await (const host of loader) {
      await control.turn();
      if (control.stopped) return null;
      const from = performance.now();
      const { loss, gradientNorm } = await this.#step(host, sum);
      const elapsed = (performance.now() - from) / 1000;
      seconds += elapsed;
      norms.push(gradientNorm);
      const point = { step: this.#optimiser.steps, loss, gradientNorm };
      this.#history.add(point);
      this.#progress.trained(host.counted, elapsed, point);
      done++;
      this.#progress.tell(done, loader.length);
    }
    return {
      epoch,
      seconds: seconds + loader.waitedSeconds,
      dataWaitSeconds: loader.waitedSeconds,
      tokensPerSecond: sum.counted / (seconds + loader.waitedSeconds),
      gradientNorm: { mean: norms.reduce((a, b) => a + b, 0) / norms.length, max: Math.max(...norms) },
      train: sum.measures(),
    };
  }

  async #step(host: Batch, sum: MeasureSum): Promise<{ loss: number; gradientNorm: number }> {
    const { config } = this.#run;
    const step = this.#optimiser.steps + 1;
    const batch = toDevice(host);
    const scores = this.#model.gradients(batch, { dropout: config.dropout, seed: config.seed, step });
    const norm = this.#optimiser.step(scores.gradients);
    const [loss, losses, ranks, gradientNorm] = await Promise.all([
      scores.loss.data(),
      scores.losses.data(),
      scores.ranks.data(),
      norm.data(),
    ]);
    tf.dispose([batch.inputs, batch.targets, scores.loss, scores.losses, scores.ranks, norm, ...scores.gradients]);
    sum.add(host.targets, losses, ranks);
    const result = { loss: loss[0]!, gradientNorm: gradientNorm[0]! };
    if (!Number.isFinite(result.loss) || !Number.isFinite(result.gradientNorm)) {
      fail(
        'not-finite',
        `The loss stopped being a number at step ${step} (loss ${result.loss}, gradient norm ${result.gradientNorm}).`,
        'The epochs before are kept. Train again with a lower learning rate or a smaller gradient clip.',
      );
    }
    return result;
  }

  /** Loads the best weights, measures the test split once, and closes the run. */
  async #finish(): Promise<RunRecord> {
    const { device } = this.#job;
    const best = new CompletionModel(this.#model.spec, this.#best ?? (await this.#model.weights()), device.ops);
    try {
      const { test, dev } = this.#job.data;
      const tested = await this.#measure('testing', test, best);
      const further = tested && dev && (await this.#measure('testing', dev, best));
      if (!tested || (dev && !further)) return await this.#update({ state: 'stopped' });
      return await this.#update({ state: 'done', test: tested, ...(further ? { dev: further } : {}) });
    } finally {
      best.dispose();
    }
  }

  async #measure(phase: TrainingPhase, rows: Rows, model = this.#model): Promise<Measures | null> {
    const { data, silent, control } = this.#job;
    const from = performance.now();
    let paused = 0;
    this.#progress.enter(phase, Math.ceil(rows.lengths.length / this.#run.config.batch));
    const measures = await evaluate({
      model,
      rows,
      cut: data.cut,
      batch: this.#run.config.batch,
      silent,
      onBatch: async (done, total) => {
        this.#progress.tell(done, total);
        paused += await control.turn();
        return !control.stopped;
      },
    });
    if (phase === 'validating') this.#progress.validated((performance.now() - from) / 1000 - paused);
    return measures;
  }

  async #update(change: Partial<RunRecord>, weights?: Weights): Promise<RunRecord> {
    this.#run = { ...this.#run, ...change };
    await this.#job.keep(this.#run, weights);
    return this.#run;
  }
}

function targetsIn(lengths: ArrayLike<number>, limit: number): number {
  return Array.from(lengths, (length) => Math.max(0, Math.min(length, limit) - 1)).reduce((a, b) => a + b, 0);
}
