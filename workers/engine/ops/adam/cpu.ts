/** Adam on the processor: partial sums of squares whose number depends on sizes alone, the norms, then one pass a variable. */
import * as tf from '@tensorflow/tfjs-core';
import { ADAM } from '#core/settings/config.ts';
import { BACKEND, type SimdBackend } from '../../backends/simd/backend.ts';
import { withWorkspace } from '../../backends/simd/workspace.ts';
import type { StepKernels } from '../../memory/kernelMemory.ts';
import { listOf, registerLabKernel } from '../kernels.ts';
import { moments } from './moments.ts';

/** Partial sums are float64. */
const PARTIAL_BYTES = 8;

registerLabKernel<'LabAdam', SimdBackend>('LabAdam', BACKEND, ({ inputs, attrs, backend }) => {
  const { step, learningRate, clipNorm, groups } = attrs;
  const { kernels } = backend.runtime;
  const norms = backend.output([1 + groups.length]);
  const variables = listOf('variable', inputs);
  const sizes = variables.map(({ shape }) => tf.util.sizeFromShape(shape));
  const gradients = backend.placesOf(...listOf('gradient', inputs));
  const first = backend.placesOf(...listOf('first', inputs));
  const second = backend.placesOf(...listOf('second', inputs));
  withWorkspace(backend.runtime, (alloc) => {
    const counts = sizes.map((size) => kernels.partialsOf(size));
    const all = counts.reduce((sum, count) => sum + count, 0);
    const partials = alloc(all * PARTIAL_BYTES);
    let from = partials;
    for (const [index, gradient] of gradients.entries()) {
      kernels.squares({ from: gradient, count: sizes[index]!, to: from });
      from += counts[index]! * PARTIAL_BYTES;
    }
    const to = backend.placeOf(norms);
    kernels.norm({ from: partials, count: all, to });
    // The partial sums of a group's variables lie one after the other.
    let [variable, start] = [0, partials];
    for (const [group, size] of groups.entries()) {
      const count = counts.slice(variable, variable + size).reduce((sum, one) => sum + one, 0);
      kernels.norm({ from: start, count, to: to + (1 + group) * Float32Array.BYTES_PER_ELEMENT });
      variable += size;
      start += count * PARTIAL_BYTES;
    }
  });
  for (const [index, variable] of backend.placesOf(...variables).entries()) {
    kernels.adam({
      gradient: gradients[index]!,
      norm: backend.placeOf(norms),
      first: first[index]!,
      second: second[index]!,
      variable,
      count: sizes[index]!,
      rate: learningRate / (1 - ADAM.beta1 ** step),
      correction: 1 / Math.sqrt(1 - ADAM.beta2 ** step),
      clip: clipNorm,
      beta1: ADAM.beta1,
      beta2: ADAM.beta2,
      rest1: 1 - ADAM.beta1,
      rest2: 1 - ADAM.beta2,
      epsilon: ADAM.epsilon,
    });
  }
  return norms;
});

/** The partial sums are few: what an update holds is never most of a step. */
export const memory: StepKernels['update'] = { forward: (step) => [moments(step)] };
