/**
 * Adam (Kingma and Ba, 2015) in PyTorch's formula, after clipping by global norm as `clip_grad_norm_` does it:
 * scale = min(1, clip / (norm + 1e-6));  m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;
 * p -= rate / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps)
 */
import * as tf from '@tensorflow/tfjs-core';
import { ADAM } from '#core/settings/config.ts';
import type { AdamStep } from '../contract.ts';

export function adam({
  variables,
  gradients,
  first,
  second,
  step,
  learningRate,
  clipNorm,
  groups,
}: AdamStep): tf.Tensor1D {
  return tf.tidy(() => {
    const squares = gradients.map((gradient) => sumInBlocks(tf.square(gradient)));
    const norm = rootOfSum(squares);
    const scale = clipNorm > 0 ? tf.minimum(1, tf.div(clipNorm, tf.add(norm, 1e-6))) : tf.scalar(1);
    const rate = learningRate / (1 - ADAM.beta1 ** step);
    const secondCorrection = Math.sqrt(1 - ADAM.beta2 ** step);
    for (const [index, variable] of variables.entries()) {
      tf.tidy(() => {
        const m = first[index]!;
        const v = second[index]!;
        const gradient = tf.mul(gradients[index]!, scale);
        m.assign(tf.add(tf.mul(m, ADAM.beta1), tf.mul(gradient, 1 - ADAM.beta1)));
        v.assign(tf.add(tf.mul(v, ADAM.beta2), tf.mul(tf.square(gradient), 1 - ADAM.beta2)));
        const denominator = tf.add(tf.div(tf.sqrt(v), secondCorrection), ADAM.epsilon);
        variable.assign(tf.sub(variable, tf.mul(tf.div(m, denominator), rate)));
      });
    }
    const starts = groups.map((_, group) => groups.slice(0, group).reduce((sum, count) => sum + count, 0));
    const ofGroups = groups.map((count, group) => rootOfSum(squares.slice(starts[group], starts[group]! + count)));
    return tf.stack([norm, ...ofGroups]) as tf.Tensor1D;
  });
}

/** Zero of none. */
function rootOfSum(squares: tf.Scalar[]): tf.Scalar {
  if (squares.length === 0) return tf.scalar(0);
  // Not addN: on the webgpu backend it binds a buffer an operand, and a device grants as few as eight.
  return tf.sqrt<tf.Scalar>(tf.sum(tf.stack(squares)));
}

/** Values that one float32 adds up without losing more than the last two digits. */
const BLOCK = 128;

/**
 * The sum of all values, block by block, then of the blocks. TensorFlow.js's wasm kernel adds up one value after the other in
 * float32: over the five million squares of an output layer, most of them small, that loses four digits.
 */
function sumInBlocks(values: tf.Tensor): tf.Scalar {
  let sums = tf.reshape<tf.Rank.R1>(values, [values.size]);
  while (sums.size > BLOCK) {
    const padding = (BLOCK - (sums.size % BLOCK)) % BLOCK;
    const blocks = padding === 0 ? sums : tf.pad1d(sums, [0, padding]);
    sums = tf.sum<tf.Tensor1D>(tf.reshape(blocks, [-1, BLOCK]), 1);
  }
  return tf.sum(sums);
}
