/** Adam and AdamW on WebGPU: one pass a variable that clips, and updates variable and moments in place. The formula is in reference.ts. */
import { ADAM } from '#core/settings/config.ts';
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

registerLabKernel('LabAdam', 'webgpu', ({ inputs, attrs }) => {
  const { step, learningRate, weightDecay, clipNorm, groups } = attrs;
  const [variables, gradients] = [listOf('variable', inputs), listOf('gradient', inputs)];
  const [first, second] = [listOf('first', inputs), listOf('second', inputs)];
  const rate = floatBits(learningRate / (1 - ADAM.beta1 ** step));
  const secondCorrection = floatBits(1 / Math.sqrt(1 - ADAM.beta2 ** step));
  const shrink = floatBits(1 - learningRate * weightDecay);
  return updateAll(GpuRuntime.current(), gradients, groups, (index, norms) => {
    const gradient = gradients[index]!;
    const size = sizeOf(gradient);
    const lanes = lanesFor(size);
    const vectors = size / lanes;
    return {
      program: UPDATE[lanes],
      tensors: [gradient, norms, first[index]!, second[index]!, variables[index]!],
      uniforms: [vectors, rate, secondCorrection, floatBits(clipNorm), shrink],
      workgroups: gridFor(vectors, EACH),
      operations: 7 * OPERATIONS_AN_ACCESS * size,
    };
  });
});

const UPDATE: Readonly<Record<Lanes, Program>> = { 1: updateProgram(1), 4: updateProgram(4) };

function updateProgram(lanes: Lanes): Program {
  const floats = vectorType(lanes);
  const { beta1, beta2, epsilon } = ADAM;
  return {
    label: `adam x${lanes}`,
    access: ['read', 'read', 'write', 'write', 'write'],
    code: `${UNIFORMS}${elementIndexFunction(EACH)}
@group(0) @binding(0) var<storage, read> gradient: array<${floats}>;
@group(0) @binding(1) var<storage, read> norm: array<f32>;
@group(0) @binding(2) var<storage, read_write> first: array<${floats}>;
@group(0) @binding(3) var<storage, read_write> second: array<${floats}>;
@group(0) @binding(4) var<storage, read_write> variable: array<${floats}>;

@compute @workgroup_size(${GRID_WORKGROUP})
fn main(${GRID_PARAMETERS}) {
  let vectors = u[0].x;
  let rate = bitcast<f32>(u[0].y); let secondCorrection = bitcast<f32>(u[0].z); let clip = bitcast<f32>(u[0].w);
  let shrink = bitcast<f32>(u[1].x);
${CLIP_SCALE}
  for (var k = 0u; k < ${EACH}u; k++) {
    let i = elementIndex(group, local, k);
    if (i >= vectors) { return; }
    let g = gradient[i] * scale;
    let m = ${beta1} * first[i] + ${1 - beta1} * g;
    let v = ${beta2} * second[i] + ${1 - beta2} * g * g;
    first[i] = m;
    second[i] = v;
    variable[i] = variable[i] * shrink - rate * m / (sqrt(v) * secondCorrection + ${epsilon});
  }
}`,
  };
}
