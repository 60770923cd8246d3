/** Output layer on WebGPU with the logits that a cache needs: the slices of linearCrossEntropy/webgpu.ts, and one more program over each. */
import { LARGEST } from '#core/cache/rowScores.ts';
import { OPERATIONS_AN_ACCESS } from '../../backends/webgpu/grid.ts';
import { GpuRuntime, UNIFORMS, type Program } from '../../backends/webgpu/runtime.ts';
import { registerLabKernel } from '../kernels.ts';
import { scoredSlices } from '../linearCrossEntropy/webgpu.ts';

registerLabKernel('LabTextLogits', 'webgpu', ({ inputs: { ids, ...operands }, attrs: { counted } }) => {
  const runtime = GpuRuntime.current();
  const n = operands.states.shape[0];
  const tokens = operands.weight.shape[0];
  const [rows, texts] = ids.shape;
  const kept = Math.min(LARGEST, tokens);
  const [ofTexts, largest] = [runtime.output([n, texts]), runtime.output([n, kept])];
  const scores = scoredSlices(runtime, operands, 1 / Math.max(1, counted), (logits, slice) => [
    {
      program: TEXT_LOGITS,
      tensors: [logits, ids, ofTexts, largest],
      uniforms: [tokens, slice.leading / 4, slice.first, rows, texts, kept],
      workgroups: [slice.rows],
      operations: OPERATIONS_AN_ACCESS * slice.rows * (tokens / 4 + 2 * texts),
    },
  ]);
  return [...scores, ofTexts, largest];
});

/** Invocations that share a position. */
const WORKGROUP = 32;

/**
 * A workgroup a position. Each invocation keeps the largest of every 32nd vector, and the first one joins them.
 * Uniforms: tokens, vectors a row, first position of the slice, rows of the batch, texts, number of largest logits.
 */
const TEXT_LOGITS: Program = {
  label: 'logits for a cache',
  access: ['read', 'read', 'write', 'write'],
  code: `${UNIFORMS}
@group(0) @binding(0) var<storage, read> logits: array<vec4f>;
@group(0) @binding(1) var<storage, read> ids: array<u32>;
@group(0) @binding(2) var<storage, read_write> texts: array<f32>;
@group(0) @binding(3) var<storage, read_write> largest: array<f32>;

const LOWEST = -3.4e38;
var<workgroup> parts: array<f32, ${WORKGROUP * LARGEST}>;

fn insert(kept: ptr<function, array<f32, ${LARGEST}>>, value: f32) {
  if (!(value > (*kept)[${LARGEST - 1}])) { return; }
  var at = ${LARGEST - 1};
  while (at > 0) {
    if (!(value > (*kept)[at - 1])) { break; }
    (*kept)[at] = (*kept)[at - 1];
    at--;
  }
  (*kept)[at] = value;
}

@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let tokens = u[0].x; let vectors = u[0].y; let row = group.x; let position = u[0].z + row;
  let batch = u[0].w; let count = u[1].x; let most = u[1].y;
  for (var i = local; i < count; i += ${WORKGROUP}u) {
    let id = ids[(position % batch) * count + i];
    texts[position * count + i] = logits[row * vectors + id / 4u][id % 4u];
  }

  var kept: array<f32, ${LARGEST}>;
  for (var k = 0; k < ${LARGEST}; k++) { kept[k] = LOWEST; }
  for (var i = local; i < vectors; i += ${WORKGROUP}u) {
    let x = select(vec4f(LOWEST), logits[row * vectors + i], i * 4u + vec4u(0, 1, 2, 3) < vec4u(tokens));
    if (!any(x > vec4f(kept[${LARGEST - 1}]))) { continue; }
    insert(&kept, x.x); insert(&kept, x.y); insert(&kept, x.z); insert(&kept, x.w);
  }
  for (var k = 0; k < ${LARGEST}; k++) { parts[local * ${LARGEST}u + u32(k)] = kept[k]; }
  workgroupBarrier();
  if (local > 0u) { return; }
  for (var i = ${LARGEST}u; i < ${WORKGROUP * LARGEST}u; i++) { insert(&kept, parts[i]); }
  for (var k = 0u; k < most; k++) { largest[position * most + k] = kept[k]; }
}`,
};
