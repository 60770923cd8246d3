/**
 * Recurrent ops at odd sizes, with their values and gradients as plain arrays, so that one device's can be held against
 * another's: stock ops step by step take long on a software adapter, and a moment on the processor. More sizes in the tests of
 * each op.
 */
import * as tf from '@tensorflow/tfjs';
import { gatesOf } from '../../../src/core/config.ts';
import { streamFor } from '../../../src/core/random/stream.ts';
import type { Ops, RecurrentWeights } from './contract.ts';

export interface RecurrentCase {
  readonly title: string;
  readonly shapes: readonly (readonly number[])[];
  readonly op: (set: Ops, operands: readonly tf.Tensor[]) => tf.Tensor;
}

const CELLS = [
  { cell: 'rnn', activation: 'tanh' },
  { cell: 'rnn', activation: 'relu' },
  { cell: 'lstm', activation: 'tanh' },
] as const;

/** One unit alone, and more rows than an invocation takes. */
const LAYERS = [{ steps: 3, rows: 9, input: 3, hidden: 1 }];

/** A chunk of time and one step more; several workgroups along the units and along the rows. */
const STACKS = [{ steps: 9, rows: 17, input: 5, hidden: 35, residual: true, rate: 0.3 }];

export const RECURRENT_CASES: readonly RecurrentCase[] = CELLS.flatMap(({ cell, activation }) => {
  const shapesOf = (input: number, hidden: number) => {
    const stacked = gatesOf(cell) * hidden;
    return [[stacked, input], [stacked, hidden], [stacked], [stacked]];
  };
  const layers = LAYERS.map((sizes): RecurrentCase => {
    const { steps, rows, input, hidden } = sizes;
    return {
      title: `recurrentLayer ${cell} ${activation} ${JSON.stringify(sizes)}`,
      shapes: [[steps, rows, input], ...shapesOf(input, hidden)],
      op: (set, [x, ...weights]) => set.recurrentLayer(x as tf.Tensor3D, weightsOf(weights), cell, activation),
    };
  });
  const stacks = STACKS.map((sizes): RecurrentCase => {
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

/** Of a seeded weighted sum of the output: the output, then the gradients of all operands. Leaves no tensor behind. */
export async function outputAndGradients({ title, shapes, op }: RecurrentCase, set: Ops): Promise<Float32Array[]> {
  const random = streamFor(9, title);
  const draw = (shape: readonly number[], scale: number) => {
    const length = shape.reduce((product, size) => product * size, 1);
    return tf.tensor(
      Float32Array.from({ length }, () => random.normal() * scale),
      [...shape],
    );
  };
  const results = tf.tidy(() => {
    // Small enough that no unit saturates.
    const operands = shapes.map((shape) => draw(shape, 1 / Math.sqrt(shape.at(-1)!)));
    const output = op(set, operands);
    const weights = draw(output.shape, 1);
    return [output, ...tf.grads((...x: tf.Tensor[]) => tf.sum(tf.mul(op(set, x), weights)))(operands)];
  });
  const values = await Promise.all(results.map(async (tensor) => Float32Array.from(await tensor.data())));
  tf.dispose(results);
  return values;
}

function weightsOf(tensors: readonly tf.Tensor[]): RecurrentWeights {
  const [weightIh, weightHh, biasIh, biasHh] = tensors;
  return { weightIh, weightHh, biasIh, biasHh } as unknown as RecurrentWeights;
}
