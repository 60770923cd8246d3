/** Gradient norms on the processor: partial sums of squares whose number depends on sizes alone, then the norms. */
import * as tf from '@tensorflow/tfjs-core';
import { layersOf } from '#core/runs/stepTable.ts';
import type { SimdBackend } from '../../backends/simd/backend.ts';
import { VALUE_BYTES, withWorkspace } from '../../backends/simd/workspace.ts';
import { scratch, STEPS_IN_FLIGHT, type StepKernels } from '../../memory/kernelMemory.ts';
import { optimizerState } from './memory.ts';

/** Partial sums are float64. */
const PARTIAL_BYTES = 8;
/** Values whose squares one partial sum adds up, as in backends/simd/assembly/adam.ts. */
const VALUES_A_PARTIAL = 16 * 1024;

/** Of all gradients, then of each group's, [1 + groups]. @param gradients their addresses, with `sizes` in values */
export function gradientNorms(
  backend: SimdBackend,
  gradients: readonly number[],
  sizes: readonly number[],
  groups: readonly number[],
): tf.TensorInfo {
  const { kernels } = backend.runtime;
  const norms = backend.output([1 + groups.length]);
  withWorkspace(backend.runtime, (alloc) => {
    const counts = sizes.map((size) => kernels.partialsOf(size));
    const all = counts.reduce((sum, count) => sum + count, 0);
    const partials = alloc(all * PARTIAL_BYTES);
    let from = partials;
    for (const [index, gradient] of gradients.entries()) {
      kernels.squares({ from: gradient, count: sizes[index]!, to: from });
      from += counts[index]! * PARTIAL_BYTES;
    }
    const to = backend.addressOf(norms);
    kernels.norm({ from: partials, count: all, to });
    // The partial sums of a group's variables lie one after the other.
    let [variable, start] = [0, partials];
    for (const [group, size] of groups.entries()) {
      const count = counts.slice(variable, variable + size).reduce((sum, one) => sum + one, 0);
      kernels.norm({ from: start, count, to: to + (1 + group) * VALUE_BYTES });
      variable += size;
      start += count * PARTIAL_BYTES;
    }
  });
  return norms;
}

export function sizesOf(tensors: readonly tf.TensorInfo[]): readonly number[] {
  return tensors.map(({ shape }) => tf.util.sizeFromShape(shape));
}

/** What an update takes, whichever optimizer it is. */
export const memory: StepKernels['update'] = {
  forward: (step) => {
    const { spec, weights, ofRun } = step;
    const partials = weights.reduce((sum, { size }) => sum + Math.ceil(size / VALUES_A_PARTIAL), 0);
    const norms = ofRun(1 + layersOf(spec.layers).length);
    return [
      [
        ...optimizerState(step),
        scratch('partial sums of squares', ofRun((partials * PARTIAL_BYTES) / VALUE_BYTES)),
        // held until they are read, which may be after the next step was queued
        { what: 'gradient norms', kind: 'scratch', size: norms, count: STEPS_IN_FLIGHT, until: 'always' },
      ],
    ];
  },
};
