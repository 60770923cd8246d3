import * as tf from '@tensorflow/tfjs-core';
import { fillDropoutMask } from '#core/random/dropout.ts';
import type { DropoutKey } from '../contract.ts';

/**
 * Inverted dropout with a mask that a counter-based generator gives for (seed, step, layer, index): the same on every
 * device, and the same whether or not steps of padding are computed, since values are indexed time-major; and the same
 * for a row whether or not it is computed together with the others of its batch.
 */
export function dropout(x: tf.Tensor3D, rate: number, key: DropoutKey): tf.Tensor3D {
  if (rate === 0) return x;
  return tf.mul(x, tf.tensor3d(maskOf(x.shape, rate, key), x.shape));
}

function maskOf([steps, rows, width]: readonly [number, number, number], rate: number, key: DropoutKey): Float32Array {
  const { first, all } = key.rows ?? { first: 0, all: rows };
  const whole = new Float32Array(steps * all * width);
  fillDropoutMask(whole, rate, key.seed, key.step, key.layer);
  if (all === rows) return whole;
  const mask = new Float32Array(steps * rows * width);
  for (let t = 0; t < steps; t++) {
    const from = (t * all + first) * width;
    mask.set(whole.subarray(from, from + rows * width), t * rows * width);
  }
  return mask;
}
