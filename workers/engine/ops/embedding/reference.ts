import * as tf from '@tensorflow/tfjs';
import { PAD_ID } from '../../../../src/core/dataset/vocabulary.ts';
import { matMul } from '../mat-mul/reference.ts';

/** Most values of a one-hot slice: 16 MiB. */
const SLICE_VALUES = 4 * 1024 * 1024;

/**
 * Look-up of rows: table [tokens, width], ids [steps, rows] int32, result [steps, rows, width].
 * The gradient is a product with one-hot rows, slice by slice: its order of summation is fixed, and the wasm backend has
 * no `UnsortedSegmentSum`, which TensorFlow.js's own gradient of gather needs. As PyTorch's `padding_idx`, the PAD row
 * gets a gradient of zero.
 */
export const embedding: (table: tf.Tensor2D, ids: tf.Tensor2D) => tf.Tensor3D = (table, ids) => {
  const [steps, rows] = ids.shape;
  const [tokens, width] = table.shape;
  const flatIds = tf.tidy(() => tf.reshape(ids, [steps * rows]));
  const lookUp = tf.customGrad((weights) => {
    const value = tf.reshape(tf.gather(weights as tf.Tensor2D, flatIds), [steps, rows, width]);
    const gradFunc = (dy: tf.Tensor): tf.Tensor => {
      const flat = tf.reshape<tf.Rank.R2>(dy, [steps * rows, width]);
      const slice = Math.max(1, Math.floor(SLICE_VALUES / tokens));
      let sum = tf.zeros<tf.Rank.R2>([tokens, width]);
      for (let from = 0; from < steps * rows; from += slice) {
        const size = Math.min(slice, steps * rows - from);
        const previous = sum;
        sum = tf.tidy(() => {
          const oneHot = tf.oneHot(tf.slice(flatIds, from, size), tokens).toFloat() as tf.Tensor2D;
          return tf.add(previous, matMul(oneHot, tf.slice(flat, [from, 0], [size, width]), true));
        });
        previous.dispose();
      }
      const trained = tf.notEqual(tf.range(0, tokens, 1, 'int32'), PAD_ID).toFloat();
      return tf.mul(sum, tf.reshape(trained, [tokens, 1]));
    };
    return { value, gradFunc };
  });
  return lookUp(table) as tf.Tensor3D;
};
