/**
 * Training steps of the full-size models beside their peers, in headless Chromium: speed, dispatches, memory over rows of
 * changing length, and whether two runs give the same bits.
 */
import type { Page } from 'playwright';
import { modelSpec, presetConfig, type Cell, type DeviceKind, type TrainingConfig } from '../../src/core/config.ts';
import { countedSeconds, trainingBytesPerStep, trainingOperationsPerToken } from '../../src/core/operations.ts';
import { webGpuHere } from '../browser.ts';
import type { Bench, BenchOptions, BenchRow } from './bench.ts';
import type { ModelWork, StepsTimed, StepsWork } from './page/protocol.ts';
import { openSubjects, versionOf, type Subjects } from './subjects.ts';

const CELLS = ['lstm', 'rnn'] as const satisfies readonly Cell[];

/** Rows of a step and steps through time: what a stock peer can do in about a minute on a processor. */
const BATCH = 8;
const STEPS = 20;
/** The task's own length, for the count of dispatches. */
const LONG_STEPS = 1_000;
/** Of the task: below and from 5,000 training files on. */
const COUNTED_BATCHES = [8, 32] as const;
const PRODUCTS = [512, 1_024] as const;
const PEER_PRODUCT = 1_024;

/** Minutes until a measurement has failed: several times what a software adapter takes on two cores. */
const PATIENCE = 10;
const PEER_PATIENCE = 20;

const FULL = presetConfig('task', 0);
const SMALL = presetConfig('quick', 0);
const REPEATED: TrainingConfig = { ...presetConfig('tiny', 0), dropout: FULL.dropout };

export const trainBench: Bench = {
  name: 'train',
  summary: 'training steps beside stock TensorFlow.js and jax-js, dispatches, memory, the same bits twice',
  async run(options) {
    const subjects = await openSubjects(options.device === 'webgpu' ? webGpuHere() : 'system');
    try {
      return await new TrainBench(subjects, options).rows();
    } finally {
      await subjects.close();
    }
  },
};

interface Amounts {
  readonly steps: number;
  readonly products: number;
  readonly changing: number;
  readonly repeated: number;
}

class TrainBench {
  readonly #subjects: Subjects;
  readonly #device: DeviceKind;
  readonly #say: (line: string) => void;
  readonly #amounts: Amounts;

  constructor(subjects: Subjects, { quick, device, say }: BenchOptions) {
    this.#subjects = subjects;
    this.#device = device;
    this.#say = say;
    this.#amounts = quick
      ? { steps: 2, products: 2, changing: 40, repeated: 10 }
      : { steps: 5, products: 5, changing: 200, repeated: 50 };
  }

  async rows(): Promise<BenchRow[]> {
    const device = this.#device;
    const adapter = await this.#measure('The device', PATIENCE, (page) =>
      page.evaluate((kind) => globalThis.bench.lab.name(kind), device),
    );
    const rows: BenchRow[] = [];
    for (const cell of CELLS) rows.push(...(await this.#training(cell)));
    const lstm = rows.find(({ model }) => model === 'lstm');
    rows.push(...(await this.#products(lstm?.gflops)));
    if (device === 'webgpu') {
      for (const cell of CELLS) {
        const row = await this.#dispatches(cell);
        rows.push(row, ...COUNTED_BATCHES.map((batch) => countedRow(cell, batch, row.dispatchesPerStep ?? 0)));
      }
      rows.push(await this.#changingLengths());
    }
    rows.push(await this.#twoRuns());
    return rows.map((row) => ({ ...row, adapter }));
  }

  async #training(cell: Cell): Promise<BenchRow[]> {
    const work = stepsWork(cell, BATCH, STEPS, this.#amounts.steps);
    const lab = await this.#labSteps(`Training steps of the ${cell}, lab`, work);
    const row = (subject: string, timed: StepsTimed): BenchRow => {
      const seconds = median(timed.seconds);
      const tokensPerSecond = (BATCH * STEPS) / seconds;
      return {
        bench: 'train',
        device: this.#device,
        subject,
        model: cell,
        batch: BATCH,
        steps: STEPS,
        tokensPerSecond,
        gflops: (tokensPerSecond * trainingOperationsPerToken(work.spec)) / 1e9,
        ...(this.#device === 'webgpu' ? countedOnGpu(timed) : {}),
        milliseconds: seconds * 1000,
      };
    };
    if (this.#device !== 'webgpu') return [row('lab', lab)];
    const subject = `TensorFlow.js ${await versionOf('@tensorflow/tfjs')} tf.layers`;
    const peer = await this.#measure(`Training steps of the ${cell}, ${subject}`, PEER_PATIENCE, (page) =>
      page.evaluate((work) => globalThis.bench.stock.steps(work), { ...work, timed: 1 }),
    );
    const ratio = median(peer.seconds) / median(lab.seconds);
    return [row('lab', lab), { ...row(subject, peer), ratio }];
  }

  /** @param gflops of the lab's whole training step, which the peer's product alone is set against */
  async #products(gflops: number | undefined): Promise<BenchRow[]> {
    const timed = this.#amounts.products;
    const row = (subject: string, size: number, seconds: readonly number[]) => ({
      bench: 'train',
      what: `product ${size.toLocaleString('en-US')}`,
      device: this.#device,
      subject,
      gflops: (2 * size ** 3) / median(seconds) / 1e9,
      milliseconds: median(seconds) * 1000,
    });
    const rows: BenchRow[] = [];
    for (const size of PRODUCTS) {
      const { seconds } = await this.#measure(`The product of ${size}, lab`, PATIENCE, (page) =>
        page.evaluate(({ kind, work }) => globalThis.bench.lab.product(kind, work), {
          kind: this.#device,
          work: { size, timed },
        }),
      );
      rows.push(row('lab', size, seconds));
    }
    if (this.#device !== 'webgpu' || gflops === undefined) return rows;
    const subject = `jax-js ${await versionOf('@jax-js/jax')}`;
    const { seconds } = await this.#measure(`The product of ${PEER_PRODUCT}, ${subject}`, PATIENCE, (page) =>
      page.evaluate((work) => globalThis.bench.jax.product(work), { size: PEER_PRODUCT, timed }),
    );
    const peer = row(subject, PEER_PRODUCT, seconds);
    return [...rows, { ...peer, ratio: gflops / peer.gflops, against: 'a whole training step of the lab’s lstm' }];
  }

  async #dispatches(cell: Cell): Promise<BenchRow> {
    const work = stepsWork(cell, 1, LONG_STEPS, 1);
    const timed = await this.#labSteps(`Dispatches of ${LONG_STEPS} steps of the ${cell}`, work);
    return {
      bench: 'train',
      what: `dispatches of ${LONG_STEPS.toLocaleString('en-US')} steps`,
      device: this.#device,
      subject: 'lab',
      model: cell,
      batch: 1,
      steps: LONG_STEPS,
      tokensPerSecond: LONG_STEPS / median(timed.seconds),
      ...countedOnGpu(timed),
      milliseconds: median(timed.seconds) * 1000,
    };
  }

  async #changingLengths(): Promise<BenchRow> {
    const work = { ...modelWork('lstm', SMALL), steps: this.#amounts.changing };
    const found = await this.#measure('Rows of changing length', PATIENCE * 2, (page) =>
      page.evaluate(({ kind, work }) => globalThis.bench.lab.changingLengths(kind, work), { kind: this.#device, work }),
    );
    return {
      bench: 'train',
      what: 'rows of changing length',
      device: this.#device,
      subject: 'lab',
      model: 'lstm',
      batch: SMALL.batch,
      trainingSteps: work.steps,
      tokensPerSecond: found.tokens / found.seconds,
      peakBytes: found.peakBytes,
      planBytes: found.planBytes,
      growthBytes: found.growthBytes,
      milliseconds: found.seconds * 1000,
    };
  }

  async #twoRuns(): Promise<BenchRow> {
    const work = { ...modelWork('lstm', REPEATED), steps: this.#amounts.repeated };
    const train = (which: string) =>
      this.#measure(`The ${which} of two runs`, PATIENCE, (page) =>
        page.evaluate(({ kind, work }) => globalThis.bench.lab.trainedWeights(kind, work), {
          kind: this.#device,
          work,
        }),
      );
    const [first, second] = [await train('first'), await train('second')];
    const different = Object.keys(first).filter((name) => first[name] !== second[name]);
    if (different.length > 0) this.#say(`Two runs from the same seed differ in ${different.join(', ')}.`);
    return {
      bench: 'train',
      what: `two runs of ${work.steps} steps`,
      device: this.#device,
      subject: 'lab',
      model: 'lstm',
      batch: REPEATED.batch,
      trainingSteps: work.steps,
      identical: different.length === 0,
    };
  }

  #labSteps(what: string, work: StepsWork): Promise<StepsTimed> {
    return this.#measure(what, PATIENCE, (page) =>
      page.evaluate(({ kind, work }) => globalThis.bench.lab.steps(kind, work), { kind: this.#device, work }),
    );
  }

  #measure<T>(what: string, minutes: number, request: (page: Page) => Promise<T>): Promise<T> {
    this.#say(`${what} ...`);
    return this.#subjects.measure(what, minutes, request);
  }
}

function countedOnGpu({ dispatches, ownDispatches, peakBytes }: StepsTimed) {
  const own = ownDispatches === undefined ? {} : { ownDispatchesPerStep: ownDispatches };
  return { dispatchesPerStep: dispatches, ...own, peakBytes };
}

/** What a full-size step would take on a GPU of 10 TFLOP/s and 300 GB/s: the slower of both, and its dispatches. */
function countedRow(cell: Cell, batch: number, dispatches: number): BenchRow {
  const steps = LONG_STEPS - 1;
  const { spec } = modelWork(cell, FULL);
  const seconds = countedSeconds(spec, batch, steps, dispatches);
  const total = Math.max(seconds.arithmetic, seconds.memory) + seconds.dispatches;
  return {
    bench: 'train',
    what: 'counted, not measured',
    device: 'a GPU of 10 TFLOP/s, 300 GB/s',
    subject: 'lab',
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

function stepsWork(cell: Cell, batch: number, steps: number, timed: number): StepsWork {
  return { ...modelWork(cell, { ...FULL, batch, length: steps + 1 }), timed };
}

function modelWork(cell: Cell, config: TrainingConfig): ModelWork {
  return { spec: modelSpec(cell, config, config.vocabulary), config };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
