/**
 * Gradient norms on WebGPU: the sum of squares of each gradient in a fixed set of partial sums, then one workgroup that adds them to
 * the global norm and to those of groups of variables.
 */
import * as tf from '@tensorflow/tfjs-core';
import { layersOf } from '#core/runs/stepTable.ts';
import { forLanes } from '../../backends/webgpu/elementwise.ts';
import {
  GRID_PARAMETERS,
  GRID_WORKGROUP,
  gridFor,
  lanesFor,
  OPERATIONS_AN_ACCESS,
  elementIndexFunction,
  sumOfWorkgroup,
  vectorType,
  type Lanes,
} from '../../backends/webgpu/grid.ts';
import { disposeData, UNIFORMS, type Dispatch, type GpuRuntime, type Program } from '../../backends/webgpu/runtime.ts';
import { scratch, STEPS_IN_FLIGHT, type HeldBuffer, type StepKernels } from '../../memory/kernelMemory.ts';
import { optimizerState } from './memory.ts';
import { partialsOf, VECTORS_A_PARTIAL } from './partials.ts';

/**
 * Runs an update: the norms, then one dispatch a variable.
 * @param updateOf given the index of a variable and the norms
 * @returns the norms, [1 + groups]
 */
export function updateAll(
  runtime: GpuRuntime,
  gradients: readonly tf.TensorInfo[],
  groups: readonly number[],
  updateOf: (index: number, norms: tf.TensorInfo) => Dispatch,
): tf.TensorInfo {
  const counts = gradients.map((gradient) => partialsOf(sizeOf(gradient)));
  const partials = runtime.output([counts.reduce((sum, count) => sum + count, 0)]);
  const norms = runtime.output([1 + groups.length]);
  const dispatches: Dispatch[] = [];
  let from = 0;
  for (const [index, gradient] of gradients.entries()) {
    dispatches.push(squaresOf(gradient, partials, from));
    from += counts[index]!;
  }
  dispatches.push({
    program: NORMS,
    tensors: [partials, norms],
    uniforms: [groups.length, from, ...endsOf(groups, counts)],
    workgroups: [1],
    operations: from,
  });
  dispatches.push(...gradients.map((_, index) => updateOf(index, norms)));
  runtime.run(dispatches);
  disposeData(partials);
  return norms;
}

/** What an update takes, whichever optimizer it is. */
export const memory: StepKernels['update'] = {
  forward: (step) => {
    const { weights, ofRun } = step;
    const partials = weights.reduce((sum, { size }) => sum + partialsOf(size), 0);
    const norms = ofRun(1 + layersOf(step.spec.layers).length);
    const reading: HeldBuffer = {
      what: 'gradient norms on their way',
      kind: 'scratch',
      size: norms,
      count: STEPS_IN_FLIGHT,
      use: 'read',
      until: 'always',
    };
    return [
      [
        ...optimizerState(step),
        scratch('partial sums of squares', ofRun(partials)),
        scratch('gradient norms', norms),
        reading,
      ],
    ];
  },
};

/** Where the partial sums of each group's variables end. */
function endsOf(groups: readonly number[], counts: readonly number[]): number[] {
  if (groups.length > MAX_GROUPS) throw new Error(`${groups.length} groups of variables: ${MAX_GROUPS} at most`);
  let variable = 0;
  return groups.map((size) => counts.slice(0, (variable += size)).reduce((sum, count) => sum + count, 0));
}

export function sizeOf({ shape }: tf.TensorInfo): number {
  return tf.util.sizeFromShape(shape);
}

function squaresOf(gradient: tf.TensorInfo, partials: tf.TensorInfo, from: number): Dispatch {
  const size = sizeOf(gradient);
  const lanes = lanesFor(size);
  return {
    program: SQUARES[lanes],
    tensors: [gradient, partials],
    uniforms: [size / lanes, from, partialsOf(size)],
    workgroups: gridFor(partialsOf(size), 1),
    operations: OPERATIONS_AN_ACCESS * size,
  };
}

const SQUARES = forLanes(squaresProgram);

function squaresProgram(lanes: Lanes): Program {
  const floats = vectorType(lanes);
  return {
    label: `sums of squares x${lanes}`,
    access: ['read', 'write'],
    code: `${UNIFORMS}${elementIndexFunction(1)}
@group(0) @binding(0) var<storage, read> gradient: array<${floats}>;
@group(0) @binding(1) var<storage, read_write> partials: array<f32>;

@compute @workgroup_size(${GRID_WORKGROUP})
fn main(${GRID_PARAMETERS}) {
  let vectors = u[0].x; let offset = u[0].y; let count = u[0].z;
  let partial = elementIndex(group, local, 0u);
  if (partial >= count) { return; }
  // A workgroup reads one piece of memory, its invocations side by side.
  let start = partial / ${GRID_WORKGROUP}u * ${GRID_WORKGROUP * VECTORS_A_PARTIAL}u + local;
  let end = min(vectors, start + ${GRID_WORKGROUP * VECTORS_A_PARTIAL}u);
  var sum = ${floats}(0);
  for (var i = start; i < end; i += ${GRID_WORKGROUP}u) { sum = fma(gradient[i], gradient[i], sum); }
  partials[offset + partial] = ${lanes === 4 ? '(sum.x + sum.y) + (sum.z + sum.w)' : 'sum'};
}`,
  };
}

const NORM_WORKGROUP = 256;

/** As many as the uniforms have room for. */
const MAX_GROUPS = 10;

/** Norm of all gradients first, in an order of its own, then of each group. */
const NORMS: Program = {
  label: 'gradient norms',
  access: ['read', 'write'],
  code: `${UNIFORMS}${sumOfWorkgroup(NORM_WORKGROUP)}
@group(0) @binding(0) var<storage, read> partials: array<f32>;
@group(0) @binding(1) var<storage, read_write> norms: array<f32>;

fn end(group: u32) -> u32 { return u[(group + 1u) / 4u][(group + 1u) % 4u]; }

@compute @workgroup_size(${NORM_WORKGROUP})
fn main(@builtin(local_invocation_index) local: u32) {
  // Group 0 is all of them; group g is between the ends of g - 1 and g.
  for (var group = 0u; group <= u[0].x; group++) {
    let start = select(end(group - 1u), 0u, group <= 1u);
    var own = 0.0;
    for (var i = start + local; i < end(group); i += ${NORM_WORKGROUP}u) { own += partials[i]; }
    let sum = sumOfWorkgroup(own, local);
    if (local == 0u) { norms[group] = sqrt(sum); }
    workgroupBarrier();
  }
}`,
};

/** Lines of a program that scale a gradient by the global norm, `norm[0]`, where it is above `clip`. */
export const CLIP_SCALE = `  var scale = 1.0;
  if (clip > 0.0) { scale = min(1.0, clip / (norm[0] + 1e-6)); }`;
