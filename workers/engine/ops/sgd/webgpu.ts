/** SGD on WebGPU: one pass a variable that clips, and updates variable and momentum in place. The formula is in reference.ts. */
import {
  EACH,
  floatBits,
  GRID_PARAMETERS,
  GRID_WORKGROUP,
  gridFor,
  lanesFor,
  OPERATIONS_AN_ACCESS,
  elementIndexFunction,
  vectorType,
  type Lanes,
} from '../../backends/webgpu/grid.ts';
import { GpuRuntime, UNIFORMS, type Program } from '../../backends/webgpu/runtime.ts';
import { listOf, registerLabKernel } from '../kernels.ts';
import { CLIP_SCALE, sizeOf, updateAll } from '../update/webgpu.ts';

registerLabKernel('LabSgd', 'webgpu', ({ inputs, attrs: { learningRate, momentum, clipNorm, groups } }) => {
  const [variables, gradients, first] = [
    listOf('variable', inputs),
    listOf('gradient', inputs),
    listOf('first', inputs),
  ];
  return updateAll(GpuRuntime.current(), gradients, groups, (index, norms) => {
    const gradient = gradients[index]!;
    const size = sizeOf(gradient);
    const lanes = lanesFor(size);
    const vectors = size / lanes;
    return {
      program: UPDATE[lanes],
      tensors: [gradient, norms, first[index]!, variables[index]!],
      uniforms: [vectors, floatBits(learningRate), floatBits(momentum), floatBits(clipNorm)],
      workgroups: gridFor(vectors, EACH),
      operations: 5 * OPERATIONS_AN_ACCESS * size,
    };
  });
});

const UPDATE: Readonly<Record<Lanes, Program>> = { 1: updateProgram(1), 4: updateProgram(4) };

function updateProgram(lanes: Lanes): Program {
  const floats = vectorType(lanes);
  return {
    label: `sgd x${lanes}`,
    access: ['read', 'read', 'write', 'write'],
    code: `${UNIFORMS}${elementIndexFunction(EACH)}
@group(0) @binding(0) var<storage, read> gradient: array<${floats}>;
@group(0) @binding(1) var<storage, read> norm: array<f32>;
@group(0) @binding(2) var<storage, read_write> first: array<${floats}>;
@group(0) @binding(3) var<storage, read_write> variable: array<${floats}>;

@compute @workgroup_size(${GRID_WORKGROUP})
fn main(${GRID_PARAMETERS}) {
  let vectors = u[0].x;
  let rate = bitcast<f32>(u[0].y); let momentum = bitcast<f32>(u[0].z); let clip = bitcast<f32>(u[0].w);
${CLIP_SCALE}
  for (var k = 0u; k < ${EACH}u; k++) {
    let i = elementIndex(group, local, k);
    if (i >= vectors) { return; }
    let m = momentum * first[i] + gradient[i] * scale;
    first[i] = m;
    variable[i] -= rate * m;
  }
}`,
  };
}
