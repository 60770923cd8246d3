/** Compares steps in micro-batches with whole ones, and two steps in flight with one after the other. */
import type * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { presetConfig } from '#core/settings/config.ts';
import { MODEL_NAMES, type ModelName } from '#core/models/registry.ts';
import { modelSpec } from '#core/models/spec.ts';
import { PAD_ID } from '#core/data/vocabulary.ts';
import type { Measures } from '#core/metrics/measures.ts';
import { streamFor } from '#core/random/stream.ts';
import { makeBatch, type Batch } from '#core/data/batches/batch.ts';
import { layersOf, layerOf } from '#core/runs/stepTable.ts';
import { initialWeights, weightShapes } from '#core/models/weights.ts';
import type { Device } from '#engine/devices/device.ts';
import { sharedDevice } from '#engine/devices/shared.fixture.ts';
import { CompletionModel } from '#engine/models/completionModel.ts';
import { Optimiser } from '#engine/models/optimiser.ts';
import { evaluate } from './evaluate.ts';
import { TrainingStep, type StepResult } from './step.ts';

const config = { ...presetConfig('tiny', 10), vocabulary: 29, embedding: 5, hidden: 7, learningRate: 0.01 };
const cut = { length: 12, vocabulary: 29 };

/** Rows with these lengths, padded with PAD. */
function rowsOf(lengths: readonly number[], seed: number): Uint16Array[] {
  const ids = streamFor(seed, 'rows');
  return lengths.map((length) => {
    const row = new Uint16Array(cut.length);
    for (let i = 0; i < length; i++) row[i] = 1 + ids.below(30);
    return row;
  });
}

/** Two rows are PAD alone, and so is the last micro-batch of two. */
const batches = [0, 1].map((seed) => makeBatch(rowsOf([12, 3, 0, 7, 9, 1, 0], seed), cut));

/** An optimizer that records the gradients that it receives. */
class RecordingOptimiser extends Optimiser {
  readonly recorded: Promise<Float32Array>[][] = [];

  override step(gradients: readonly tf.Tensor[]): tf.Tensor1D {
    this.recorded.push(gradients.map((gradient) => gradient.data<'float32'>()));
    return super.step(gradients);
  }
}

interface Outcome {
  readonly results: readonly StepResult[];
  /** Gradients of each step, in the order of the variables. */
  readonly gradients: readonly (readonly Float32Array[])[];
  readonly weights: readonly Float32Array[];
}

/** @param together whether every step begins before the first one is awaited */
async function train(device: Device, name: ModelName, microRows: number, together = false): Promise<Outcome> {
  const spec = modelSpec(name, config, config.vocabulary);
  const before = device.tensors();
  const model = new CompletionModel(spec, initialWeights(spec, 1), device.ops);
  const optimiser = new RecordingOptimiser(model, device.ops, config);
  const step = new TrainingStep({ model, optimiser, plan: { rows: microRows }, dropout: 0.4, seed: 5, device });
  const results: StepResult[] = [];
  if (together) results.push(...(await Promise.all(batches.map((batch) => step.run(batch)))));
  else for (const batch of batches) results.push(await step.run(batch));
  const gradients = await Promise.all(optimiser.recorded.map((reads) => Promise.all(reads)));
  const weights = [...(await model.weights()).values()].map(({ data }) => data);
  model.dispose();
  optimiser.dispose();
  expect(device.tensors()).toBe(before);
  return { results, gradients, weights };
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  const scale = Math.max(...Array.from(expected, Math.abs), 1e-3);
  for (let i = 0; i < actual.length; i++) {
    expect(Math.abs(actual[i]! - expected[i]!), `${what}, value ${i}`).toBeLessThanOrEqual(tolerance * scale);
  }
}

/** Compares each value separately, even if it is small compared with the others. */
function expectEach(actual: readonly number[], expected: readonly number[], tolerance: number, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  for (const [i, value] of expected.entries()) {
    expect(Math.abs(actual[i]! - value), `${what}, value ${i}`).toBeLessThanOrEqual(tolerance * value);
  }
}

/** Values at the batch's targets. */
function atTargets({ targets }: Batch, values: Float32Array): number[] {
  return [...values].filter((_, index) => targets[index] !== PAD_ID);
}

describe.each(['cpu', 'webgpu'] as const)('TrainingStep on %s', (kind) => {
  let device: Device;
  beforeAll(async () => {
    device = await sharedDevice(kind);
  });

  it.each(MODEL_NAMES)('gives in micro-batches what the whole batch gives: %s', async (name) => {
    const whole = await train(device, name, 7);
    for (const rows of [4, 3, 2]) {
      const parts = await train(device, name, rows);
      const [expected, actual] = [whole.results[0]!, parts.results[0]!];
      expectClose([actual.loss, actual.gradientNorm], [expected.loss, expected.gradientNorm], 1e-5, 'loss and norm');
      expectClose(actual.layerNorms, expected.layerNorms, 1e-5, 'norms of layers');
      const targets = (values: Float32Array) => atTargets(batches[0]!, values);
      expectClose(targets(actual.losses), targets(expected.losses), 1e-5, 'losses');
      expect(targets(actual.ranks)).toEqual(targets(expected.ranks));
      for (const [index, gradient] of whole.gradients[0]!.entries()) {
        expectClose(parts.gradients[0]![index]!, gradient, 1e-5, `gradient ${index} in rows of ${rows}`);
      }
      // After an update, in which a weight whose gradient is only rounding error may change in either direction.
      expectClose([parts.results[1]!.loss], [whole.results[1]!.loss], 1e-3, 'second loss');
    }
  });

  it.each(['rnn', 'residual-lstm'] as const)(
    'measures the gradients of each layer before clipping: %s',
    async (name) => {
      const names = weightShapes(modelSpec(name, config, config.vocabulary)).map((shape) => shape.name);
      const { results, gradients } = await train(device, name, 3);
      for (const [step, { gradientNorm, layerNorms }] of results.entries()) {
        const squares = gradients[step]!.map((gradient) => gradient.reduce((sum, value) => sum + value ** 2, 0));
        const normOf = (chosen: (name: string) => boolean) =>
          Math.sqrt(squares.reduce((sum, square, index) => sum + (chosen(names[index]!) ? square : 0), 0));
        expectEach([gradientNorm], [normOf(() => true)], 1e-6, 'norm');
        const expected = layersOf(2).map((layer) => normOf((name) => layerOf(name) === layer));
        expectEach(layerNorms, expected, 1e-6, `norms of layers at step ${step + 1}`);
        expect(Math.min(...layerNorms)).toBeGreaterThan(0);
      }
    },
  );

  it('gives the same bits with all steps under way at once, and again', async () => {
    const single = await train(device, 'lstm', 3);
    expect(single.results.map(({ step }) => step)).toEqual([1, 2]);
    expect(await train(device, 'lstm', 3, true)).toEqual(single);
    expect(await train(device, 'lstm', 3)).toEqual(single);
  });

  it('takes a batch without a single target', async () => {
    const spec = modelSpec('rnn', config, config.vocabulary);
    const model = new CompletionModel(spec, initialWeights(spec, 1), device.ops);
    const optimiser = new Optimiser(model, device.ops, config);
    const step = new TrainingStep({ model, optimiser, plan: { rows: 2 }, dropout: 0.4, seed: 5, device });
    const result = await step.run(makeBatch(rowsOf([0, 1, 0], 1), cut));
    expect(result).toMatchObject({ loss: 0, gradientNorm: 0, layerNorms: [0, 0, 0, 0] });
    model.dispose();
    optimiser.dispose();
  });

  it('measures the same in micro-batches as in whole ones', async () => {
    const spec = modelSpec('residual-lstm', config, config.vocabulary);
    const model = new CompletionModel(spec, initialWeights(spec, 1), device.ops);
    const rows = rowsOf([12, 3, 5, 7, 9, 2, 0], 3);
    const split = {
      lengths: Uint16Array.from(rows, (row) => row.filter((id) => id !== PAD_ID).length),
      read: (indices: readonly number[]) => Promise.resolve(indices.map((index) => rows[index]!)),
    };
    const measure = (microBatch: number) =>
      evaluate({
        device,
        model,
        rows: split,
        cut,
        batch: 4,
        microBatch,
        ignored: new Set<number>(),
        onBatch: () => Promise.resolve(true),
      });
    const [whole, parts] = [await measure(4), await measure(3)];
    expect(whole!.counted).toBe(32);
    // measures that these rows cannot have, such as those of names, are NaN in both
    const measuredOf = (measures: Measures) =>
      (Object.keys(measures) as (keyof Measures)[]).filter((figure) => !Number.isNaN(measures[figure]));
    const measured = measuredOf(whole!);
    expect(measured).toContain('loss');
    expect(measured).toContain('top5Known');
    expect(measuredOf(parts!)).toEqual(measured);
    for (const figure of measured) expect(parts![figure], figure).toBeCloseTo(whole![figure], 5);
    model.dispose();
  });
});
