/** What the train benchmark measures of the lab itself, on any device and number of threads, and the resulting rows. */
import type { Page } from 'playwright';
import { presetConfig, type TrainingConfig } from '#core/settings/config.ts';
import type { Cell } from '#core/models/registry.ts';
import { modelSpec } from '#core/models/spec.ts';
import { trainingOperationsPerToken } from '#core/models/operations.ts';
import type { BenchOptions, BenchRow } from './bench.ts';
import type { DeviceFacts, LabDevice, ModelWork, StepsTimed, StepsWork, WeightsDigest } from './page/protocol.ts';
import type { Subjects } from './subjects.ts';

/** The models, in the order of the table. */
export const TIMED_CELLS = ['lstm', 'rnn'] as const satisfies readonly Cell[];

/** Rows per step and steps through time that stock TensorFlow.js can train in about a minute on a CPU. */
export const SHORT = { batch: 8, steps: 20 } as const;
export const PRODUCTS = [512, 1_024] as const;

/** The preset `task` for thousands of files. */
export const FULL = presetConfig('task', 1_000);
/** What a first visitor trains. */
export const NARROW = presetConfig('quick', 309);
export const REPEATED: TrainingConfig = { ...presetConfig('tiny', 0), dropout: FULL.dropout };

/** Minutes after which a measurement has failed: several times what a software adapter takes on two cores. */
export const PATIENCE = 10;
export const PEER_PATIENCE = 20;

export class TrainingLab {
  readonly facts: DeviceFacts;
  readonly #subjects: Subjects;
  readonly #device: LabDevice;
  readonly #say: BenchOptions['say'];

  /** Opens the device once, to get its name and threads. */
  static async open(subjects: Subjects, device: LabDevice, say: BenchOptions['say']): Promise<TrainingLab> {
    const facts = await subjects.measure('The device', PATIENCE, (page) =>
      page.evaluate((device) => globalThis.bench.lab.describe(device), device),
    );
    return new TrainingLab(subjects, device, facts, say);
  }

  private constructor(subjects: Subjects, device: LabDevice, facts: DeviceFacts, say: BenchOptions['say']) {
    this.facts = facts;
    this.#subjects = subjects;
    this.#device = device;
    this.#say = say;
  }

  /** The fields that all rows of the lab share. */
  get row() {
    const { name, threads } = this.facts;
    const known = threads === 0 ? {} : { threads };
    return { bench: 'train', device: this.#device.kind, adapter: name, subject: 'lab', ...known } as const;
  }

  steps(what: string, work: StepsWork): Promise<StepsTimed> {
    return this.#measure(what, PATIENCE, (page, device) =>
      page.evaluate(({ device, work }) => globalThis.bench.lab.steps(device, work), { device, work }),
    );
  }

  /** @param what description for the row, if several models with the same cell and shape are timed */
  async training(work: StepsWork, what?: string): Promise<BenchRow> {
    const { seconds } = await this.steps(`Training steps of the ${nameOf(work)}, lab${this.#onThreads()}`, work);
    return { ...this.row, ...(what === undefined ? {} : { what }), ...stepsFigures(work, seconds) };
  }

  /** @param together number of products between two readings of the clock */
  async product(size: number, timed: number, together: number): Promise<BenchRow> {
    const work = { size, timed, together };
    const { seconds } = await this.#measure(
      `The product of ${size}, lab${this.#onThreads()}`,
      PATIENCE,
      (page, device) =>
        page.evaluate(({ device, work }) => globalThis.bench.lab.product(device, work), { device, work }),
    );
    return { ...this.row, ...productFigures(size, seconds) };
  }

  async changingLengths(config: TrainingConfig, steps: number): Promise<BenchRow> {
    const work = { ...modelWork('lstm', config), steps };
    const found = await this.#measure('Rows of changing length', PATIENCE * 2, (page, device) =>
      page.evaluate(({ device, work }) => globalThis.bench.lab.changingLengths(device, work), { device, work }),
    );
    return {
      ...this.row,
      what: 'rows of changing length',
      model: 'lstm',
      batch: config.batch,
      trainingSteps: steps,
      tokensPerSecond: found.tokens / found.seconds,
      peakBytes: found.peakBytes,
      planBytes: found.planBytes,
      growthBytes: found.growthBytes,
      milliseconds: found.seconds * 1000,
    };
  }

  async twoRuns(steps: number): Promise<BenchRow> {
    const first = await this.trainedWeights('The first of two runs', REPEATED, steps);
    const second = await this.trainedWeights('The second of two runs', REPEATED, steps);
    const different = differences(first, second);
    if (different.length > 0) this.#say(`Two runs from the same seed differ in ${different.join(', ')}.`);
    return {
      ...this.row,
      what: `two runs of ${steps} steps`,
      model: 'lstm',
      batch: REPEATED.batch,
      trainingSteps: steps,
      identical: different.length === 0,
    };
  }

  /** Weights of an LSTM after training steps on rows of changing length. */
  trainedWeights(what: string, config: TrainingConfig, steps: number): Promise<WeightsDigest> {
    const work = { ...modelWork('lstm', config), steps };
    return this.#measure(what, PATIENCE, (page, device) =>
      page.evaluate(({ device, work }) => globalThis.bench.lab.trainedWeights(device, work), { device, work }),
    );
  }

  #onThreads(): string {
    const { threads } = this.#device;
    if (threads === undefined) return '';
    return threads === 1 ? ' on one thread' : ` on ${threads} threads`;
  }

  #measure<T>(what: string, minutes: number, request: (page: Page, device: LabDevice) => Promise<T>): Promise<T> {
    return this.#subjects.measure(what, minutes, (page) => request(page, this.#device));
  }
}

/** Names of the tensors whose bits differ. */
export function differences(first: WeightsDigest, second: WeightsDigest): string[] {
  return Object.keys(first).filter((name) => first[name] !== second[name]);
}

/** Figures of training steps of the lab or a peer. */
export function stepsFigures({ spec, config }: StepsWork, seconds: readonly number[]) {
  const steps = config.length - 1;
  const tokensPerSecond = (config.batch * steps) / median(seconds);
  return {
    model: spec.cell,
    batch: config.batch,
    steps,
    tokensPerSecond,
    gflops: (tokensPerSecond * trainingOperationsPerToken(spec)) / 1e9,
    milliseconds: median(seconds) * 1000,
  };
}

/** Figures of a product of two square matrices by the lab or a peer. */
export function productFigures(size: number, seconds: readonly number[]) {
  return {
    what: `product ${size.toLocaleString('en-US')}`,
    gflops: (2 * size ** 3) / median(seconds) / 1e9,
    milliseconds: median(seconds) * 1000,
  };
}

/** Steps of a full-size model. */
export function stepsWork(cell: Cell, shape: { batch: number; steps: number }, timed: number): StepsWork {
  return { ...modelWork(cell, { ...FULL, batch: shape.batch, length: shape.steps + 1 }), timed };
}

/** Steps of a model of the preset `quick`. */
export function narrowWork(cell: Cell, timed: number): StepsWork {
  return { ...modelWork(cell, NARROW), timed };
}

export function modelWork(cell: Cell, config: TrainingConfig): ModelWork {
  return { spec: modelSpec(cell, config, config.vocabulary), config };
}

/** `lstm, 8 x 20`. */
export function nameOf({ spec, config }: ModelWork): string {
  return `${spec.cell}, ${config.batch} x ${config.length - 1}`;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
