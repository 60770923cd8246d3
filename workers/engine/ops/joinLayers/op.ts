import * as tf from '@tensorflow/tfjs-core';
import type { JoinOptions } from '../contract.ts';
import { runLabKernel } from '../kernels.ts';

/** states [layers, steps, rows, hidden] to [steps x rows, width]. The gradient needs nothing of the forward pass. */
export function joinLayers(states: tf.Tensor4D, options: JoinOptions): tf.Tensor2D {
  const { shape } = states;
  const join = tf.customGrad((states) => ({
    value: runLabKernel('LabJoinLayers', { states: states as tf.Tensor4D }, options),
    gradFunc: (dy: tf.Tensor) =>
      runLabKernel('LabJoinLayersGradient', { dy: dy as tf.Tensor2D }, { ...options, shape }),
  }));
  return join(states) as tf.Tensor2D;
}
