/** Training on WebGPU compared with stock TensorFlow.js and jax-js: speed, dispatches, and memory over rows of changing length. */
import { presetConfig } from '#core/settings/config.ts';
import type { Cell } from '#core/models/registry.ts';
import { countedSeconds, trainingBytesPerStep, trainingOperationsPerToken } from '#core/models/operations.ts';
import type { BenchOptions, BenchRow } from './bench.ts';
import type { StepsTimed } from './page/protocol.ts';
import { versionOf, type Subjects } from './subjects.ts';
import {
  TIMED_CELLS,
  FULL,
  median,
  modelWork,
  nameOf,
  PATIENCE,
  PEER_PATIENCE,
  productFigures,
  PRODUCTS,
  SHORT,
  stepsFigures,
  stepsWork,
  TrainingLab,
} from './trainLab.ts';

/** The task's row length, at which dispatches are counted. */
const LONG_STEPS = 1_000;
/** The task's batch sizes from 1,000 training files, and from 5,000. */
const COUNTED_BATCHES = [8, 32] as const;
const PEER_PRODUCT = 1_024;

const SMALL = presetConfig('quick', 0);

export async function webgpuRows(subjects: Subjects, options: BenchOptions): Promise<BenchRow[]> {
  const lab = await TrainingLab.open(subjects, { kind: 'webgpu' }, options.say);
  return new WebgpuBench(subjects, lab, options).rows();
}

interface Amounts {
  readonly steps: number;
  readonly products: number;
  readonly changing: number;
  readonly repeated: number;
}

class WebgpuBench {
  readonly #subjects: Subjects;
  readonly #lab: TrainingLab;
  readonly #amounts: Amounts;

  constructor(subjects: Subjects, lab: TrainingLab, { quick }: BenchOptions) {
    this.#subjects = subjects;
    this.#lab = lab;
    this.#amounts = quick
      ? { steps: 2, products: 2, changing: 40, repeated: 10 }
      : { steps: 5, products: 5, changing: 200, repeated: 50 };
  }

  async rows(): Promise<BenchRow[]> {
    const rows: BenchRow[] = [];
    for (const cell of TIMED_CELLS) rows.push(...(await this.#training(cell)));
    const lstm = rows.find(({ model }) => model === 'lstm');
    rows.push(...(await this.#products(lstm?.gflops ?? Number.NaN)));
    for (const cell of TIMED_CELLS) {
      const row = await this.#dispatches(cell);
      rows.push(row, ...COUNTED_BATCHES.map((batch) => this.#counted(cell, batch, row.dispatchesPerStep ?? 0)));
    }
    rows.push(await this.#lab.changingLengths(SMALL, this.#amounts.changing));
    rows.push(await this.#lab.twoRuns(this.#amounts.repeated));
    return rows;
  }

  async #training(cell: Cell): Promise<BenchRow[]> {
    const work = stepsWork(cell, SHORT, this.#amounts.steps);
    const row = (subject: string, timed: StepsTimed): BenchRow => ({
      ...this.#lab.row,
      subject,
      ...stepsFigures(work, timed.seconds),
      ...countedOnGpu(timed),
    });
    const lab = await this.#lab.steps(`Training steps of the ${nameOf(work)}, lab`, work);
    const subject = `TensorFlow.js ${await versionOf('@tensorflow/tfjs')} tf.layers`;
    const what = `Training steps of the ${nameOf(work)}, ${subject}`;
    const peer = await this.#subjects.measure(what, PEER_PATIENCE, (page) =>
      page.evaluate((work) => globalThis.bench.stock.steps('webgpu', work), { ...work, timed: 1 }),
    );
    const ratio = median(peer.seconds) / median(lab.seconds);
    return [row('lab', lab), { ...row(subject, peer), ratio }];
  }

  /** @param gflops rate of the lab's whole training step, with which the peer's product alone is compared */
  async #products(gflops: number): Promise<BenchRow[]> {
    const timed = this.#amounts.products;
    const rows: BenchRow[] = [];
    for (const size of PRODUCTS) rows.push(await this.#lab.product(size, timed, 1));
    const subject = `jax-js ${await versionOf('@jax-js/jax')}`;
    const what = `The product of ${PEER_PRODUCT}, ${subject}`;
    const { seconds } = await this.#subjects.measure(what, PATIENCE, (page) =>
      page.evaluate((work) => globalThis.bench.jax.product(work), { size: PEER_PRODUCT, timed }),
    );
    const peer = { ...this.#lab.row, subject, ...productFigures(PEER_PRODUCT, seconds) };
    return [...rows, { ...peer, ratio: gflops / peer.gflops, against: 'a whole training step of the lab’s lstm' }];
  }

  async #dispatches(cell: Cell): Promise<BenchRow> {
    const work = stepsWork(cell, { batch: 1, steps: LONG_STEPS }, 1);
    const timed = await this.#lab.steps(`Dispatches of ${LONG_STEPS} steps of the ${cell}`, work);
    return {
      ...this.#lab.row,
      what: `dispatches of ${LONG_STEPS.toLocaleString('en-US')} steps`,
      model: cell,
      batch: 1,
      steps: LONG_STEPS,
      tokensPerSecond: LONG_STEPS / median(timed.seconds),
      ...countedOnGpu(timed),
      milliseconds: median(timed.seconds) * 1000,
    };
  }

  /** Estimated time of a full-size step on a GPU of 10 TFLOP/s and 300 GB/s: the slower of arithmetic and memory, plus the dispatches. */
  #counted(cell: Cell, batch: number, dispatches: number): BenchRow {
    const steps = LONG_STEPS - 1;
    const { spec } = modelWork(cell, FULL);
    const seconds = countedSeconds(spec, batch, steps, dispatches);
    const total = Math.max(seconds.arithmetic, seconds.memory) + seconds.dispatches;
    return {
      ...this.#lab.row,
      what: 'counted, not measured',
      device: 'a GPU of 10 TFLOP/s, 300 GB/s',
      model: cell,
      batch,
      steps,
      tokensPerSecond: (batch * steps) / total,
      operationsPerStep: trainingOperationsPerToken(spec) * batch * steps,
      bytesPerStep: trainingBytesPerStep(spec, batch, steps),
      dispatchesPerStep: dispatches,
      milliseconds: total * 1000,
    };
  }
}

function countedOnGpu({ dispatches, ownDispatches, peakBytes }: StepsTimed) {
  const own = ownDispatches === undefined ? {} : { ownDispatchesPerStep: ownDispatches };
  return { dispatchesPerStep: dispatches, ...own, peakBytes };
}
