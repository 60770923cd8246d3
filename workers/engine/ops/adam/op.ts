import * as tf from '@tensorflow/tfjs-core';
import type { AdamStep } from '../contract.ts';
import { numbered, runLabKernel } from '../kernels.ts';

/** Updates variables and moments in place; gives norms before clipping: of all gradients, then of each group's. */
export function adam({ variables, gradients, first, second, ...attributes }: AdamStep): tf.Tensor1D {
  for (const updated of [...variables, ...first, ...second]) ownData(updated);
  const inputs = {
    ...numbered('variable', variables),
    ...numbered('gradient', gradients),
    ...numbered('first', first),
    ...numbered('second', second),
  };
  return runLabKernel('LabAdam', inputs, attributes);
}

/** Gives a variable whose values a clone shares values of its own: writing in place would change the clone. */
function ownData(variable: tf.Variable): void {
  if (tf.backend().refCount(variable.dataId) === 1) return;
  tf.tidy(() => variable.assign(tf.add(variable, 0)));
}
