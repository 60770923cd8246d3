/** What the output layer sees, on WebGPU: one pass over its values, and one over those of the gradient. */
import type * as tf from '@tensorflow/tfjs-core';
import { CONNECTIONS } from '#core/models/registry.ts';
import { connectionScale, isProjected, joinedWidth } from '#core/models/spec.ts';
import { elementwiseDispatch, elementwiseProgram } from '../../backends/webgpu/elementwise.ts';
import { floatBits, lanesFor, vectorType, type Lanes } from '../../backends/webgpu/grid.ts';
import { GpuRuntime, type Dispatch, type Program } from '../../backends/webgpu/runtime.ts';
import { activation, passedOn, type StepKernels } from '../../memory/kernelMemory.ts';
import type { JoinOptions } from '../contract.ts';
import { maskFactor, maskUniforms, valuesTogether, type Mask } from '../dropout/webgpu.ts';
import { registerLabKernel } from '../kernels.ts';

type Shape = readonly [layers: number, steps: number, rows: number, hidden: number];

registerLabKernel('LabJoinLayers', 'webgpu', ({ inputs: { states }, attrs }) => {
  const runtime = GpuRuntime.current();
  const [layers, steps, rows, hidden] = states.shape;
  const out = runtime.output([steps * rows, joinedWidth({ connection: attrs.connection, layers, hidden })]);
  runtime.run([dispatchOf('forward', states, out, states.shape, attrs)]);
  return out;
});

registerLabKernel('LabJoinLayersGradient', 'webgpu', ({ inputs: { dy }, attrs }) => {
  const runtime = GpuRuntime.current();
  const out = runtime.output([...attrs.shape]);
  runtime.run([dispatchOf('backward', dy, out, attrs.shape, attrs)]);
  return out;
});

export const memory: StepKernels['join'] = {
  forward: ({ spec, ofPositions }) => [
    [
      activation('joined outputs of all layers', ofPositions(joinedWidth(spec)), {
        until: isProjected(spec) ? 'backward' : 'next',
      }),
    ],
  ],
  backward: ({ spec, ofPositions }) => [
    [passedOn('gradient of states of all layers', ofPositions(spec.layers * spec.hidden))],
  ],
};

type Direction = 'forward' | 'backward';

function dispatchOf(
  direction: Direction,
  from: tf.TensorInfo,
  to: tf.TensorInfo,
  shape: Shape,
  { connection, dropout }: JoinOptions,
): Dispatch {
  const [layers, steps, rows, hidden] = shape;
  const width = joinedWidth({ connection, layers, hidden });
  const mask: Mask | null = dropout && {
    rate: dropout.rate,
    key: { ...dropout.key, layer: layers - 1 },
    shape: [rows, width],
    start: 0,
  };
  const lanes = lanesFor(hidden) === 4 && valuesTogether(mask) % 4 === 0 ? 4 : 1;
  const positions = steps * rows;
  const count = direction === 'forward' ? positions * width : layers * positions * hidden;
  const scale = floatBits(connectionScale({ connection, layers }));
  const uniforms = [...maskUniforms(mask, count), positions, layers, hidden / lanes, scale];
  return elementwiseDispatch(programFor(direction, connection, lanes), [from, to], count / lanes, uniforms, 4 * count);
}

function programFor(direction: Direction, connection: JoinOptions['connection'], lanes: Lanes): Program {
  const floats = vectorType(lanes);
  return elementwiseProgram({
    label: `join ${connection} ${direction} x${lanes}`,
    lists: [
      ['x', 'read', floats],
      ['y', 'write', floats],
    ],
    functions: `
const LANES = ${lanes}u;
${maskFactor(lanes)}`,
    before: `
  let positions = u[1].w;
  let layers = u[2].x; let width = u[2].y; let scale = bitcast<f32>(u[2].z);
  let all = positions * width;`,
    each: direction === 'forward' ? forwardBody(connection) : backwardBody(connection, floats),
  });
}

/** y [positions, width of the output] from x [layers, positions, hidden]. */
function forwardBody(connection: JoinOptions['connection']): string {
  const { join, scaled } = CONNECTIONS[connection];
  const value = {
    last: 'let value = x[(layers - 1u) * all + i];',
    sum: `var value = x[i];
    for (var layer = 1u; layer < layers; layer++) { value += x[layer * all + i]; }
    ${scaled ? 'value *= scale;' : ''}`,
    concatenation: `let column = i % (layers * width);
    let value = x[column / width * all + i / (layers * width) * width + column % width];`,
  }[join];
  return `${value}
    y[i] = value * maskFactor(i * LANES);`;
}

/** y [layers, positions, hidden] from x [positions, width of the output]. */
function backwardBody(connection: JoinOptions['connection'], floats: string): string {
  const { join, scaled, carriesGradient } = CONNECTIONS[connection];
  if (join === 'concatenation') {
    return `let inLayer = i % all;
    let joined = inLayer / width * (layers * width) + i / all * width + inLayer % width;
    y[i] = x[joined] * maskFactor(joined * LANES);`;
  }
  const value = `x[i % all] * maskFactor(i % all * LANES)${scaled ? ' * scale' : ''}`;
  return carriesGradient
    ? `y[i] = ${value};`
    : `if (i / all + 1u == layers) { y[i] = ${value}; } else { y[i] = ${floats}(0); }`;
}
