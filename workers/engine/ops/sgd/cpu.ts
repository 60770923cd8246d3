/** SGD on the processor: the norms, then one pass a variable. */
import { BACKEND, type SimdBackend } from '../../backends/simd/backend.ts';
import { listOf, registerLabKernel } from '../kernels.ts';
import { gradientNorms, sizesOf } from '../update/cpu.ts';

registerLabKernel<'LabSgd', SimdBackend>('LabSgd', BACKEND, ({ inputs, attrs, backend }) => {
  const { learningRate, momentum, clipNorm, groups } = attrs;
  const variables = listOf('variable', inputs);
  const sizes = sizesOf(variables);
  const gradients = backend.addressesOf(...listOf('gradient', inputs));
  const first = backend.addressesOf(...listOf('first', inputs));
  const norms = gradientNorms(backend, gradients, sizes, groups);
  const norm = backend.addressOf(norms);
  for (const [index, variable] of backend.addressesOf(...variables).entries()) {
    backend.runtime.kernels.sgd({
      gradient: gradients[index]!,
      norm,
      first: first[index]!,
      variable,
      count: sizes[index]!,
      rate: learningRate,
      momentum,
      clip: clipNorm,
    });
  }
  return norms;
});
