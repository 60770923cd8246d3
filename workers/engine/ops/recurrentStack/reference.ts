/** Recurrent layers with dropout between them, from the single layers: see README.md. */
import * as tf from '@tensorflow/tfjs-core';
import type { RecurrentWeights, StackOptions } from '../contract.ts';
import { dropout } from '../dropout/reference.ts';
import { recurrentLayer } from './layerReference.ts';

export function recurrentStack(
  input: tf.Tensor3D,
  layers: readonly RecurrentWeights[],
  { cell, activation, dropout: training }: StackOptions,
): tf.Tensor4D {
  const states: tf.Tensor3D[] = [];
  for (const [index, weights] of layers.entries()) {
    const below = states.at(-1);
    const read = below && training ? dropout(below, training.rate, { ...training.key, layer: index - 1 }) : below;
    states.push(recurrentLayer(read ?? input, weights, cell, activation));
  }
  return tf.stack(states) as tf.Tensor4D;
}
