import * as tf from '@tensorflow/tfjs-core';

/** sums[i] + gradients[i], in new tensors; the sums given are disposed of. */
export function accumulate(sums: readonly tf.Tensor[], gradients: readonly tf.Tensor[]): tf.Tensor[] {
  return sums.map((sum, index) => {
    const next = tf.add(sum, gradients[index]!);
    sum.dispose();
    return next;
  });
}
