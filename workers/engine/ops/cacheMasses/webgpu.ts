/**
 * The masses of a cache on WebGPU. The similarity of states is symmetric, so it is stored as [earlier, later]: invocations of a workgroup,
 * each for a later position, then read neighbors, and the half that is needed is right of the diagonal.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { floatBits, OPERATIONS_AN_ACCESS } from '../../backends/webgpu/grid.ts';
import { disposeData, GpuRuntime, UNIFORMS, type Dispatch, type Program } from '../../backends/webgpu/runtime.ts';
import { registerLabKernel } from '../kernels.ts';
import { matMulInto } from '../matMul/webgpu.ts';
import { BAND } from './bands.ts';

/** Bytes of likenesses that are there at once, if one row of a batch needs no more. */
const MAX_BYTES = 64 * 1024 * 1024;
const VALUE_BYTES = 4;
/** Positions of a workgroup. */
const WORKGROUP = 64;

registerLabKernel('LabCacheMasses', 'webgpu', ({ inputs: { states, slots }, attrs: { texts, theta } }) => {
  const runtime = GpuRuntime.current();
  const [steps, rows] = slots.shape;
  const width = states.shape[1];
  const ld = Math.ceil(steps / 4) * 4;
  const fitting = Math.floor(Math.min(MAX_BYTES, runtime.limits.bufferBytes) / VALUE_BYTES / (steps * ld));
  const together = Math.min(rows, Math.max(1, fitting));
  const out = runtime.output([steps * rows, texts]);
  const transposed = runtime.output([together, width, ld]);
  const likeness = runtime.output([together, steps, ld]);
  const dispatches: Dispatch[] = [];
  for (let first = 0; first < rows; first += together) {
    const count = Math.min(together, rows - first);
    dispatches.push({
      program: TRANSPOSE_ROWS,
      tensors: [states, transposed],
      uniforms: [steps, rows, width, ld, first],
      workgroups: [Math.ceil(ld / WORKGROUP), width, count],
      operations: 2 * OPERATIONS_AN_ACCESS * count * width * ld,
    });
    const sizes = { steps, rows, width, ld };
    for (let row = 0; row < count; row++) {
      dispatches.push(...likenessOf(runtime, { states, transposed, likeness }, sizes, first + row, row));
    }
    const accesses = (count * steps * (3 * steps)) / 2 + 3 * count * steps * texts;
    dispatches.push({
      program: MASSES,
      tensors: [likeness, slots, out],
      uniforms: [steps, rows, texts, ld, first, floatBits(theta)],
      workgroups: [Math.ceil(steps / WORKGROUP), count],
      operations: OPERATIONS_AN_ACCESS * accesses,
    });
  }
  runtime.run(dispatches);
  disposeData(transposed, likeness);
  return out;
});

/** Products of the states of one row of the batch, in bands that begin at the diagonal. @param place among those computed together */
function likenessOf(
  runtime: GpuRuntime,
  { states, transposed, likeness }: Readonly<Record<'states' | 'transposed' | 'likeness', tf.TensorInfo>>,
  { steps, rows, width, ld }: Readonly<Record<'steps' | 'rows' | 'width' | 'ld', number>>,
  row: number,
  place: number,
): Dispatch[] {
  const dispatches: Dispatch[] = [];
  for (let first = 0; first < steps; first += BAND) {
    dispatches.push(
      ...matMulInto(runtime, {
        a: states,
        lda: rows * width,
        offsetA: (first * rows + row) * width,
        b: transposed,
        ldb: ld,
        offsetB: place * width * ld + first,
        c: likeness,
        ldc: ld,
        offsetC: (place * steps + first) * ld + first,
        m: Math.min(BAND, steps - first),
        n: steps - first,
        k: width,
        init: 'zero',
      }),
    );
  }
  return dispatches;
}

/** states [steps, rows, width] to [row, width, ld], zeros beyond the last step. Uniforms: steps, rows, width, ld, first row. */
const TRANSPOSE_ROWS: Program = {
  label: 'states of rows, transposed',
  access: ['read', 'write'],
  code: `${UNIFORMS}
@group(0) @binding(0) var<storage, read> states: array<f32>;
@group(0) @binding(1) var<storage, read_write> transposed: array<f32>;

@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let steps = u[0].x; let rows = u[0].y; let width = u[0].z; let ld = u[0].w; let first = u[1].x;
  let step = group.x * ${WORKGROUP}u + local;
  if (step >= ld) { return; }
  var value = 0.0;
  if (step < steps) { value = states[(step * rows + first + group.z) * width + group.y]; }
  transposed[(group.z * width + group.y) * ld + step] = value;
}`,
};

/**
 * An invocation a position, which adds up its texts one after the other: in a fixed order, without a barrier.
 * Uniforms: steps, rows, texts, ld, first row, bits of theta.
 */
const MASSES: Program = {
  label: 'masses of a cache',
  access: ['read', 'read', 'write'],
  code: `${UNIFORMS}
@group(0) @binding(0) var<storage, read> likeness: array<f32>;
@group(0) @binding(1) var<storage, read> slots: array<i32>;
@group(0) @binding(2) var<storage, read_write> masses: array<f32>;

@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let steps = u[0].x; let rows = u[0].y; let texts = u[0].z; let ld = u[0].w;
  let row = u[1].x + group.y; let theta = bitcast<f32>(u[1].y);
  let step = group.x * ${WORKGROUP}u + local;
  if (step >= steps) { return; }
  let to = (step * rows + row) * texts;
  for (var i = 0u; i < texts; i++) { masses[to + i] = 0.0; }
  if (step == 0u) { return; }

  let own = group.y * steps * ld + step;
  var largest = likeness[own];
  for (var i = 1u; i < step; i++) { largest = max(largest, likeness[own + i * ld]); }
  var sum = 0.0;
  for (var i = 0u; i < step; i++) {
    let weight = exp(theta * (likeness[own + i * ld] - largest));
    sum += weight;
    let slot = slots[i * rows + row];
    if (slot >= 0) { masses[to + u32(slot)] += weight; }
  }
  for (var i = 0u; i < texts; i++) { masses[to + i] /= sum; }
}`,
};
