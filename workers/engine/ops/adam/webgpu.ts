/**
 * Adam on WebGPU: the sum of squares of each gradient in a fixed set of partial sums, one workgroup that adds them to the
 * global norm and to those of groups of variables, then one pass a variable that clips and updates variable and moments in place. The formula is in
 * reference.ts.
 */
import * as tf from '@tensorflow/tfjs-core';
import { LAYERS } from '#core/runs/stepTable.ts';
import { ADAM } from '#core/settings/config.ts';
import {
  EACH,
  floatBits,
  GRID_PARAMETERS,
  GRID_WORKGROUP,
  gridFor,
  lanesFor,
  OPERATIONS_AN_ACCESS,
  placesOf,
  sumOfWorkgroup,
  vectorType,
  type Lanes,
} from '../../backends/webgpu/grid.ts';
import { disposeData, GpuRuntime, UNIFORMS, type Dispatch, type Program } from '../../backends/webgpu/runtime.ts';
import { scratch, STEPS_IN_FLIGHT, type HeldBuffer, type StepKernels } from '../../memory/kernelMemory.ts';
import { listOf, registerLabKernel } from '../kernels.ts';
import { moments } from './moments.ts';
import { partialsOf, VECTORS_A_PARTIAL } from './partials.ts';

registerLabKernel('LabAdam', 'webgpu', ({ inputs, attrs: { step, learningRate, clipNorm, groups } }) => {
  const runtime = GpuRuntime.current();
  const [variables, gradients] = [listOf('variable', inputs), listOf('gradient', inputs)];
  const [first, second] = [listOf('first', inputs), listOf('second', inputs)];
  const counts = gradients.map((gradient) => partialsOf(sizeOf(gradient)));
  const partials = runtime.output([counts.reduce((sum, count) => sum + count, 0)]);
  const norms = runtime.output([1 + groups.length]);
  const rate = floatBits(learningRate / (1 - ADAM.beta1 ** step));
  const secondCorrection = floatBits(1 / Math.sqrt(1 - ADAM.beta2 ** step));

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
  for (const [index, gradient] of gradients.entries()) {
    const size = sizeOf(gradient);
    const lanes = lanesFor(size);
    const vectors = size / lanes;
    dispatches.push({
      program: UPDATE[lanes],
      tensors: [gradient, norms, first[index]!, second[index]!, variables[index]!],
      uniforms: [vectors, rate, secondCorrection, floatBits(clipNorm)],
      workgroups: gridFor(vectors, EACH),
      operations: 7 * OPERATIONS_AN_ACCESS * size,
    });
  }
  runtime.run(dispatches);
  disposeData(partials);
  return norms;
});

export const memory: StepKernels['update'] = {
  forward: (step) => {
    const { weights, ofRun } = step;
    const partials = weights.reduce((sum, { size }) => sum + partialsOf(size), 0);
    const norms = ofRun(1 + LAYERS.length);
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
        ...moments(step),
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

function sizeOf({ shape }: tf.TensorInfo): number {
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

const SQUARES: Readonly<Record<Lanes, Program>> = { 1: squaresProgram(1), 4: squaresProgram(4) };

function squaresProgram(lanes: Lanes): Program {
  const floats = vectorType(lanes);
  return {
    label: `sums of squares x${lanes}`,
    access: ['read', 'write'],
    code: `${UNIFORMS}${placesOf(1)}
@group(0) @binding(0) var<storage, read> gradient: array<${floats}>;
@group(0) @binding(1) var<storage, read_write> partials: array<f32>;

@compute @workgroup_size(${GRID_WORKGROUP})
fn main(${GRID_PARAMETERS}) {
  let vectors = u[0].x; let offset = u[0].y; let count = u[0].z;
  let partial = place(group, local, 0u);
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
  // Group 0 is all of them; group g is what lies between the ends of g - 1 and g.
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

const UPDATE: Readonly<Record<Lanes, Program>> = { 1: updateProgram(1), 4: updateProgram(4) };

function updateProgram(lanes: Lanes): Program {
  const floats = vectorType(lanes);
  const { beta1, beta2, epsilon } = ADAM;
  return {
    label: `adam x${lanes}`,
    access: ['read', 'read', 'write', 'write', 'write'],
    code: `${UNIFORMS}${placesOf(EACH)}
@group(0) @binding(0) var<storage, read> gradient: array<${floats}>;
@group(0) @binding(1) var<storage, read> norm: array<f32>;
@group(0) @binding(2) var<storage, read_write> first: array<${floats}>;
@group(0) @binding(3) var<storage, read_write> second: array<${floats}>;
@group(0) @binding(4) var<storage, read_write> variable: array<${floats}>;

@compute @workgroup_size(${GRID_WORKGROUP})
fn main(${GRID_PARAMETERS}) {
  let vectors = u[0].x;
  let rate = bitcast<f32>(u[0].y); let secondCorrection = bitcast<f32>(u[0].z); let clip = bitcast<f32>(u[0].w);
  var scale = 1.0;
  if (clip > 0.0) { scale = min(1.0, clip / (norm[0] + 1e-6)); }
  for (var k = 0u; k < ${EACH}u; k++) {
    let i = place(group, local, k);
    if (i >= vectors) { return; }
    let g = gradient[i] * scale;
    let m = ${beta1} * first[i] + ${1 - beta1} * g;
    let v = ${beta2} * second[i] + ${1 - beta2} * g * g;
    first[i] = m;
    second[i] = v;
    variable[i] -= rate * m / (sqrt(v) * secondCorrection + ${epsilon});
  }
}`,
  };
}
