import type * as tf from '@tensorflow/tfjs-core';
import { numbered, runLabKernel } from '../kernels.ts';

/** sums[i] += gradients[i], in place; returns the same sums. */
export function accumulate(sums: readonly tf.Tensor[], gradients: readonly tf.Tensor[]): tf.Tensor[] {
  runLabKernel('LabAccumulate', { ...numbered('sum', sums), ...numbered('gradient', gradients) }, {});
  return [...sums];
}
