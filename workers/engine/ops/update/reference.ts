import * as tf from '@tensorflow/tfjs-core';

interface GradientNorms {
  /** Of all gradients. */
  readonly norm: tf.Scalar;
  /** That, then the one of each group, [1 + groups]. */
  readonly norms: tf.Tensor1D;
}

/** @param groups how many gradients, in order, each has */
export function gradientNorms(gradients: readonly tf.Tensor[], groups: readonly number[]): GradientNorms {
  const squares = gradients.map((gradient) => sumInBlocks(tf.square(gradient)));
  const norm = rootOfSum(squares);
  const starts = groups.map((_, group) => groups.slice(0, group).reduce((sum, count) => sum + count, 0));
  const ofGroups = groups.map((count, group) => rootOfSum(squares.slice(starts[group], starts[group]! + count)));
  return { norm, norms: tf.stack([norm, ...ofGroups]) as tf.Tensor1D };
}

/** As `clip_grad_norm_` has it: min(1, clip / (norm + 1e-6)). @param clipNorm 0 does not clip */
export function clipScale(norm: tf.Scalar, clipNorm: number): tf.Tensor {
  return clipNorm > 0 ? tf.minimum(1, tf.div(clipNorm, tf.add(norm, 1e-6))) : tf.scalar(1);
}

/** Root of a sum; zero if there are no squares. */
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
