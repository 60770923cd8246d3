/** Compares the memory of real steps on WebGPU with their plan. They request what was planned, for rows of any length. */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { presetConfig, type TrainingConfig } from '#core/settings/config.ts';
import { MODEL_NAMES, type ModelName } from '#core/models/registry.ts';
import { modelSpec } from '#core/models/spec.ts';
import type { MemoryPlan } from '#core/models/memoryPlan.ts';
import { streamFor } from '#core/random/stream.ts';
import { makeBatch, type Batch } from '#core/data/batches/batch.ts';
import { initialWeights } from '#core/models/weights.ts';
import type { Device } from '#engine/devices/device.ts';
import { sharedDevice } from '#engine/devices/shared.fixture.ts';
import { CompletionModel } from '#engine/models/completionModel.ts';
import { Optimiser } from '#engine/models/optimiser.ts';
import { planMemory, type PlanWork } from '#engine/memory/plan.ts';
import { gpuMemory } from '#engine/devices/memory.ts';
import type { ArenaBackend } from '#engine/backends/webgpu/arenaBackend.ts';
import type { Arena } from '#engine/backends/webgpu/arena.ts';
import { evaluate } from './evaluate.ts';
import { TrainingStep } from './step.ts';

let device: Device;
let arena: Arena;
beforeAll(async () => {
  device = await sharedDevice('webgpu');
  ({ arena } = tf.backend() as ArenaBackend);
});

let cleanUp: (() => void) | undefined;
afterEach(() => {
  cleanUp?.();
  cleanUp = undefined;
  // A training leaves no memory allocated, however it ended.
  expect(device.allocatedBytes()).toBe(0);
});

/** Maximum size of the uniforms of the few TensorFlow.js kernels in a step; each has about a hundred bytes. */
const UNIFORM_BYTES = 1024;

interface Sizes {
  readonly batch: number;
  readonly length: number;
  readonly tokens: number;
  readonly embedding: number;
  readonly hidden: number;
  readonly dropout: number;
}

interface Training {
  readonly plan: MemoryPlan;
  readonly model: CompletionModel;
  readonly step: TrainingStep;
  /** A batch whose first row has `longest` tokens, the others from `shortest` on. */
  readonly batch: (shortest: number, longest: number) => Batch;
}

/** Settings of networks that differ from the task's. */
type Network = Partial<Pick<TrainingConfig, 'layers' | 'connection' | 'weightTying' | 'embedding'>>;

async function prepare(name: ModelName, sizes: Sizes, maxRows = sizes.batch, network: Network = {}): Promise<Training> {
  const { batch, length, tokens, dropout } = sizes;
  const config = { ...presetConfig('tiny', 10), ...sizes, ...network, vocabulary: tokens - 2 };
  const spec = modelSpec(name, config, tokens - 2);
  const work: PlanWork = { spec, batch, length };
  const plan = await device.prepare(work, planMemory(work, gpuMemory, device.limits, maxRows));
  const model = new CompletionModel(spec, initialWeights(spec, 1), device.ops);
  const optimiser = new Optimiser(model, device.ops, config);
  cleanUp = () => {
    model.dispose();
    optimiser.dispose();
    device.release();
  };
  const random = streamFor(1, 'rows');
  const row = (length: number) => Uint16Array.from({ length }, () => 1 + random.below(tokens - 1));
  return {
    plan,
    model,
    step: new TrainingStep({ model, optimiser, plan, dropout, seed: 1, device }),
    batch: (shortest, longest) =>
      makeBatch(
        Array.from({ length: batch }, (_, index) =>
          row(index === 0 ? longest : shortest + random.below(longest - shortest + 1)),
        ),
        { length, vocabulary: tokens - 2 },
      ),
  };
}

/** Sizes for which no tensor of a batch with at least 2 rows and 3 steps is as large as a tensor independent of the batch. */
const odd: Sizes = { batch: 5, length: 12, tokens: 73, embedding: 67, hidden: 71, dropout: 0.3 };

describe.each<[ModelName, Network]>([
  ['lstm', { layers: 1 }],
  ['residual-gru', { layers: 4 }],
  ['residual-lstm', { layers: 3, connection: 'concatenated' }],
  ['residual-rnn', { layers: 3, connection: 'gradient' }],
  ['lstm', { weightTying: 'tied', embedding: 71 }],
  ['residual-lstm', { connection: 'concatenated', weightTying: 'projected' }],
  ['gru', { weightTying: 'projected' }],
])('a step of %s, %o', (name, network) => {
  it.each([5, 3])('takes what was planned, all of it and nothing more, in micro-batches of %i rows', async (rows) => {
    const { plan, step, batch } = await prepare(name, odd, rows, network);
    expect(plan.rows).toBe(rows);
    await Promise.all([step.run(batch(12, 12)), step.run(batch(12, 12))]);
    for (const { what, count, peak } of arena.use.shelves) expect({ what, peak }).toEqual({ what, peak: count });
    expect(arena.use.beyondBytes).toBeLessThanOrEqual(UNIFORM_BYTES);
  });
});

describe.each(MODEL_NAMES)('a step of %s', (name) => {
  it.each([
    { what: 'odd sizes', sizes: odd, rows: 5 },
    { what: 'micro-batches of 3 rows', sizes: odd, rows: 3 },
    { what: 'no dropout, and logits without padding', sizes: { ...odd, tokens: 76, dropout: 0 }, rows: 5 },
  ])('takes what was planned, all of it and nothing more: $what', async ({ sizes, rows }) => {
    const { plan, step, batch } = await prepare(name, sizes, rows);
    expect(plan.rows).toBe(rows);
    expect(device.allocatedBytes()).toBe(plan.bytes);
    // Two steps in flight, as in training, so the results of both are read at the same time.
    await Promise.all([step.run(batch(12, 12)), step.run(batch(12, 12))]);
    for (const { what, count, peak } of arena.use.shelves) expect({ what, peak }).toEqual({ what, peak: count });
    expect(arena.use.beyondBytes).toBeLessThanOrEqual(UNIFORM_BYTES);
    expect(device.allocatedBytes()).toBe(plan.bytes + arena.use.beyondBytes);
  });

  it.each([5, 3])('takes no more however the lengths change, in micro-batches of %i rows', async (rows) => {
    const { plan, step, batch, model } = await prepare(name, odd, rows);
    await Promise.all([step.run(batch(12, 12)), step.run(batch(12, 12))]);
    const { beyondBuffers } = arena.use;
    const allocated = device.allocatedBytes();
    for (const longest of [4, 5, 12, 9, 10, 4, 11, 12, 6]) {
      await step.run(batch(4, longest));
      expect(device.allocatedBytes()).toBe(allocated);
    }
    const split = [12, 4, 9, 5, 10, 12, 4].map((length) => Uint16Array.from({ length }, (_, index) => 2 + index));
    await evaluate({
      device,
      model,
      rows: {
        lengths: Uint16Array.from(split, ({ length }) => length),
        read: (indices) => Promise.resolve(indices.map((index) => split[index]!)),
      },
      cut: { length: 12, vocabulary: 71 },
      batch: 5,
      microBatch: plan.rows,
      ignored: new Set(),
      onBatch: () => Promise.resolve(true),
    });
    expect(device.allocatedBytes()).toBe(allocated);
    expect(arena.use.beyondBuffers).toBe(beyondBuffers);
  });

  it('is given the same buffers for the same batch', async () => {
    const { step, batch } = await prepare(name, odd, 3);
    const [one, other] = [batch(4, 12), batch(4, 6)];
    await step.run(one);
    await step.run(other);
    const acquire = vi.spyOn(arena, 'acquireBuffer');
    const buffersOf = async (given: Batch) => {
      acquire.mockClear();
      await step.run(given);
      return acquire.mock.results.map(({ value }): unknown => value);
    };
    const first = await buffersOf(one);
    await buffersOf(other);
    const again = await buffersOf(one);
    acquire.mockRestore();
    expect(first.length).toBeGreaterThan(50);
    expect(again.length).toBe(first.length);
    expect(again.findIndex((buffer, index) => buffer !== first[index])).toBe(-1);
  });

  it('takes little more where sizes of batches and of weights coincide', async () => {
    const sizes = { ...odd, tokens: 8, embedding: 4, hidden: 4, batch: 4, length: 9 };
    const { plan, step, batch } = await prepare(name, sizes, 3);
    for (const longest of [9, 2, 5, 3, 9, 4]) await step.run(batch(2, longest));
    expect(device.allocatedBytes()).toBeLessThanOrEqual(1.1 * plan.bytes + UNIFORM_BYTES);
  });
});

it('is right without prepared memory too, which is then made to measure', async () => {
  const { step, batch, plan } = await prepare('lstm', odd);
  device.release();
  // Memory that tensors hold.
  expect(device.allocatedBytes()).toBe(plan.totals.weights + plan.totals.moments);
  const { loss } = await step.run(batch(12, 12));
  expect(loss).toBeCloseTo(Math.log(odd.tokens), 0);
  expect(arena.use.reservedBytes).toBe(0);
  expect(arena.use.beyondBytes).toBeGreaterThan(plan.totals.activations);
});

describe('where memory runs out', () => {
  const { batch, length, tokens } = odd;
  const spec = modelSpec('lstm', { ...presetConfig('tiny', 10), ...odd, vocabulary: tokens - 2 }, tokens - 2);
  const work: PlanWork = { spec, batch, length };

  it('prepares smaller micro-batches, and says so', async () => {
    // A test cannot really exhaust the memory, since other programs need it.
    const reserve = vi.spyOn(arena, 'reserve').mockResolvedValueOnce(false);
    const plan = await device.prepare(work);
    reserve.mockRestore();
    expect(plan).toMatchObject({ rows: 3, microBatches: 2 });
    expect(plan.note).toMatch(
      /^Each step takes 2 micro-batches .* The device did not have [\d.]+ MB free for 5 rows\.$/,
    );
    expect(device.allocatedBytes()).toBe(plan.bytes);
    device.release();
  });

  it('refuses where not even one row fits', async () => {
    const reserve = vi.spyOn(arena, 'reserve').mockResolvedValue(false);
    await expect(device.prepare(work)).rejects.toThrow(
      /^The device has too little free memory: one row of 11 steps takes [\d.]+ MB\. Close other tabs/,
    );
    reserve.mockRestore();
  });
});
