/** Adam and AdamW on the processor: the norms, then one pass a variable. */
import { ADAM } from '#core/settings/config.ts';
import { BACKEND, type SimdBackend } from '../../backends/simd/backend.ts';
import { listOf, registerLabKernel } from '../kernels.ts';
import { gradientNorms, sizesOf } from '../update/cpu.ts';

registerLabKernel<'LabAdam', SimdBackend>('LabAdam', BACKEND, ({ inputs, attrs, backend }) => {
  const { step, learningRate, weightDecay, clipNorm, groups } = attrs;
  const { kernels } = backend.runtime;
  const variables = listOf('variable', inputs);
  const sizes = sizesOf(variables);
  const gradients = backend.addressesOf(...listOf('gradient', inputs));
  const first = backend.addressesOf(...listOf('first', inputs));
  const second = backend.addressesOf(...listOf('second', inputs));
  const norms = gradientNorms(backend, gradients, sizes, groups);
  const norm = backend.addressOf(norms);
  for (const [index, variable] of backend.addressesOf(...variables).entries()) {
    kernels.adam({
      gradient: gradients[index]!,
      norm,
      first: first[index]!,
      second: second[index]!,
      variable,
      count: sizes[index]!,
      rate: learningRate / (1 - ADAM.beta1 ** step),
      correction: 1 / Math.sqrt(1 - ADAM.beta2 ** step),
      clip: clipNorm,
      shrink: 1 - learningRate * weightDecay,
      beta1: ADAM.beta1,
      beta2: ADAM.beta2,
      rest1: 1 - ADAM.beta1,
      rest2: 1 - ADAM.beta2,
      epsilon: ADAM.epsilon,
    });
  }
  return norms;
});
