import type * as tf from '@tensorflow/tfjs-core';
import type { SgdStep } from '../contract.ts';
import { numbered, runLabKernel } from '../kernels.ts';
import { ownData } from '../update/ownData.ts';

/** Updates variables and momentum in place; gives norms before clipping: of all gradients, then of each group's. */
export function sgd({ variables, gradients, first, ...attributes }: SgdStep): tf.Tensor1D {
  for (const updated of [...variables, ...first]) ownData(updated);
  const inputs = {
    ...numbered('variable', variables),
    ...numbered('gradient', gradients),
    ...numbered('first', first),
  };
  return runLabKernel('LabSgd', inputs, attributes);
}
