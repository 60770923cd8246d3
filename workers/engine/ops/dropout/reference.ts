import * as tf from '@tensorflow/tfjs';
import { fillDropoutMask } from '../../../../src/core/random/dropout.ts';
import type { DropoutKey } from '../contract.ts';

/**
 * Inverted dropout with a mask that a counter-based generator gives for (seed, step, layer, index): the same on every
 * device, and the same whether or not steps of padding are computed, since values are indexed time-major.
 */
export function dropout(x: tf.Tensor3D, rate: number, key: DropoutKey): tf.Tensor3D {
  if (rate === 0) return x;
  const mask = new Float32Array(x.size);
  fillDropoutMask(mask, rate, key.seed, key.step, key.layer);
  return tf.mul(x, tf.tensor3d(mask, x.shape));
}
