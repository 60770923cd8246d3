/** Adam and AdamW on WebGPU: one pass a variable that clips, and updates variable and moments in place. The formula is in reference.ts. */
import { ADAM } from '#core/settings/config.ts';
import { elementwiseDispatch, elementwiseProgram, forLanes } from '../../backends/webgpu/elementwise.ts';
import { floatBits, lanesFor, vectorType } from '../../backends/webgpu/grid.ts';
import { GpuRuntime } from '../../backends/webgpu/runtime.ts';
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
    const tensors = [gradient, norms, first[index]!, second[index]!, variables[index]!];
    const uniforms = [rate, secondCorrection, floatBits(clipNorm), shrink];
    return elementwiseDispatch(UPDATE[lanes], tensors, size / lanes, uniforms, 7 * size);
  });
});

const { beta1, beta2, epsilon } = ADAM;

const UPDATE = forLanes((lanes) =>
  elementwiseProgram({
    label: `adam x${lanes}`,
    lists: [
      ['gradient', 'read', vectorType(lanes)],
      ['norm', 'read', 'f32'],
      ['first', 'write', vectorType(lanes)],
      ['second', 'write', vectorType(lanes)],
      ['variable', 'write', vectorType(lanes)],
    ],
    before: `
  let rate = bitcast<f32>(u[0].y); let secondCorrection = bitcast<f32>(u[0].z); let clip = bitcast<f32>(u[0].w);
  let shrink = bitcast<f32>(u[1].x);
${CLIP_SCALE}`,
    each: `
    let g = gradient[i] * scale;
    let m = ${beta1} * first[i] + ${1 - beta1} * g;
    let v = ${beta2} * second[i] + ${1 - beta2} * g * g;
    first[i] = m;
    second[i] = v;
    variable[i] = variable[i] * shrink - rate * m / (sqrt(v) * secondCorrection + ${epsilon});`,
  }),
);
