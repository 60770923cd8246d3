import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { presetConfig, type TrainingConfig } from '#core/settings/config.ts';
import { MODEL_NAMES, type ModelName } from '#core/models/registry.ts';
import { modelSpec, parameterCount } from '#core/models/spec.ts';
import { PAD_ID } from '#core/data/vocabulary.ts';
import { streamFor } from '#core/random/stream.ts';
import { initialWeights } from '#core/models/weights.ts';
import type { Device } from '../devices/device.ts';
import { sharedDevice } from '../devices/shared.fixture.ts';
import { CompletionModel, type BatchTensors } from './completionModel.ts';
import { Optimiser } from './optimiser.ts';

let device: Device;
beforeAll(async () => {
  device = await sharedDevice('cpu');
});

const config = { ...presetConfig('tiny', 10), vocabulary: 30, embedding: 5, hidden: 7 };

/** Three rows of 9, 6 and 4 tokens, followed by `padding` steps that are PAD for all. */
function paddedBatch(padding: number): BatchTensors {
  const lengths = [9, 6, 4];
  const steps = 8 + padding;
  const inputs = new Int32Array(steps * 3).fill(PAD_ID);
  const targets = new Int32Array(steps * 3).fill(PAD_ID);
  const ids = streamFor(11, 'batch');
  for (const [r, length] of lengths.entries()) {
    const row = Array.from({ length }, () => 1 + ids.below(31));
    for (let t = 0; t + 1 < length; t++) {
      inputs[t * 3 + r] = row[t]!;
      targets[t * 3 + r] = row[t + 1]!;
    }
  }
  return {
    inputs: tf.tensor2d(inputs, [steps, 3], 'int32'),
    targets: tf.tensor1d(targets, 'int32'),
    counted: 8 + 5 + 3,
  };
}

const NETWORKS: readonly (readonly [ModelName, Partial<TrainingConfig>])[] = [
  ...MODEL_NAMES.map((name) => [name, {}] as const),
  ['gru', { weightTying: 'tied', embedding: 7 }],
  ['residual-lstm', { connection: 'concatenated', weightTying: 'projected' }],
];

describe.each(NETWORKS)('%s, %o', (name, but) => {
  const spec = modelSpec(name, { ...config, ...but }, config.vocabulary);

  it('has as many values as its parameter count says', () => {
    const values = [...initialWeights(spec, 1).values()].reduce((sum, { data }) => sum + data.length, 0);
    expect(values).toBe(parameterCount(spec));
  });

  it('gives the same loss and gradients with the padding computed as without, dropout included', async () => {
    const model = new CompletionModel(spec, initialWeights(spec, 1), device.ops);
    const results = await Promise.all(
      [0, 5].map(async (padding) => {
        const batch = paddedBatch(padding);
        const { loss, gradients } = model.gradients(batch, { dropout: 0.4, seed: 9, step: 2 });
        return { loss: (await loss.data())[0]!, gradients: await Promise.all(gradients.map((g) => g.data())) };
      }),
    );
    const [trimmed, padded] = results as [(typeof results)[0], (typeof results)[0]];
    expect(trimmed.loss).toBeCloseTo(padded.loss, 6);
    for (const [index, gradient] of trimmed.gradients.entries()) {
      const other = padded.gradients[index]!;
      expect(gradient.every((value, i) => Math.abs(value - other[i]!) < 1e-7)).toBe(true);
    }
    expect(trimmed.gradients.some((gradient) => gradient.some((value) => value !== 0))).toBe(true);
    model.dispose();
  });

  it('has the same losses and ranks where a cache is measured beside them', async () => {
    const model = new CompletionModel(spec, initialWeights(spec, 1), device.ops);
    const batch = paddedBatch(0);
    const slots = {
      targets: tf.tensor2d(new Int32Array(8 * 3), [8, 3], 'int32'),
      ids: tf.tensor2d(Int32Array.of(3, 4, 5), [3, 1], 'int32'),
    };
    const plain = model.evaluate(batch);
    const { logits, masses, ...scores } = model.evaluateCached(batch, slots, [0.5]);
    const targets = await batch.targets.data();
    for (const what of ['losses', 'ranks'] as const) {
      const [beside, alone] = [await scores[what].data(), await plain[what].data()];
      const counted = (values: ArrayLike<number>) =>
        Array.from(values).filter((_, position) => targets[position] !== PAD_ID);
      expect(counted(beside)).toEqual(counted(alone));
    }
    tf.dispose([...Object.values(plain), ...Object.values(scores), ...masses, logits.texts, logits.largest]);
    tf.dispose([batch.inputs, batch.targets, slots.targets, slots.ids]);
    model.dispose();
  });

  it('trains to the same bits twice, and leaves no tensor behind', async () => {
    const train = async () => {
      const before = device.tensors();
      const model = new CompletionModel(spec, initialWeights(spec, 1), device.ops);
      const optimiser = new Optimiser(model, device.ops, { learningRate: 0.01, clipNorm: 0.5 });
      const losses: number[] = [];
      for (let step = 1; step <= 5; step++) {
        const batch = paddedBatch(0);
        const scores = model.gradients(batch, { dropout: 0.3, seed: 4, step });
        const norm = optimiser.step(scores.gradients);
        losses.push((await scores.loss.data())[0]!);
        tf.dispose([batch.inputs, batch.targets, scores.loss, scores.losses, scores.ranks, norm, ...scores.gradients]);
      }
      const weights = await model.weights();
      model.dispose();
      optimiser.dispose();
      expect(device.tensors()).toBe(before);
      return { losses, weights };
    };
    const [first, second] = [await train(), await train()];
    expect(first.losses[4]!).toBeLessThan(first.losses[0]!);
    expect(second).toEqual(first);
  });
});

it.each(['reference', 'cpu', 'webgpu'] as const)(
  'adds the gradients of both uses of a shared matrix up, on %s',
  async (kind) => {
    const { ops } = await sharedDevice(kind);
    const training = { dropout: 0.3, seed: 4, step: 3 };
    const tied = modelSpec('lstm', { ...config, embedding: 7, weightTying: 'tied' }, config.vocabulary);
    const shared = initialWeights(tied, 1);
    const untied = { ...tied, weightTying: 'none' } as const;
    const twice = new Map(
      [...initialWeights(untied, 1).keys()].map((name) => [
        name,
        shared.get(name === 'output.weight' ? 'embedding.weight' : name)!,
      ]),
    );
    const gradientsOf = async (model: CompletionModel) => {
      const batch = paddedBatch(0);
      const { loss, losses, ranks, gradients } = model.gradients(batch, training);
      const values = await Promise.all([loss, ...gradients].map((tensor) => tensor.data<'float32'>()));
      tf.dispose([batch.inputs, batch.targets, loss, losses, ranks, ...gradients]);
      const names = ['loss', ...model.variables.keys()];
      model.dispose();
      return new Map(values.map((data, at) => [names[at]!, data]));
    };
    const own = await gradientsOf(new CompletionModel(tied, shared, ops));
    const apart = await gradientsOf(new CompletionModel(untied, twice, ops));
    const [asInput, asOutput] = [apart.get('embedding.weight')!, apart.get('output.weight')!];
    expect([asInput, asOutput].every((values) => values.some((value) => value !== 0))).toBe(true);
    expect(own.get('embedding.weight')).toEqual(asInput.map((value, i) => value + asOutput[i]!));
    // as an input PAD has no gradient, as a token that could come next it has
    expect(asInput.subarray(0, 7)).toEqual(new Float32Array(7));
    expect(own.get('embedding.weight')!.subarray(0, 7)).toEqual(asOutput.subarray(0, 7));
    for (const name of apart.keys()) {
      const isMatrix = name === 'embedding.weight' || name === 'output.weight';
      expect(isMatrix || own.get(name), name).toEqual(isMatrix || apart.get(name));
    }
    device = await sharedDevice('cpu');
  },
);

it('counts the parameters of the task as PyTorch does', () => {
  const task = presetConfig('task', 300);
  expect(parameterCount(modelSpec('rnn', task, 10_000))).toBe(8_611_090);
  expect(parameterCount(modelSpec('residual-lstm', task, 10_000))).toBe(11_369_746);
  // without the output layer's matrix, and with a projection of 512 to 256
  const projected = { ...task, weightTying: 'projected' } as const;
  expect(parameterCount(modelSpec('lstm', projected, 10_000))).toBe(11_369_746 - 10_002 * 512 + 512 * 256);
});

it('refuses weights of another size by name', () => {
  const spec = modelSpec('rnn', config, config.vocabulary);
  const other = initialWeights({ ...spec, hidden: 8 }, 1);
  expect(() => new CompletionModel(spec, other, device.ops)).toThrow(/rnn\.weight_ih_l0 of shape \[8, 5\]/);
});
