import type * as tf from '@tensorflow/tfjs-core';
import type { AdamStep } from '../contract.ts';
import { numbered, runLabKernel } from '../kernels.ts';
import { ownData } from '../update/ownData.ts';

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
