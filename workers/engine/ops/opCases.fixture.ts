/**
 * Ops at odd sizes, with their values and gradients as plain values, so that one device's can be held against another's:
 * stock ops step by step take long on a software adapter, and not every device has all of them. More sizes in the tests
 * of each op.
 */
import * as tf from '@tensorflow/tfjs-core';
import { CELLS } from '#core/models/registry.ts';
import { streamFor } from '#core/random/stream.ts';
import type { Ops, RecurrentWeights } from './contract.ts';
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

const CASES = [
  { cell: 'rnn', activation: 'tanh' },
  { cell: 'rnn', activation: 'relu' },
  { cell: 'lstm', activation: 'tanh' },
] as const;

/** One unit alone, and more rows than an invocation takes. */
const LAYERS = [{ steps: 3, rows: 9, input: 3, hidden: 1 }];

/** A chunk of time and one step more; several workgroups along the units and along the rows. */
const STACKS = [{ steps: 9, rows: 17, input: 5, hidden: 35, residual: true, rate: 0.3 }];

export const RECURRENT_CASES: readonly OpCase[] = CASES.flatMap(({ cell, activation }) => {
  const shapesOf = (input: number, hidden: number) => {
    const stacked = CELLS[cell].gates * hidden;
    return [[stacked, input], [stacked, hidden], [stacked], [stacked]];
  };
  const layers = LAYERS.map((sizes): OpCase => {
    const { steps, rows, input, hidden } = sizes;
    return {
      title: `recurrentLayer ${cell} ${activation} ${JSON.stringify(sizes)}`,
      shapes: [[steps, rows, input], ...shapesOf(input, hidden)],
      op: (set, [x, ...weights]) => set.recurrentLayer(x as tf.Tensor3D, weightsOf(weights), cell, activation),
    };
  });
  const stacks = STACKS.map((sizes): OpCase => {
    const { steps, rows, input, hidden, residual, rate } = sizes;
    const dropout = { rate, key: { seed: 5, step: 3 } };
    return {
      title: `recurrentStack ${cell} ${activation} ${JSON.stringify(sizes)}`,
      shapes: [[steps, rows, input], ...shapesOf(input, hidden), ...shapesOf(hidden, hidden)],
      op: (set, [x, ...weights]) => {
        const both = [weightsOf(weights.slice(0, 4)), weightsOf(weights.slice(4))] as const;
        return set.recurrentStack(x as tf.Tensor3D, both, { cell, activation, residual, dropout });
      },
    };
  });
  return [...layers, ...stacks];
});

function weightsOf(tensors: readonly tf.Tensor[]): RecurrentWeights {
  const [weightIh, weightHh, biasIh, biasHh] = tensors;
  return { weightIh, weightHh, biasIh, biasHh } as unknown as RecurrentWeights;
}

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
