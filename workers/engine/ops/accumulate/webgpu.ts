/** Sums of gradients on WebGPU: one pass a gradient, in place. */
import * as tf from '@tensorflow/tfjs-core';
import { elementwiseDispatch, elementwiseProgram, forLanes } from '../../backends/webgpu/elementwise.ts';
import { lanesFor, vectorType } from '../../backends/webgpu/grid.ts';
import { GpuRuntime, type Dispatch } from '../../backends/webgpu/runtime.ts';
import { listOf, registerLabKernel } from '../kernels.ts';

registerLabKernel('LabAccumulate', 'webgpu', ({ inputs }) => {
  const gradients = listOf('gradient', inputs);
  const added = new Set<object>();
  const dispatches: Dispatch[] = [];
  for (const [index, sum] of listOf('sum', inputs).entries()) {
    // Values that two tensors share would be added to twice.
    if (added.has(sum.dataId)) continue;
    added.add(sum.dataId);
    const size = tf.util.sizeFromShape(sum.shape);
    const lanes = lanesFor(size);
    dispatches.push(elementwiseDispatch(PROGRAMS[lanes], [gradients[index]!, sum], size / lanes, [], 3 * size));
  }
  GpuRuntime.current().run(dispatches);
  return [];
});

const PROGRAMS = forLanes((lanes) =>
  elementwiseProgram({
    label: `accumulate x${lanes}`,
    lists: [
      ['gradient', 'read', vectorType(lanes)],
      ['sums', 'write', vectorType(lanes)],
    ],
    each: '    sums[i] += gradient[i];',
  }),
);
