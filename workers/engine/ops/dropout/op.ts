import * as tf from '@tensorflow/tfjs-core';
import type { DropoutKey } from '../contract.ts';
import { runLabKernel } from '../kernels.ts';

/** x [steps, rows, width], masked and scaled; the gradient draws the same mask again, so nothing is kept but the key. */
export function dropout(x: tf.Tensor3D, rate: number, key: DropoutKey): tf.Tensor3D {
  if (rate === 0) return x;
  const apply = (values: tf.Tensor): tf.Tensor =>
    runLabKernel('LabDropout', { x: values as tf.Tensor3D }, { rate, key });
  const dropped = tf.customGrad((values) => ({ value: apply(values as tf.Tensor), gradFunc: apply }));
  return dropped(x) as tf.Tensor3D;
}
