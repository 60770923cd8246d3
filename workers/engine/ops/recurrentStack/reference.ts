/** Two recurrent layers with dropout after each, from the single ops: see README.md. */
import * as tf from '@tensorflow/tfjs-core';
import type { RecurrentWeights, StackOptions } from '../contract.ts';
import { dropout } from '../dropout/reference.ts';
import { recurrentLayer } from '../recurrentLayer/reference.ts';

export function recurrentStack(
  input: tf.Tensor3D,
  [first, second]: readonly [RecurrentWeights, RecurrentWeights],
  { cell, activation, residual, dropout: training }: StackOptions,
): tf.Tensor2D {
  const dropped = (x: tf.Tensor3D, layer: number) =>
    training ? dropout(x, training.rate, { ...training.key, layer }) : x;
  const h1 = recurrentLayer(input, first, cell, activation);
  const h2 = recurrentLayer(dropped(h1, 0), second, cell, activation);
  return withoutSteps(dropped(residual ? tf.add<tf.Tensor3D>(h1, h2) : h2, 1));
}

/**
 * [steps, rows, hidden] as [steps x rows, hidden]. TensorFlow.js's own gradient of a reshape keeps the values for their shape
 * alone, through the whole backward pass.
 */
function withoutSteps(states: tf.Tensor3D): tf.Tensor2D {
  const { shape } = states;
  const [steps, rows, hidden] = shape;
  const flat = tf.customGrad((x) => ({
    value: tf.reshape(x as tf.Tensor, [steps * rows, hidden]),
    gradFunc: (dy: tf.Tensor) => tf.reshape(dy, shape),
  }));
  return flat(states) as tf.Tensor2D;
}
