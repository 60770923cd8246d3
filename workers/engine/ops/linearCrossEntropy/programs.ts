/**
 * WGSL of the cross-entropy of a slice of logits, whose rows are padded to a multiple of 4 so that they are read as vectors.
 * The products around it are mat-mul's.
 */
import { EACH, GRID_PARAMETERS, GRID_WORKGROUP, sumOfWorkgroup } from '../../backends/webgpu/grid.ts';
import { PAD_ID } from '#core/data/vocabulary.ts';
import { UNIFORMS, type Program } from '../../backends/webgpu/runtime.ts';

/** Invocations that share a row; 32 took three quarters of the time of 64 on a software adapter. */
const ROW_WORKGROUP = 32;

/**
 * A workgroup a row: `losses`, `ranks`, and in `softmax` what turns a logit into its probability, the row's largest logit and
 * 1 / sum(exp(logit - largest)). Each invocation takes every 32nd vector, and the first one joins them after the only
 * barrier: on a software adapter barriers cost more than these 32 steps.
 * Uniforms: tokens, vectors a row, first row of the slice.
 */
export const SCORES: Program = {
  label: 'losses and ranks',
  access: ['read', 'read', 'write', 'write', 'write'],
  code: `${UNIFORMS}
@group(0) @binding(0) var<storage, read> logits: array<vec4f>;
@group(0) @binding(1) var<storage, read> targets: array<u32>;
@group(0) @binding(2) var<storage, read_write> softmax: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> losses: array<f32>;
@group(0) @binding(4) var<storage, read_write> ranks: array<f32>;

const LOWEST = -3.4e38;
/** For each invocation: largest logit, sum of exp(logit - largest), number of logits greater than the target's. */
var<workgroup> parts: array<vec3f, ${ROW_WORKGROUP}>;

fn vectorAt(row: u32, i: u32, vectors: u32, tokens: u32) -> vec4f {
  return select(vec4f(LOWEST), logits[row * vectors + i], i * 4u + vec4u(0, 1, 2, 3) < vec4u(tokens));
}

@compute @workgroup_size(${ROW_WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let tokens = u[0].x; let vectors = u[0].y; let firstRow = u[0].z;
  let row = group.x;
  let id = min(targets[firstRow + row], tokens - 1u);
  let targetLogit = logits[row * vectors + id / 4u][id % 4u];

  var largest4 = vec4f(LOWEST);
  var greater4 = vec4f(0);
  for (var i = local; i < vectors; i += ${ROW_WORKGROUP}u) {
    let x = vectorAt(row, i, vectors, tokens);
    largest4 = max(largest4, x);
    greater4 += select(vec4f(0), vec4f(1), x > vec4f(targetLogit));
  }
  let ownLargest = max(max(largest4.x, largest4.y), max(largest4.z, largest4.w));
  var sum4 = vec4f(0);
  for (var i = local; i < vectors; i += ${ROW_WORKGROUP}u) {
    sum4 += exp(vectorAt(row, i, vectors, tokens) - ownLargest);
  }
  parts[local] = vec3f(ownLargest, dot(sum4, vec4f(1)), dot(greater4, vec4f(1)));
  workgroupBarrier();
  if (local > 0u) { return; }

  // Invocations without a vector hold LOWEST and 0.
  let used = min(vectors, ${ROW_WORKGROUP}u);
  var largest = LOWEST;
  for (var i = 0u; i < used; i++) { largest = max(largest, parts[i].x); }
  var sum = 0.0;
  var rank = 0.0;
  for (var i = 0u; i < used; i++) {
    sum += parts[i].y * exp(parts[i].x - largest);
    rank += parts[i].z;
  }
  softmax[row] = vec2f(largest, 1.0 / sum);
  losses[firstRow + row] = log(sum) + (largest - targetLogit);
  ranks[firstRow + row] = rank;
}`,
};

/**
 * Logits to their gradients, in place: (probability - onehot) x scale, zero in rows of PAD and in the columns of padding.
 * Uniforms: tokens, vectors a row, first row of the slice, bits of the scale.
 */
export const GRADIENT: Program = {
  label: 'gradient of logits',
  access: ['write', 'read', 'read'],
  code: `${UNIFORMS}
@group(0) @binding(0) var<storage, read_write> logits: array<vec4f>;
@group(0) @binding(1) var<storage, read> targets: array<u32>;
@group(0) @binding(2) var<storage, read> softmax: array<vec2f>;

@compute @workgroup_size(${GRID_WORKGROUP})
fn main(${GRID_PARAMETERS}) {
  let tokens = u[0].x; let vectors = u[0].y; let firstRow = u[0].z; let scale = bitcast<f32>(u[0].w);
  let row = group.y;
  let id = targets[firstRow + row];
  let largest = softmax[row].x;
  let factor = select(softmax[row].y * scale, 0.0, id == ${PAD_ID}u);
  let atTarget = select(scale, 0.0, id == ${PAD_ID}u);
  for (var k = 0u; k < ${EACH}u; k++) {
    let i = (group.x * ${EACH}u + k) * ${GRID_WORKGROUP}u + local;
    if (i >= vectors) { return; }
    let column = i * 4u + vec4u(0, 1, 2, 3);
    let gradient =
      exp(logits[row * vectors + i] - largest) * factor - select(vec4f(0), vec4f(atTarget), column == vec4u(id));
    logits[row * vectors + i] = select(vec4f(0), gradient, column < vec4u(tokens));
  }
}`,
};

/** Workgroups of `GRADIENT`. */
export function gradientGrid(rows: number, vectors: number): readonly [number, number] {
  return [Math.ceil(vectors / (GRID_WORKGROUP * EACH)), rows];
}

const MEAN_WORKGROUP = 256;

/** The sum of the losses that are not PAD's times a scale. Uniforms: number of losses, bits of the scale. */
export const MEAN: Program = {
  label: 'mean loss',
  access: ['read', 'read', 'write'],
  code: `${UNIFORMS}${sumOfWorkgroup(MEAN_WORKGROUP)}
@group(0) @binding(0) var<storage, read> losses: array<f32>;
@group(0) @binding(1) var<storage, read> targets: array<u32>;
@group(0) @binding(2) var<storage, read_write> mean: array<f32>;

@compute @workgroup_size(${MEAN_WORKGROUP})
fn main(@builtin(local_invocation_index) local: u32) {
  let count = u[0].x;
  var own = 0.0;
  for (var i = local; i < count; i += ${MEAN_WORKGROUP}u) {
    if (targets[i] != ${PAD_ID}u) { own += losses[i]; }
  }
  let sum = sumOfWorkgroup(own, local);
  if (local == 0u) { mean[0] = sum * bitcast<f32>(u[0].y); }
}`,
};
