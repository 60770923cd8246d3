/**
 * Embedding on WebGPU. Backward, the positions of each token are linked into a chain in order, then every row of the table
 * adds up the gradients along its own: the order of summation is fixed without atomics, and the work is one pass over the
 * gradients and the table.
 */
import * as tf from '@tensorflow/tfjs-core';
import { PAD_ID } from '#core/data/vocabulary.ts';
import {
  GRID_PARAMETERS,
  GRID_WORKGROUP,
  gridFor,
  lanesFor,
  OPERATIONS_AN_ACCESS,
  elementIndexFunction,
  vectorType,
  type Lanes,
} from '../../backends/webgpu/grid.ts';
import { elementwiseDispatch, elementwiseProgram, forLanes } from '../../backends/webgpu/elementwise.ts';
import { disposeData, GpuRuntime, UNIFORMS, type Program } from '../../backends/webgpu/runtime.ts';
import { activation, weightGradients, scratch, type StepKernels } from '../../memory/kernelMemory.ts';
import { registerLabKernel } from '../kernels.ts';

registerLabKernel('LabEmbedding', 'webgpu', ({ inputs: { table, ids } }) => {
  const runtime = GpuRuntime.current();
  const width = table.shape[1];
  const positions = tf.util.sizeFromShape(ids.shape);
  const out = runtime.output([...ids.shape, width]);
  const lanes = lanesFor(width);
  const values = positions * width;
  runtime.run([elementwiseDispatch(LOOK_UP[lanes], [table, ids, out], values / lanes, [width / lanes], 2 * values)]);
  return out;
});

registerLabKernel('LabEmbeddingGradient', 'webgpu', ({ inputs: { dy, ids }, attrs: { tokens } }) => {
  const runtime = GpuRuntime.current();
  const width = dy.shape[2];
  const positions = tf.util.sizeFromShape(ids.shape);
  const [heads, tails, next] = [tokens, tokens, positions].map((size) => runtime.output([size], 'int32')) as [
    tf.TensorInfo,
    tf.TensorInfo,
    tf.TensorInfo,
  ];
  const out = runtime.output([tokens, width]);
  const lanes = lanesFor(width);
  const vectors = (tokens * width) / lanes;
  runtime.run([
    {
      program: LINK,
      tensors: [ids, heads, tails, next],
      uniforms: [positions, tokens],
      workgroups: [1],
      operations: positions * LINK_BLOCK * 2,
    },
    {
      program: SUM[lanes],
      tensors: [dy, heads, next, out],
      uniforms: [vectors, width / lanes],
      workgroups: gridFor(vectors, 1),
      operations: OPERATIONS_AN_ACCESS * (tokens + 2 * positions) * width,
    },
  ]);
  disposeData(heads, tails, next);
  return out;
});

export const memory: StepKernels['embedding'] = {
  forward: ({ spec, ofPositions }) => [[activation('embedded inputs', ofPositions(spec.embedding))]],
  backward: (step) => [
    [
      ...weightGradients(step, 'embedding'),
      scratch('first and last position of each token', step.ofRun(step.spec.tokens), 2),
      scratch('next position of the same token', step.ofPositions(1)),
    ],
  ],
};

const LOOK_UP = forLanes((lanes) =>
  elementwiseProgram({
    label: `look-up x${lanes}`,
    lists: [
      ['table', 'read', vectorType(lanes)],
      ['ids', 'read', 'u32'],
      ['rows', 'write', vectorType(lanes)],
    ],
    before: '  let width = u[0].y;',
    each: '    rows[i] = table[ids[i / width] * width + i % width];',
  }),
);

/** Positions linked at once: each is compared with every other of its block. */
const LINK_BLOCK = 64;

/** Ends a chain. */
const NONE = '0xffffffffu';

/**
 * Chains: `heads[token]` is the first position of a token, `next[position]` the next one of the same token. One workgroup
 * takes block after block; `tails` holds the last position of each token in the blocks before. PAD and ids outside the
 * table have no chain.
 */
const LINK: Program = {
  label: 'chains of positions',
  access: ['read', 'write', 'write', 'write'],
  code: `${UNIFORMS}
@group(0) @binding(0) var<storage, read> ids: array<u32>;
@group(0) @binding(1) var<storage, read_write> heads: array<u32>;
@group(0) @binding(2) var<storage, read_write> tails: array<u32>;
@group(0) @binding(3) var<storage, read_write> next: array<u32>;

var<workgroup> block: array<u32, ${LINK_BLOCK}>;

@compute @workgroup_size(${LINK_BLOCK})
fn main(@builtin(local_invocation_index) local: u32) {
  let positions = u[0].x; let tokens = u[0].y;
  for (var token = local; token < tokens; token += ${LINK_BLOCK}u) {
    heads[token] = ${NONE};
    tails[token] = ${NONE};
  }
  for (var start = 0u; start < positions; start += ${LINK_BLOCK}u) {
    let position = start + local;
    var id = ${PAD_ID}u;
    if (position < positions) { id = ids[position]; }
    block[local] = id;
    storageBarrier();
    workgroupBarrier();
    let linked = id != ${PAD_ID}u && id < tokens;
    var isFirst = linked;
    var isLast = linked;
    if (linked) {
      var following = ${NONE};
      for (var other = 0u; other < local; other++) { isFirst = isFirst && block[other] != id; }
      for (var other = ${LINK_BLOCK - 1}u; other > local; other--) {
        if (block[other] == id) { following = start + other; }
      }
      isLast = following == ${NONE};
      next[position] = following;
      if (isFirst) {
        let before = tails[id];
        if (before == ${NONE}) { heads[id] = position; } else { next[before] = position; }
      }
    }
    // Where a token's first and last of the block differ, its tail is read before it is written.
    storageBarrier();
    workgroupBarrier();
    if (isLast) { tails[id] = position; }
  }
}`,
};

const SUM = forLanes(sumProgram);

/**
 * One invocation a row of the table and vector of columns, since chains of common tokens are long; rows without a chain
 * become zero.
 */
function sumProgram(lanes: Lanes): Program {
  const floats = vectorType(lanes);
  return {
    label: `sums by token x${lanes}`,
    access: ['read', 'read', 'read', 'write'],
    code: `${UNIFORMS}${elementIndexFunction(1)}
@group(0) @binding(0) var<storage, read> gradient: array<${floats}>;
@group(0) @binding(1) var<storage, read> heads: array<u32>;
@group(0) @binding(2) var<storage, read> next: array<u32>;
@group(0) @binding(3) var<storage, read_write> sums: array<${floats}>;

@compute @workgroup_size(${GRID_WORKGROUP})
fn main(${GRID_PARAMETERS}) {
  let vectors = u[0].x; let width = u[0].y;
  let i = elementIndex(group, local, 0u);
  if (i >= vectors) { return; }
  let column = i % width;
  var sum = ${floats}(0);
  for (var position = heads[i / width]; position != ${NONE}; position = next[position]) {
    sum += gradient[position * width + column];
  }
  sums[i] = sum;
}`,
  };
}
