/** Sums of gradients on the processor, in place. */
import * as tf from '@tensorflow/tfjs-core';
import { BACKEND, type SimdBackend } from '../../backends/simd/backend.ts';
import { BinaryOp } from '../../backends/simd/kernelCalls.ts';
import { listOf, registerLabKernel } from '../kernels.ts';

registerLabKernel<'LabAccumulate', SimdBackend>('LabAccumulate', BACKEND, ({ inputs, backend }) => {
  const gradients = listOf('gradient', inputs);
  const added = new Set<object>();
  for (const [index, sum] of listOf('sum', inputs).entries()) {
    // Values that two tensors share would be added to twice.
    if (added.has(sum.dataId)) continue;
    added.add(sum.dataId);
    const size = tf.util.sizeFromShape(sum.shape);
    const [to, from] = backend.addressesOf(sum, gradients[index]!);
    backend.runtime.kernels.binary({
      op: BinaryOp.Add,
      a: to,
      b: from,
      to,
      count: size,
      periodA: size,
      periodB: size,
    });
  }
  return [];
});
