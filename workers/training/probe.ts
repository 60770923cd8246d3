/**
 * Measures training speed on a device with a few steps, so that the page can show the time of an epoch before training starts.
 * Batches of two lengths give the fixed time of a batch (mostly the update) and the time per time step.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { TrainingConfig } from '#core/settings/config.ts';
import type { ModelName } from '#core/models/registry.ts';
import { modelSpec, type ModelSpec } from '#core/models/spec.ts';
import type { DeviceKind } from '#core/devices.ts';
import { SPECIAL_IDS } from '#core/data/vocabulary.ts';
import type { MemoryPlan } from '#core/models/memoryPlan.ts';
import { trainingOperationsPerToken } from '#core/models/operations.ts';
import { streamFor } from '#core/random/stream.ts';
import { makeBatch, splitBatch, type Batch, type Cut } from '#core/data/batches/batch.ts';
import { evaluationOrder, trainingOrder } from '#core/data/batches/order.ts';
import { weightShapes, type Weights } from '#core/models/weights.ts';
import type { Device } from '#engine/devices/device.ts';
import { unlessLost } from '#engine/devices/unlessLost.ts';
import { CompletionModel } from '#engine/models/completionModel.ts';
import { Optimiser } from '#engine/models/optimiser.ts';
import { STEPS_IN_FLIGHT } from '#engine/memory/kernelMemory.ts';
import { nextTask } from './control.ts';
import { fromDevice, toDevice } from './data.ts';
import { TrainingStep } from './step.ts';

/** Seconds of a batch as a linear function of its time steps. */
export interface BatchCost {
  /** Seconds independent of the number of time steps and rows. */
  readonly fixed: number;
  /** Seconds for each time step of `StepCost.rows` rows. */
  readonly perTimeStep: number;
}

export interface StepCost {
  /** Forward, backward and the update. */
  readonly training: BatchCost;
  /** Forward alone, as validation does it. */
  readonly evaluation: BatchCost;
  readonly rows: number;
}

export interface Probe {
  /** A device without other work; the probe releases it. */
  readonly device: Device;
  readonly model: ModelName;
  readonly config: TrainingConfig;
  readonly cut: Cut;
  /** Ends the probe between two batches. */
  readonly signal: AbortSignal;
}

/** Time steps of the two timed batches, or fewer if rows are shorter. */
const SHORT = 4;
const LONG = 16;
/** A batch that takes less time is repeated for this long. */
const ENOUGH_SECONDS = 0.05;

/**
 * Maximum number of floating-point operations of the longer batch in training, so that a probe takes about a second. On a CPU the
 * time is proportional to the rows. On a GPU it is not until there are many rows, so the GPU has to be timed with many.
 */
const MAX_OPERATIONS: Readonly<Record<DeviceKind, number>> = { webgpu: 100e9, cpu: 8e9, reference: 2e9 };

/** @returns null if it was aborted @throws LabError `device` if the model does not fit, `device-lost` if the device is lost */
export async function probeSpeed(probe: Probe): Promise<StepCost | null> {
  const { device, config, cut } = probe;
  const spec = modelSpec(probe.model, config, cut.vocabulary);
  const rows = rowsToTime(spec, config.batch, device.kind);
  try {
    const plan = await device.prepare({ spec, batch: rows, length: Math.min(LONG + 1, cut.length) });
    const model = new CompletionModel(spec, quickWeights(spec), device.ops);
    const optimiser = new Optimiser(model, device.ops, config);
    try {
      return await unlessLost(device, timeBatches(probe, plan, model, optimiser, rows));
    } finally {
      model.dispose();
      optimiser.dispose();
    }
  } finally {
    device.release();
  }
}

/** Rows of the timed batches: the configuration's, or fewer if those would take too long. */
export function rowsToTime(spec: ModelSpec, batch: number, kind: DeviceKind): number {
  const most = MAX_OPERATIONS[kind] / (LONG * trainingOperationsPerToken(spec));
  return Math.min(batch, Math.max(1, Math.floor(most)));
}

/** Weights for timing. The time of a step does not depend on values, and drawing real initial weights takes longer than the steps. */
function quickWeights(spec: ModelSpec): Weights {
  const random = streamFor(0, 'probe/weights');
  const some = Float32Array.from({ length: 4093 }, () => (2 * random.uniform() - 1) / Math.sqrt(spec.hidden));
  const tensorOf = (shape: readonly number[]) => {
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
    for (let from = 0; from < data.length; from += some.length) {
      data.set(some.subarray(0, data.length - from), from);
    }
    return { dtype: 'F32', shape, data } as const;
  };
  return new Map(weightShapes(spec).map(({ name, shape }) => [name, tensorOf(shape)]));
}

async function timeBatches(
  { device, config, cut, signal }: Probe,
  plan: MemoryPlan,
  model: CompletionModel,
  optimiser: Optimiser,
  rows: number,
): Promise<StepCost | null> {
  const { dropout, seed } = config;
  const step = new TrainingStep({ model, optimiser, plan, dropout, seed, device });
  const evaluate = async (batch: Batch) => {
    for (const micro of splitBatch(batch, plan.rows)) {
      const tensors = toDevice(micro, batch, device);
      const scores = fromDevice(model.evaluate(tensors));
      tf.dispose([tensors.inputs, tensors.targets]);
      await scores;
    }
  };
  const batchOf = (steps: number) => randomBatch(rows, Math.min(steps + 1, cut.length), cut);
  const batches = [batchOf(SHORT), batchOf(LONG)] as const;
  const atOnce = device.asynchronous ? STEPS_IN_FLIGHT : 1;
  const training = await costOf(batches, (batch) => step.run(batch), atOnce, signal);
  const evaluation = await costOf(batches, evaluate, 1, signal);
  return training && evaluation && { training, evaluation, rows };
}

/** A batch of random tokens without padding. */
function randomBatch(rows: number, length: number, cut: Cut): Batch {
  const random = streamFor(0, 'probe');
  const row = () => Uint16Array.from({ length }, () => SPECIAL_IDS + random.below(cut.vocabulary));
  return makeBatch(Array.from({ length: rows }, row), cut);
}

/**
 * @param begin passes a batch to the device
 * @param atOnce number of batches in flight, as in training
 * @returns null if it was aborted
 */
async function costOf(
  [short, long]: readonly [Batch, Batch],
  begin: (batch: Batch) => Promise<unknown>,
  atOnce: number,
  signal: AbortSignal,
): Promise<BatchCost | null> {
  const ofShort = await secondsOf(() => begin(short), atOnce, signal);
  const ofLong = await secondsOf(() => begin(long), atOnce, signal);
  if (ofShort === null || ofLong === null) return null;
  return lineThrough({ steps: short.steps, seconds: ofShort }, { steps: long.steps, seconds: ofLong });
}

/** Seconds that one batch takes; null if aborted. */
async function secondsOf(begin: () => Promise<unknown>, atOnce: number, signal: AbortSignal): Promise<number | null> {
  const time = async (count: number) => {
    const from = performance.now();
    await Promise.all(Array.from({ length: count }, begin));
    return (performance.now() - from) / 1000 / count;
  };
  const ended = async () => {
    await nextTask();
    return signal.aborted;
  };
  if (await ended()) return null;
  await begin(); // warm-up: prepares kernels and buffers
  if (await ended()) return null;
  // If one batch takes long, having the next in flight saves little.
  const alone = await time(1);
  if (alone >= ENOUGH_SECONDS) return alone;
  const end = performance.now() + 1000 * ENOUGH_SECONDS;
  const timings: number[] = [];
  do {
    if (await ended()) return null;
    timings.push(await time(atOnce));
  } while (performance.now() < end);
  return medianOf(timings);
}

function medianOf(timings: readonly number[]): number {
  return timings.toSorted((a, b) => a - b)[Math.floor(timings.length / 2)]!;
}

interface Point {
  readonly steps: number;
  readonly seconds: number;
}

/** The line through two points. Noise could give a negative cost, so costs are at least 0. With a single length, all is fixed. */
export function lineThrough(short: Point, long: Point): BatchCost {
  const further = long.steps - short.steps;
  if (further === 0) return { fixed: long.seconds, perTimeStep: 0 };
  const perTimeStep = Math.max(0, (long.seconds - short.seconds) / further);
  const fixed = long.seconds - long.steps * perTimeStep;
  if (fixed >= 0) return { fixed, perTimeStep };
  return { fixed: 0, perTimeStep: long.seconds / long.steps };
}

export interface EpochWork {
  /** Tokens of each row. */
  readonly train: ArrayLike<number>;
  readonly validation: ArrayLike<number>;
  /** Rows per batch. */
  readonly batch: number;
  readonly seed: number;
  /** Length at which rows are cut. */
  readonly length: number;
}

/**
 * Expected seconds of the first epoch and its validation. The longest row of a batch decides its time steps, and the cost of a time
 * step is proportional to the rows. Micro-batches repeat a part of the fixed cost. This is not counted: they are needed for long
 * rows, for which the fixed cost is small.
 */
export function epochSeconds({ training, evaluation, rows }: StepCost, work: EpochWork): number {
  const { train, validation, batch, seed, length } = work;
  const secondsOf = (cost: BatchCost, lengths: ArrayLike<number>, order: readonly (readonly number[])[]) =>
    order.reduce((sum, indices) => {
      const longest = Math.max(...indices.map((index) => Math.min(lengths[index]!, length)));
      const steps = Math.max(2, longest) - 1;
      return sum + cost.fixed + (cost.perTimeStep * steps * indices.length) / rows;
    }, 0);
  return (
    secondsOf(training, train, trainingOrder(train, batch, seed, 1)) +
    secondsOf(evaluation, validation, evaluationOrder(validation, batch))
  );
}
