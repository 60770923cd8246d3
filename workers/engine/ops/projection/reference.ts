import type * as tf from '@tensorflow/tfjs-core';
import { matMul } from '../matMul/reference.ts';

/** states [n, width] and weight [to, width] to [n, to]; TensorFlow.js's own gradient. */
export function projection(states: tf.Tensor2D, weight: tf.Tensor2D): tf.Tensor2D {
  return matMul(states, weight, false, true);
}
