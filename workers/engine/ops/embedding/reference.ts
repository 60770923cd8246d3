import * as tf from '@tensorflow/tfjs-core';
import { PAD_ID } from '#core/data/vocabulary.ts';

/**
 * Look-up of rows: table [tokens, width], ids [steps, rows] int32, result [steps, rows, width].
 * The gradient is `ScatterNd`, which sums rows of one id in their order on the processor's backends (on TensorFlow.js's
 * WebGPU one it uses atomics: that device has a kernel of its own). The wasm backend has no `UnsortedSegmentSum`, which
 * TensorFlow.js's own gradient of gather needs. As PyTorch's `padding_idx`, the PAD row gets a gradient of zero.
 */
export const embedding: (table: tf.Tensor2D, ids: tf.Tensor2D) => tf.Tensor3D = (table, ids) => {
  const [steps, rows] = ids.shape;
  const [tokens, width] = table.shape;
  const flatIds = tf.tidy(() => tf.reshape(ids, [steps * rows]));
  const lookUp = tf.customGrad((weights) => {
    const value = tf.reshape(tf.gather(weights as tf.Tensor2D, flatIds), [steps, rows, width]);
    const gradFunc = (dy: tf.Tensor): tf.Tensor => {
      const flat = tf.reshape<tf.Rank.R2>(dy, [steps * rows, width]);
      const sum = tf.scatterND(tf.expandDims(flatIds, 1), flat, [tokens, width]);
      const trained = tf.cast(tf.notEqual(tf.range(0, tokens, 1, 'int32'), PAD_ID), 'float32');
      return tf.mul(sum, tf.reshape(trained, [tokens, 1]));
    };
    return { value, gradFunc };
  });
  return lookUp(table) as tf.Tensor3D;
};
