/** The sum of two tensors, value by value: the two biases of a recurrent layer as one. */
import type * as tf from '@tensorflow/tfjs-core';
import { EACH, GRID_PARAMETERS, GRID_WORKGROUP, gridFor, OPERATIONS_AN_ACCESS, elementIndexFunction } from './grid.ts';
import { UNIFORMS, type Dispatch, type Program } from './runtime.ts';

/** @param sum as a and b, `count` values each */
export function sumInto(a: tf.TensorInfo, b: tf.TensorInfo, sum: tf.TensorInfo, count: number): Dispatch {
  return {
    program: SUM,
    tensors: [a, b, sum],
    uniforms: [count],
    workgroups: gridFor(count, EACH),
    operations: 3 * OPERATIONS_AN_ACCESS * count,
  };
}

const SUM: Program = {
  label: 'sum',
  access: ['read', 'read', 'write'],
  code: `${UNIFORMS}${elementIndexFunction(EACH)}
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> sum: array<f32>;

@compute @workgroup_size(${GRID_WORKGROUP})
fn main(${GRID_PARAMETERS}) {
  for (var k = 0u; k < ${EACH}u; k++) {
    let i = elementIndex(group, local, k);
    if (i >= u[0].x) { return; }
    sum[i] = a[i] + b[i];
  }
}`,
};
