/** Adam on the processor: partial sums of squares whose number depends on sizes alone, the norm, then one pass a variable. */
import * as tf from '@tensorflow/tfjs';
import { ADAM } from '../../../../src/core/config.ts';
import { BACKEND, type SimdBackend } from '../../simd/backend.ts';
import { withWorkspace } from '../../simd/workspace.ts';
import { listOf, registerLabKernel } from '../kernels.ts';

/** Partial sums are float64. */
const PARTIAL_BYTES = 8;

registerLabKernel<'LabAdam', SimdBackend>('LabAdam', BACKEND, ({ inputs, attrs, backend }) => {
  const { step, learningRate, clipNorm } = attrs;
  const { kernels } = backend.runtime;
  const norm = backend.output([]);
  const variables = listOf('variable', inputs);
  const sizes = variables.map(({ shape }) => tf.util.sizeFromShape(shape));
  const gradients = backend.placesOf(...listOf('gradient', inputs));
  const first = backend.placesOf(...listOf('first', inputs));
  const second = backend.placesOf(...listOf('second', inputs));
  withWorkspace(backend.runtime, (take) => {
    const counts = sizes.map((size) => kernels.partialsOf(size));
    const all = counts.reduce((sum, count) => sum + count, 0);
    const partials = take(all * PARTIAL_BYTES);
    let from = partials;
    for (const [index, gradient] of gradients.entries()) {
      kernels.squares(gradient, sizes[index]!, from);
      from += counts[index]! * PARTIAL_BYTES;
    }
    kernels.norm(partials, all, backend.placeOf(norm));
  });
  for (const [index, variable] of backend.placesOf(...variables).entries()) {
    kernels.adam(
      gradients[index]!,
      backend.placeOf(norm),
      first[index]!,
      second[index]!,
      variable,
      sizes[index]!,
      learningRate / (1 - ADAM.beta1 ** step),
      1 / Math.sqrt(1 - ADAM.beta2 ** step),
      clipNorm,
      ADAM.beta1,
      ADAM.beta2,
      ADAM.epsilon,
    );
  }
  return norm;
});
