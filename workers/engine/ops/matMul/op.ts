import type * as tf from '@tensorflow/tfjs-core';
import { runLabKernel } from '../kernels.ts';

/** The product of two matrices, either one transposed; it has no gradient. */
export function matMul(a: tf.Tensor2D, b: tf.Tensor2D, transposeA = false, transposeB = false): tf.Tensor2D {
  return runLabKernel('LabMatMul', { a, b }, { transposeA, transposeB });
}
