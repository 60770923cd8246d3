/**
 * Every gradient of the ops and of the whole models against finite differences of the loss, on `reference` and on every device with kernels.
 * Nothing here knows a formula, so an error that a kernel shares with the reference is found too. (`matMul` has no gradient
 * of its own: the others call it on their way forward and back.)
 */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { presetConfig, type TrainingConfig } from '#core/settings/config.ts';
import {
  CELL_NAMES,
  CONNECTION_NAMES,
  MODEL_NAMES,
  type Activation,
  type Cell,
  type Connection,
  type ModelName,
} from '#core/models/registry.ts';
import { joinedWidth, modelSpec, outputWeightName } from '#core/models/spec.ts';
import { PAD_ID } from '#core/data/vocabulary.ts';
import { streamFor } from '#core/random/stream.ts';
import { makeBatch } from '#core/data/batches/batch.ts';
import { initialWeights, weightShapes, type Weights } from '#core/models/weights.ts';
import type { Device } from '../devices/device.ts';
import { sharedDevice } from '../devices/shared.fixture.ts';
import { CompletionModel } from '../models/completionModel.ts';
import type { Ops, TargetScores } from './contract.ts';
import { KERNEL_DEVICES } from './device.fixture.ts';
import {
  disagreement,
  normal,
  read,
  sizeOf,
  throughOp,
  TOLERANCE,
  type Differentiable,
  type Values,
} from './finiteDifferences.fixture.ts';
import { CELL_CASES, stackShapes, throughStack, type StackSizes } from './opCases.fixture.ts';

/** One layer alone: with an activation that has a kink, the kinks of a layer below could not be seen from outside. */
function throughLayer(ops: Ops, cell: Cell, activation: Activation, sizes: Omit<StackSizes, 'layers'>): Differentiable {
  const { steps, rows, hidden } = sizes;
  const loss = throughOp(
    `${cell} ${activation}`,
    stackShapes(cell, { layers: 1, ...sizes }),
    (...operands) => throughStack(ops, operands, { cell, activation, dropout: null }),
    steps * rows * hidden,
  );
  if (activation === 'tanh') return loss;
  // Positive biases keep most units alive, those of a single one too.
  const operands = loss.operands.map((values, index) => (index < 3 ? values : values.map(Math.abs)));
  return { ...loss, operands, kink: true };
}

/** Connections whose gradient differs from that of their value on purpose. */
const STUDIED_CONNECTIONS: readonly Connection[] = ['value', 'gradient'];
const TRUE_CONNECTIONS = CONNECTION_NAMES.filter((name) => !STUDIED_CONNECTIONS.includes(name));

const WHOLE_MODELS: readonly (readonly [ModelName, Partial<TrainingConfig>])[] = [
  ...MODEL_NAMES.map((name) => [name, {}] as const),
  ['residual-lstm', { connection: 'concatenated' }],
  ['residual-gru', { connection: 'scaled' }],
  ['rnn', { weightTying: 'tied', embedding: 5 }],
  ['residual-lstm', { connection: 'concatenated', weightTying: 'projected' }],
];

describe.each(['reference', ...KERNEL_DEVICES] as const)('gradients on %s', (kind) => {
  let device: Device;
  let ops: Ops;
  beforeAll(async () => {
    device = await sharedDevice(kind);
    ops = device.ops;
  });

  /** Gives the gradients back for what else can be said of them. */
  async function expectGradients(loss: Differentiable): Promise<Values> {
    const before = device.tensors();
    const gradients = await loss.gradients(loss.operands);
    expect(gradients.map(({ length }) => length)).toEqual(loss.operands.map(({ length }) => length));
    expect(gradients.some((gradient) => gradient.some((value) => value !== 0))).toBe(true);
    expect(await disagreement(loss, gradients)).toBeLessThan(TOLERANCE);
    expect(device.tensors()).toBe(before);
    return gradients;
  }

  describe.each(CELL_CASES)('a layer $cell $activation', ({ cell, activation }) => {
    it.each([
      { steps: 1, rows: 1, input: 1, hidden: 1 },
      { steps: 1, rows: 3, input: 5, hidden: 7 },
      { steps: 4, rows: 1, input: 7, hidden: 3 },
      { steps: 5, rows: 9, input: 3, hidden: 5 },
    ])('%o', async (sizes) => {
      await expectGradients(throughLayer(ops, cell, activation, sizes));
    });
  });

  it.each(
    CELL_NAMES.flatMap((cell) => [
      { cell, rate: 0.3, layers: 2, steps: 11, rows: 2, input: 5, hidden: 3 },
      { cell, rate: 0.3, layers: 3, steps: 9, rows: 3, input: 1, hidden: 2 },
      { cell, rate: 0, layers: 4, steps: 1, rows: 2, input: 3, hidden: 1 },
    ]),
  )('recurrentStack %o', async ({ cell, rate, ...sizes }) => {
    const dropout = rate === 0 ? null : { rate, key: { seed: 5, step: 3 } };
    const { layers, steps, rows, hidden } = sizes;
    await expectGradients(
      throughOp(
        `stack ${cell}`,
        stackShapes(cell, sizes),
        (...operands) => throughStack(ops, operands, { cell, activation: 'tanh', dropout }),
        layers * steps * rows * hidden,
      ),
    );
  });

  it.each(
    TRUE_CONNECTIONS.flatMap((connection) => [
      { connection, rate: 0, shape: [2, 3, 1, 5] },
      { connection, rate: 0.3, shape: [3, 2, 3, 4] },
    ]),
  )('joinLayers %o', async ({ connection, rate, shape }) => {
    const dropout = rate === 0 ? null : { rate, key: { seed: 5, step: 3 } };
    const join = (states: tf.Tensor) => ops.joinLayers(states as tf.Tensor4D, { connection, dropout });
    const width = joinedWidth({ connection, layers: shape[0]!, hidden: shape[3]! });
    await expectGradients(throughOp('join', [shape], join, shape[1]! * shape[2]! * width));
  });

  // Their gradient is not that of their value, by design.
  it.each(STUDIED_CONNECTIONS)('joinLayers %s takes one half of the sum’s effect', async (connection) => {
    const gradientOf = async (one: Connection) => {
      const weights = normal(streamFor(8, 'direction'), [6, 5]);
      const [value, gradient] = await read(
        tf.tidy(() => {
          const states = tf.tensor4d(normal(streamFor(8, 'states'), [3, 2, 3, 5]), [3, 2, 3, 5]);
          const join = (x: tf.Tensor) => ops.joinLayers(x as tf.Tensor4D, { connection: one, dropout: null });
          return [join(states), tf.grad((x) => tf.sum(tf.mul(join(x), tf.tensor2d(weights, [6, 5]))))(states)];
        }),
      );
      return { value, gradient };
    };
    const [own, none, sum] = [await gradientOf(connection), await gradientOf('none'), await gradientOf('sum')];
    const isValue = connection === 'value';
    expect(own).toEqual({ value: (isValue ? sum : none).value, gradient: (isValue ? none : sum).gradient });
  });

  it.each([
    [1, 1, 1],
    [7, 5, 3],
    [9, 4, 8],
  ])('projection of %i x %i to %i', async (n, width, to) => {
    const project = (states: tf.Tensor, weight: tf.Tensor) =>
      ops.projection(states as tf.Tensor2D, weight as tf.Tensor2D);
    const shapes = [
      [n, width],
      [to, width],
    ];
    await expectGradients(throughOp('projection', shapes, project, n * to));
  });

  it.each([
    { steps: 1, rows: 1, tokens: 2, width: 1 },
    { steps: 1, rows: 5, tokens: 3, width: 7 },
    { steps: 9, rows: 3, tokens: 7, width: 5 },
    { steps: 5, rows: 2, tokens: 5, width: 4 },
  ])('embedding %o', async ({ steps, rows, tokens, width }) => {
    const random = streamFor(3, 'ids');
    const ids = tf.tidy(() =>
      tf.tensor2d(
        Int32Array.from({ length: steps * rows }, (_, i) => (i === 0 ? 1 : random.below(tokens))),
        [steps, rows],
        'int32',
      ),
    );
    const fixed = (PAD_ID + 1) * width;
    const loss = throughOp(
      `embedding ${width}`,
      [[tokens, width]],
      (table) => ops.embedding(table as tf.Tensor2D, ids),
      steps * rows * width,
    );
    const [gradient] = await expectGradients({ ...loss, fixed });
    expect(gradient!.subarray(0, fixed).every((value) => value === 0)).toBe(true);
    ids.dispose();
  });

  it.each([
    { shape: [1, 1, 7], rate: 0.5 },
    { shape: [3, 5, 7], rate: 0.3 },
    { shape: [2, 3, 4], rate: 0.9 },
  ] as const)('dropout %o', async ({ shape, rate }) => {
    const key = { seed: 5, step: 3, layer: 1 };
    const dropped = (x: tf.Tensor) => ops.dropout(x as tf.Tensor3D, rate, key);
    await expectGradients(throughOp('dropout', [shape], dropped, sizeOf(shape)));
  });

  it.each([
    { n: 1, hidden: 1, tokens: 2 },
    { n: 1, hidden: 3, tokens: 5 },
    { n: 7, hidden: 5, tokens: 3 },
    { n: 9, hidden: 4, tokens: 8 },
  ])('linearCrossEntropy %o', async ({ n, hidden, tokens }) => {
    const random = streamFor(4, 'targets');
    const ids = Int32Array.from({ length: n }, (_, i) => (i % 4 === 3 ? PAD_ID : 1 + random.below(tokens - 1)));
    const counted = ids.filter((id) => id !== PAD_ID).length;
    const targets = tf.tidy(() => tf.tensor1d(ids, 'int32'));
    const shapes = [[n, hidden], [tokens, hidden], [tokens]];
    const scoresOf = (x: readonly tf.Tensor[], wanted: boolean): TargetScores => {
      const [states, weight, bias] = x as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
      return ops.linearCrossEntropy(states, weight, bias, targets, counted, wanted);
    };
    const tensors = (operands: Values) => operands.map((values, i) => tf.tensor(values, shapes[i]));
    await expectGradients({
      operands: shapes.map((shape) => normal(random, shape)),
      weights: Array.from(ids, (id) => (id === PAD_ID ? 0 : 1 / counted)),
      async values(operands) {
        const [losses] = await read([tf.tidy(() => scoresOf(tensors(operands), false).losses)]);
        return losses!;
      },
      gradients: (operands) =>
        read(
          tf.tidy(() =>
            tf.grads((...x: tf.Tensor[]) => {
              const { loss, losses, ranks } = scoresOf(x, true);
              tf.dispose([losses, ranks]);
              return loss;
            })(tensors(operands)),
          ),
        ),
    });
    targets.dispose();
  });

  it.each(WHOLE_MODELS)('the whole %s, %o', async (name, but) => {
    const config = { ...presetConfig('tiny', 3), vocabulary: 9, embedding: 3, hidden: 5, ...but };
    const spec = modelSpec(name, config, config.vocabulary);
    const rows = [Uint16Array.of(2, 3, 4, 3, 10), Uint16Array.of(7, 1, 9), Uint16Array.of(0, 0)];
    const { inputs, targets, steps, counted } = makeBatch(rows, config);
    const batch = tf.tidy(() => ({
      inputs: tf.tensor2d(inputs, [steps, rows.length], 'int32'),
      targets: tf.tensor1d(targets, 'int32'),
    }));
    const training = { dropout: 0.3, seed: 5, step: 2 };
    const shapes = weightShapes(spec);
    // The PAD row has no gradient, unless it is a row of the output layer too; as an input it comes after all targets.
    const fixed = spec.weightTying === 'none' ? (PAD_ID + 1) * spec.embedding : 0;
    const modelWith = (operands: Values) => {
      const weights: Weights = new Map(
        shapes.map(({ name, shape }, i) => [name, { dtype: 'F32', shape, data: operands[i]! }]),
      );
      return new CompletionModel(spec, weights, ops);
    };
    const initial = initialWeights(spec, 6);
    const gradients = await expectGradients({
      operands: shapes.map(({ name }) => Float32Array.from(initial.get(name)!.data)),
      weights: Array.from(targets, (id) => (id === PAD_ID ? 0 : 1 / counted)),
      fixed,
      async values(operands) {
        const model = modelWith(operands);
        const losses = tf.tidy(() => {
          const output = model.outputs(batch.inputs, training);
          const [weight, bias] = [outputWeightName(spec), 'output.bias'].map((name) =>
            model.variables.get(name),
          ) as unknown as [tf.Tensor2D, tf.Tensor1D];
          return ops.linearCrossEntropy(output, weight, bias, batch.targets, counted, false).losses;
        });
        model.dispose();
        const [values] = await read([losses]);
        return values!;
      },
      async gradients(operands) {
        const model = modelWith(operands);
        const { loss, losses, ranks, gradients } = model.gradients({ ...batch, counted }, training);
        model.dispose();
        tf.dispose([loss, losses, ranks]);
        return read(gradients);
      },
    });
    expect(gradients[0]!.subarray(0, fixed).every((value) => value === 0)).toBe(true);
    tf.dispose([batch.inputs, batch.targets]);
  });
});

describe('a wrong gradient', () => {
  let loss: Differentiable;
  let right: Values;
  beforeAll(async () => {
    const { ops } = await sharedDevice('reference');
    loss = throughLayer(ops, 'lstm', 'tanh', { steps: 4, rows: 3, input: 5, hidden: 7 });
    right = await loss.gradients(loss.operands);
  });

  it.each([0, 1, 2, 3, 4])('of operand %i is found, by its length or by one value', async (operand) => {
    const wrong = (change: (value: number, index: number) => number) =>
      right.map((gradient, index) => (index === operand ? gradient.map(change) : gradient));
    expect(await disagreement(loss, right)).toBeLessThan(TOLERANCE);
    expect(
      await disagreement(
        loss,
        wrong((value) => value * 1.001),
      ),
    ).toBeGreaterThan(TOLERANCE);
    expect(
      await disagreement(
        loss,
        wrong((value, index) => (index === 2 ? -value : value)),
      ),
    ).toBeGreaterThan(TOLERANCE);
    expect(
      await disagreement(
        loss,
        wrong(() => Number.NaN),
      ),
    ).toBe(Infinity);
  });
});
