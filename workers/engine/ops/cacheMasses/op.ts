import type * as tf from '@tensorflow/tfjs-core';
import { runLabKernel } from '../kernels.ts';

export function cacheMasses(states: tf.Tensor2D, slots: tf.Tensor2D, texts: number, theta: number): tf.Tensor2D {
  return runLabKernel('LabCacheMasses', { states, slots }, { texts, theta });
}
