/**
 * Training on the CPU. Compares all cores with PyTorch and stock TensorFlow.js, compares all threads with one, and checks that one thread
 * gives the same bits as all. Measurements never overlap.
 */
import type { TrainingConfig } from '#core/settings/config.ts';
import type { Cell } from '#core/models/registry.ts';
import { LabError } from '#core/failure.ts';
import { formatCounted } from '#core/format.ts';
import type { BenchOptions, BenchRow } from './bench.ts';
import type { StockBackend, StepsWork } from './page/protocol.ts';
import { findTorch, NO_TORCH, slowBlas, timeTorch, type Torch } from './pytorch.ts';
import { versionOf, type Subjects } from './subjects.ts';
import {
  TIMED_CELLS,
  differences,
  FULL,
  modelWork,
  nameOf,
  narrowWork,
  PATIENCE,
  PEER_PATIENCE,
  PRODUCTS,
  REPEATED,
  SHORT,
  stepsFigures,
  stepsWork,
  TrainingLab,
} from './trainLab.ts';

/** Chromium's flags for a WebGL that computes on the CPU, even if there is a GPU. */
export const SOFTWARE_WEBGL = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'];

/**
 * TensorFlow.js's own backends, the fastest first. On two cores a full-size LSTM trained at 16 tokens/s on webgl and 2.7 on cpu. It
 * does not train on wasm, which has no UnsortedSegmentSum; an embedding's gradient needs it.
 */
const STOCK_BACKENDS = ['wasm', 'webgl', 'cpu'] as const satisfies readonly StockBackend[];

interface Shape {
  readonly batch: number;
  /** Steps through time. */
  readonly steps: number;
  readonly timed: number;
}

interface Amounts {
  /** Compared with PyTorch: the task's batch for 5,000 training files with short rows, and its batch for 1,000 with full rows. */
  readonly shapes: readonly Shape[];
  /** Timed steps of the preset `quick`, also compared with PyTorch. */
  readonly narrow: number;
  readonly short: number;
  readonly stock: number;
  readonly threads: Shape;
  readonly products: number;
  readonly repeated: number;
}

const AMOUNTS: Amounts = {
  shapes: [
    { batch: 32, steps: 200, timed: 5 },
    { batch: 8, steps: 999, timed: 2 },
  ],
  narrow: 40,
  short: 5,
  stock: 3,
  threads: { batch: 8, steps: 200, timed: 5 },
  products: 5,
  repeated: 50,
};
const QUICK_AMOUNTS: Amounts = {
  shapes: [{ batch: 8, steps: 50, timed: 2 }],
  narrow: 10,
  short: 2,
  stock: 1,
  threads: { batch: 8, steps: 20, timed: 2 },
  products: 2,
  repeated: 10,
};

/** Steps through time of PyTorch's warm-up step. At 999 it would take half a minute, and PyTorch has nothing to compile. */
const TORCH_WARM_UP_STEPS = 50;
/** Products between two readings of the clock, so that work is queued while earlier work runs, as in training. */
const PRODUCTS_TOGETHER = 10;
/** Large enough that the threads share every op. */
const SHARED: TrainingConfig = { ...FULL, length: 41 };
const SHARED_STEPS = 5;

export async function cpuRows(subjects: Subjects, options: BenchOptions): Promise<BenchRow[]> {
  const { say } = options;
  const all = await TrainingLab.open(subjects, { kind: 'cpu' }, say);
  const one = await TrainingLab.open(subjects, { kind: 'cpu', threads: 1 }, say);
  return new CpuBench(subjects, all, one, options).rows();
}

class CpuBench {
  readonly #subjects: Subjects;
  /** The lab on all cores, and on one thread. */
  readonly #all: TrainingLab;
  readonly #one: TrainingLab;
  readonly #say: (line: string) => void;
  readonly #amounts: Amounts;

  constructor(subjects: Subjects, all: TrainingLab, one: TrainingLab, { quick, say }: BenchOptions) {
    this.#subjects = subjects;
    this.#all = all;
    this.#one = one;
    this.#say = say;
    this.#amounts = quick ? QUICK_AMOUNTS : AMOUNTS;
  }

  async rows(): Promise<BenchRow[]> {
    return [
      ...(await this.#besideTorch()),
      ...(await this.#besideStock()),
      ...(await this.#products()),
      ...(await this.#threads()),
      await this.#all.twoRuns(this.#amounts.repeated),
      await this.#sameBitsOnOneThread(),
    ];
  }

  async #besideTorch(): Promise<BenchRow[]> {
    const torch = await findTorch();
    const warning = torch === null ? NO_TORCH : slowBlas(torch);
    if (warning !== null) this.#say(warning);
    const { shapes, narrow } = this.#amounts;
    const rows: BenchRow[] = [];
    for (const cell of TIMED_CELLS) {
      const works = [
        ...shapes.map((shape) => ({ work: stepsWork(cell, shape, shape.timed), what: undefined })),
        { work: narrowWork(cell, narrow), what: 'preset quick' },
      ];
      for (const { work, what } of works) {
        const lab = await this.#all.training(work, what);
        rows.push(lab);
        if (torch !== null) rows.push({ ...(await this.#torchRow(torch, work, lab)), ...(what && { what }) });
      }
    }
    return rows;
  }

  async #torchRow(torch: Torch, work: StepsWork, lab: BenchRow): Promise<BenchRow> {
    const subject = `PyTorch ${torch.version}`;
    this.#say(`Training steps of the ${nameOf(work)}, ${subject} ...`);
    const warmUpSteps = Math.min(TORCH_WARM_UP_STEPS, work.config.length - 1);
    const { blas, threads, seconds } = await timeTorch(torch, work, warmUpSteps, PEER_PATIENCE);
    const row: BenchRow = {
      bench: 'train',
      device: 'cpu',
      ...(blas === null ? {} : { adapter: blas }),
      subject,
      threads,
      ...stepsFigures(work, seconds),
    };
    return { ...row, ratio: ratioOf(lab, row) };
  }

  async #besideStock(): Promise<BenchRow[]> {
    const backend = await this.#stockBackend();
    const rows: BenchRow[] = [];
    for (const cell of TIMED_CELLS) {
      const lab = await this.#all.training(stepsWork(cell, SHORT, this.#amounts.short));
      rows.push(lab);
      if (backend !== null) rows.push(await this.#stockRow(backend, cell, lab));
    }
    return rows;
  }

  /** The fastest backend on which `tf.layers` can train, found with a step of a tiny model; null if there is none. */
  async #stockBackend(): Promise<StockBackend | null> {
    const work = { ...modelWork('lstm', REPEATED), timed: 1 };
    for (const backend of STOCK_BACKENDS) {
      try {
        await this.#stock(`Whether TensorFlow.js trains on its ${backend} backend`, backend, work, PATIENCE);
        return backend;
      } catch (error) {
        if (!(error instanceof LabError)) throw error;
        this.#say(error.failure.what);
      }
    }
    return null;
  }

  async #stockRow(backend: StockBackend, cell: Cell, lab: BenchRow): Promise<BenchRow> {
    const work = stepsWork(cell, SHORT, this.#amounts.stock);
    const subject = `TensorFlow.js ${await versionOf('@tensorflow/tfjs')} tf.layers`;
    const what = `Training steps of the ${nameOf(work)}, ${subject} on ${backend}`;
    const seconds = await this.#stock(what, backend, work, PEER_PATIENCE);
    const row: BenchRow = {
      bench: 'train',
      device: 'cpu',
      adapter: backend === 'webgl' ? 'webgl on SwiftShader' : backend,
      subject,
      ...stepsFigures(work, seconds),
    };
    return { ...row, ratio: ratioOf(lab, row) };
  }

  async #stock(what: string, backend: StockBackend, work: StepsWork, minutes: number): Promise<readonly number[]> {
    const { seconds } = await this.#subjects.measure(what, minutes, (page) =>
      page.evaluate(({ backend, work }) => globalThis.bench.stock.steps(backend, work), { backend, work }),
    );
    return seconds;
  }

  async #products(): Promise<BenchRow[]> {
    const timed = this.#amounts.products;
    const rows: BenchRow[] = [];
    for (const size of PRODUCTS) {
      const all = await this.#all.product(size, timed, PRODUCTS_TOGETHER);
      const one = await this.#one.product(size, timed, PRODUCTS_TOGETHER);
      rows.push(all, besideAll(one, all));
    }
    return rows;
  }

  async #threads(): Promise<BenchRow[]> {
    const { threads } = this.#amounts;
    const work = stepsWork('lstm', threads, threads.timed);
    const all = await this.#all.training(work);
    const one = await this.#one.training(work);
    return [all, besideAll(one, all)];
  }

  async #sameBitsOnOneThread(): Promise<BenchRow> {
    const all = await this.#all.trainedWeights('A run on all threads', SHARED, SHARED_STEPS);
    const one = await this.#one.trainedWeights('The same run on one thread', SHARED, SHARED_STEPS);
    const different = differences(all, one);
    if (different.length > 0) this.#say(`One thread and all differ in ${different.join(', ')}.`);
    return {
      ...this.#all.row,
      what: `${SHARED_STEPS} steps on one thread and on all`,
      model: 'lstm',
      batch: SHARED.batch,
      trainingSteps: SHARED_STEPS,
      identical: different.length === 0,
    };
  }
}

/** The row of one thread, with the speedup of all threads as its ratio. */
function besideAll(one: BenchRow, all: BenchRow): BenchRow {
  return { ...one, ratio: ratioOf(all, one), against: `the lab on ${formatCounted(all.threads ?? 0, 'thread')}` };
}

/** How many times faster the lab does the same work. */
function ratioOf(lab: BenchRow, other: BenchRow): number {
  return (other.milliseconds ?? Number.NaN) / (lab.milliseconds ?? Number.NaN);
}
