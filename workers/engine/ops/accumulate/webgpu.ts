/** Sums of gradients on WebGPU: one pass a gradient, in place. */
import * as tf from '@tensorflow/tfjs-core';
import {
  EACH,
  GRID_PARAMETERS,
  GRID_WORKGROUP,
  gridFor,
  lanesFor,
  OPERATIONS_AN_ACCESS,
  elementIndexFunction,
  vectorType,
  type Lanes,
} from '../../backends/webgpu/grid.ts';
import { GpuRuntime, UNIFORMS, type Dispatch, type Program } from '../../backends/webgpu/runtime.ts';
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
    const vectors = size / lanes;
    dispatches.push({
      program: PROGRAMS[lanes],
      tensors: [gradients[index]!, sum],
      uniforms: [vectors],
      workgroups: gridFor(vectors, EACH),
      operations: 3 * OPERATIONS_AN_ACCESS * size,
    });
  }
  GpuRuntime.current().run(dispatches);
  return [];
});

const PROGRAMS: Readonly<Record<Lanes, Program>> = { 1: programFor(1), 4: programFor(4) };

function programFor(lanes: Lanes): Program {
  const floats = vectorType(lanes);
  return {
    label: `accumulate x${lanes}`,
    access: ['read', 'write'],
    code: `${UNIFORMS}${elementIndexFunction(EACH)}
@group(0) @binding(0) var<storage, read> gradient: array<${floats}>;
@group(0) @binding(1) var<storage, read_write> sums: array<${floats}>;

@compute @workgroup_size(${GRID_WORKGROUP})
fn main(${GRID_PARAMETERS}) {
  for (var k = 0u; k < ${EACH}u; k++) {
    let i = elementIndex(group, local, k);
    if (i >= u[0].x) { return; }
    sums[i] += gradient[i];
  }
}`,
  };
}
