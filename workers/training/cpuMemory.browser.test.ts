/** Compares the memory of real training steps on the device cpu with their plan, also for rows of changing length. */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { presetConfig, type TrainingConfig } from '#core/settings/config.ts';
import { MODEL_NAMES, type ModelName } from '#core/models/registry.ts';
import { modelSpec } from '#core/models/spec.ts';
import { streamFor } from '#core/random/stream.ts';
import { makeBatch, type Batch } from '#core/data/batches/batch.ts';
import { initialWeights, weightShapes } from '#core/models/weights.ts';
import { TrainingStep } from './step.ts';
import { openDevice, type Device } from '#engine/devices/device.ts';
import { CompletionModel } from '#engine/models/completionModel.ts';
import { Optimiser } from '#engine/models/optimiser.ts';
import { planMemory } from '#engine/memory/plan.ts';
import { phasesOf } from '#engine/memory/step.ts';
import { currentBackend } from '#engine/backends/simd/backend.ts';
import { cpuMemory } from '#engine/devices/memory.ts';

/** No width is a multiple of a panel, and the number of positions is not a multiple of a slice of logits. */
const SIZES = { batch: 5, length: 203, tokens: 1_003, embedding: 37, hidden: 71, dropout: 0.3 };

let device: Device;
let cleanUp: (() => void) | undefined;
afterEach(() => {
  cleanUp?.();
  cleanUp = undefined;
  expect(device.allocatedBytes()).toBe(0);
});

async function prepare(name: ModelName, rows: number, network: Partial<TrainingConfig> = {}) {
  device = await openDevice('cpu', { threads: 2 });
  const config = { ...presetConfig('tiny', 10), ...SIZES, ...network, vocabulary: SIZES.tokens - 2 };
  const spec = modelSpec(name, config, config.vocabulary);
  const work = { spec, optimizer: config.optimizer, batch: SIZES.batch, length: SIZES.length };
  const plan = await device.prepare(work, planMemory(work, cpuMemory, device.limits, rows));
  const model = new CompletionModel(spec, initialWeights(spec, 1), device.ops);
  const optimiser = new Optimiser(model, device.ops, config);
  cleanUp = () => {
    model.dispose();
    optimiser.dispose();
    device.release();
  };
  const random = streamFor(1, 'rows');
  const row = (length: number) => Uint16Array.from({ length }, () => 1 + random.below(1_000));
  const batch = (length: number): Batch =>
    makeBatch(
      Array.from({ length: SIZES.batch }, () => row(length)),
      config,
    );
  const step = new TrainingStep({ model, optimiser, plan, dropout: SIZES.dropout, seed: 1, device });
  return { spec, optimiser, plan, step, batch, heap: currentBackend().runtime.heap };
}

describe.each(MODEL_NAMES)('a step of %s', (name) => {
  it.each([5, 2])('takes what was planned, within a thousandth, in micro-batches of %i rows', async (rows) => {
    const { plan, step, batch, heap } = await prepare(name, rows);
    expect(plan.rows).toBe(rows);
    // Two steps in flight, as in training.
    await Promise.all([step.run(batch(SIZES.length)), step.run(batch(SIZES.length))]);
    const peak = heap.resetPeak();
    expect(peak / plan.bytes).toBeGreaterThan(0.999);
    expect(peak / plan.bytes).toBeLessThan(1.001);
    const lengths = [20, 203, 77, 150, 203, 2, 203, 99];
    const allOf = async () => {
      for (const longest of lengths) await step.run(batch(longest));
      return [heap.resetPeak(), heap.memoryBytes];
    };
    const first = await allOf();
    expect(first[0]! / plan.bytes).toBeLessThan(1.001);
    // The same lengths again need no more memory.
    expect(await allOf()).toEqual(first);
    expect(tf.memory().numTensors).toBe(device.tensors());
  });
});

it.each<[ModelName, Partial<TrainingConfig>]>([
  ['lstm', { layers: 1 }],
  ['residual-gru', { layers: 4 }],
  ['residual-lstm', { layers: 3, connection: 'concatenated' }],
  ['lstm', { weightTying: 'tied', embedding: 71 }],
  ['residual-lstm', { connection: 'concatenated', weightTying: 'projected' }],
])('a step of %s, %o, takes what was planned, within a thousandth', async (name, network) => {
  const { plan, step, batch, heap } = await prepare(name, 5, network);
  await Promise.all([step.run(batch(SIZES.length)), step.run(batch(SIZES.length))]);
  const peak = heap.resetPeak();
  expect(peak / plan.bytes).toBeGreaterThan(0.999);
  expect(peak / plan.bytes).toBeLessThan(1.001);
});

it.each(['adam', 'adamw', 'sgd'] as const)(
  '%s allocates for an update what its kernel plans, to the byte',
  async (optimizer) => {
    const { spec, optimiser, heap } = await prepare('lstm', 5, { optimizer });
    const sizes = { microBatches: 1, rows: 5, steps: SIZES.length - 1, sliceRows: 5 };
    const planned = phasesOf({ spec, optimizer }, sizes, cpuMemory.kernels)
      .at(-1)!
      .filter(({ kind }) => kind === 'scratch');
    const gradients = weightShapes(spec).map(({ shape }) => tf.ones([...shape]));
    device.upload(gradients);
    heap.resetPeak();
    const before = heap.allocatedBytes;
    const norms = optimiser.step(gradients);
    const allocated = heap.resetPeak() - before;
    await norms.data();
    tf.dispose([norms, ...gradients]);
    expect(planned.map(({ what }) => what)).toEqual(['partial sums of squares', 'gradient norms']);
    // each block begins at a cache line; the norms are planned for two steps, and one is in flight
    expect(allocated).toBe(planned.reduce((sum, { bytes }) => sum + Math.ceil(bytes / 64) * 64, 0));
  },
);

it('cuts the batch, or refuses, where four gibibytes do not hold it', () => {
  const config = presetConfig('task', 10_000);
  const spec = modelSpec('lstm', config, 10_000);
  const limits = { bufferBytes: 2 ** 32, workgroups: Infinity, budgetBytes: 0.9 * 2 ** 32 };
  const whole = planMemory({ spec, batch: 32, length: 1_000 }, cpuMemory, limits);
  expect(whole).toMatchObject({ microBatches: 1 });
  const cut = planMemory({ spec, batch: 256, length: 1_000 }, cpuMemory, limits);
  expect(cut.microBatches).toBeGreaterThan(1);
  expect(cut.bytes).toBeLessThan(limits.budgetBytes);
  expect(cut.note).toMatch(
    /^Each step takes \d+ micro-batches of at most \d+ rows: for all 256 rows all buffers together/,
  );
  const work = { spec: { ...spec, hidden: 9_000 }, batch: 1, length: 1_000 };
  expect(() => planMemory(work, cpuMemory, limits)).toThrow(/Choose a shorter row length, or fewer hidden units\.$/);
});
