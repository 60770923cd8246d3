/** SGD on WebGPU: one pass a variable that clips, and updates variable and momentum in place. The formula is in reference.ts. */
import { elementwiseDispatch, elementwiseProgram, forLanes } from '../../backends/webgpu/elementwise.ts';
import { floatBits, lanesFor, vectorType } from '../../backends/webgpu/grid.ts';
import { GpuRuntime } from '../../backends/webgpu/runtime.ts';
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
    const tensors = [gradient, norms, first[index]!, variables[index]!];
    const uniforms = [learningRate, momentum, clipNorm].map((value) => floatBits(value));
    return elementwiseDispatch(UPDATE[lanes], tensors, size / lanes, uniforms, 5 * size);
  });
});

const UPDATE = forLanes((lanes) =>
  elementwiseProgram({
    label: `sgd x${lanes}`,
    lists: [
      ['gradient', 'read', vectorType(lanes)],
      ['norm', 'read', 'f32'],
      ['first', 'write', vectorType(lanes)],
      ['variable', 'write', vectorType(lanes)],
    ],
    before: `
  let rate = bitcast<f32>(u[0].y); let momentum = bitcast<f32>(u[0].z); let clip = bitcast<f32>(u[0].w);
${CLIP_SCALE}`,
    each: `
    let m = momentum * first[i] + gradient[i] * scale;
    first[i] = m;
    variable[i] -= rate * m;`,
  }),
);
