import * as tf from '@tensorflow/tfjs';
import type { AdamStep } from '../contract.ts';
import { numbered, runLabKernel } from '../kernels.ts';

/** Updates variables and moments in place; gives the norm of all gradients before clipping. */
export function adam({ variables, gradients, first, second, step, learningRate, clipNorm }: AdamStep): tf.Scalar {
  for (const updated of [...variables, ...first, ...second]) ownData(updated);
  const inputs = {
    ...numbered('variable', variables),
    ...numbered('gradient', gradients),
    ...numbered('first', first),
    ...numbered('second', second),
  };
  return runLabKernel('LabAdam', inputs, { step, learningRate, clipNorm });
}

/** Gives a variable whose values a clone shares values of its own: writing in place would change the clone. */
function ownData(variable: tf.Variable): void {
  if (tf.backend().refCount(variable.dataId) === 1) return;
  tf.tidy(() => variable.assign(tf.add(variable, 0)));
}
