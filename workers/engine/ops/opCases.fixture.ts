/**
 * Ops at odd sizes, with their values and gradients as plain values, so that devices can be compared:
 * stock ops step by step take long on a software adapter, and not every device has all of them. The tests of each op
 * have more sizes.
 */
import * as tf from '@tensorflow/tfjs-core';
import { ACTIVATIONS, CELLS, CELL_NAMES, CONNECTION_NAMES, type Activation, type Cell } from '#core/models/registry.ts';
import { streamFor } from '#core/random/stream.ts';
import type { Ops, RecurrentWeights, StackOptions } from './contract.ts';
import { normal, resultsOf, type Result } from './device.fixture.ts';

export interface OpCase {
  readonly title: string;
  readonly shapes: readonly (readonly number[])[];
  readonly op: (set: Ops, operands: readonly tf.Tensor[], ids: tf.Tensor) => tf.Tensor;
  /** Given to the op beside its operands; empty where there are none. */
  readonly ids?: readonly (readonly number[])[];
}

/** The output, then the gradients of all operands of a seeded weighted sum of it. Leaves no tensor behind. */
export function outputAndGradients({ title, shapes, op, ids = [] }: OpCase, set: Ops): Promise<Result[]> {
  const random = streamFor(9, title);
  const results = tf.tidy(() => {
    // Small enough that no unit saturates.
    const operands = shapes.map((shape) => normal(random, [...shape], 1 / Math.sqrt(shape.at(-1)!)));
    const idTensor = tf.tensor(ids, [ids.length, ids[0]?.length ?? 0], 'int32');
    const output = op(set, operands, idTensor);
    const weights = normal(random, output.shape, 1);
    return [output, ...tf.grads((...x: tf.Tensor[]) => tf.sum(tf.mul(op(set, x, idTensor), weights)))(operands)];
  });
  return resultsOf(results);
}

/** Cells with the activations that they can have. */
export const CELL_CASES: readonly { readonly cell: Cell; readonly activation: Activation }[] = CELL_NAMES.flatMap(
  (cell) =>
    (CELLS[cell].choosesActivation ? ACTIVATIONS : (['tanh'] as const)).map((activation) => ({ cell, activation })),
);

export interface StackSizes {
  readonly layers: number;
  readonly steps: number;
  readonly rows: number;
  readonly input: number;
  readonly hidden: number;
}

/** Shapes of a stack's operands: the input, then each layer's weights and biases. */
export function stackShapes(cell: Cell, { layers, steps, rows, input, hidden }: StackSizes): number[][] {
  const stacked = CELLS[cell].gates * hidden;
  const ofLayer = (width: number) => [[stacked, width], [stacked, hidden], [stacked], [stacked]];
  const widths = Array.from({ length: layers }, (_, layer) => (layer === 0 ? input : hidden));
  return [[steps, rows, input], ...widths.flatMap(ofLayer)];
}

/** A stack over operands of those shapes. */
export function throughStack(ops: Ops, [input, ...weights]: readonly tf.Tensor[], options: StackOptions): tf.Tensor4D {
  const layers = Array.from({ length: weights.length / 4 }, (_, layer) => {
    const [weightIh, weightHh, biasIh, biasHh] = weights.slice(4 * layer);
    return { weightIh, weightHh, biasIh, biasHh } as unknown as RecurrentWeights;
  });
  return ops.recurrentStack(input as tf.Tensor3D, layers, options);
}

const STACKS = [
  // one unit alone, and more rows than an invocation takes
  { layers: 1, steps: 3, rows: 9, input: 3, hidden: 1, rate: 0 },
  // a chunk of time and one step more; several workgroups along the units and along the rows
  { layers: 2, steps: 9, rows: 17, input: 5, hidden: 35, rate: 0.3 },
  { layers: 4, steps: 11, rows: 3, input: 6, hidden: 8, rate: 0.3 },
];

export const RECURRENT_CASES: readonly OpCase[] = CELL_CASES.flatMap(({ cell, activation }) =>
  STACKS.map((sizes): OpCase => {
    const dropout = sizes.rate === 0 ? null : { rate: sizes.rate, key: { seed: 5, step: 3 } };
    return {
      title: `recurrentStack ${cell} ${activation} ${JSON.stringify(sizes)}`,
      shapes: stackShapes(cell, sizes),
      op: (set, operands) => throughStack(set, operands, { cell, activation, dropout }),
    };
  }),
);

const KEY = { seed: 5, step: 3 };

export const JOIN_CASES: readonly OpCase[] = CONNECTION_NAMES.flatMap((connection) =>
  [
    { shape: [1, 1, 1, 1], dropout: null },
    { shape: [2, 5, 3, 7], dropout: { rate: 0.3, key: KEY } },
    { shape: [3, 9, 17, 12], dropout: { rate: 0.3, key: { ...KEY, rows: { first: 2, all: 29 } } } },
    { shape: [4, 2, 2, 35], dropout: null },
  ].map(({ shape, dropout }) => ({
    title: `joinLayers ${connection} ${shape.join(' x ')}${dropout ? ', dropout' : ''}`,
    shapes: [shape],
    op: (set, [states]) => set.joinLayers(states as tf.Tensor4D, { connection, dropout }),
  })),
);

export const PROJECTION_CASES: readonly OpCase[] = [
  { n: 1, width: 1, to: 1 },
  { n: 17, width: 5, to: 9 },
  { n: 130, width: 35, to: 12 },
].map((sizes) => ({
  title: `projection ${JSON.stringify(sizes)}`,
  shapes: [
    [sizes.n, sizes.width],
    [sizes.to, sizes.width],
  ],
  op: (set, [states, weight]) => set.projection(states as tf.Tensor2D, weight as tf.Tensor2D),
}));

export const DROPOUT_CASES: readonly OpCase[] = [
  { shape: [1, 1, 1], rate: 0.5 },
  { shape: [1, 17, 1], rate: 0.1 },
  { shape: [3, 5, 7], rate: 0.3 },
  { shape: [20, 8, 36], rate: 0.9 },
].map((sizes) => ({
  title: `dropout ${JSON.stringify(sizes)}`,
  shapes: [sizes.shape],
  op: (set, [x]) => set.dropout(x as tf.Tensor3D, sizes.rate, { seed: 0xffff_ffff, step: 12, layer: 1 }),
}));

export const EMBEDDING_CASES: readonly OpCase[] = [
  { steps: 1, rows: 1, tokens: 1, width: 1 },
  { steps: 1, rows: 1, tokens: 2, width: 1 },
  { steps: 1, rows: 17, tokens: 3, width: 5 },
  { steps: 9, rows: 7, tokens: 5, width: 3 },
  { steps: 41, rows: 5, tokens: 19, width: 36 },
  { steps: 130, rows: 3, tokens: 1_003, width: 8 },
].map((sizes) => {
  const { steps, rows, tokens, width } = sizes;
  const title = `embedding ${JSON.stringify(sizes)}`;
  const random = streamFor(7, title);
  // Small ids come often: long chains.
  const draw = () => Array.from({ length: rows }, () => random.below(1 + random.below(tokens)));
  return {
    title,
    shapes: [[tokens, width]],
    op: (set, [table], ids) => set.embedding(table as tf.Tensor2D, ids as tf.Tensor2D),
    ids: Array.from({ length: steps }, draw),
  };
});
