/** The same values in every row of a part of a matrix. */
import type * as tf from '@tensorflow/tfjs-core';
import { EACH, GRID_PARAMETERS, GRID_WORKGROUP, gridFor, OPERATIONS_AN_ACCESS, elementIndexFunction } from './grid.ts';
import { UNIFORMS, type Dispatch, type Program } from './runtime.ts';

export interface RowLayout {
  readonly rows: number;
  readonly columns: number;
  /** Values before the first that is written. */
  readonly offset: number;
  /** Values from row to row of the matrix, and those before its first one. */
  readonly ld: number;
  readonly to: number;
}

export function rowsInto(
  values: tf.TensorInfo,
  matrix: tf.TensorInfo,
  { rows, columns, offset, ld, to }: RowLayout,
): Dispatch {
  return {
    program: ROWS,
    tensors: [values, matrix],
    uniforms: [rows * columns, columns, offset, ld, to],
    workgroups: gridFor(rows * columns, EACH),
    operations: 2 * OPERATIONS_AN_ACCESS * rows * columns,
  };
}

const ROWS: Program = {
  label: 'rows',
  access: ['read', 'write'],
  code: `${UNIFORMS}${elementIndexFunction(EACH)}
@group(0) @binding(0) var<storage, read> values: array<f32>;
@group(0) @binding(1) var<storage, read_write> matrix: array<f32>;

@compute @workgroup_size(${GRID_WORKGROUP})
fn main(${GRID_PARAMETERS}) {
  let columns = u[0].y; let offset = u[0].z; let ld = u[0].w; let first = u[1].x;
  for (var k = 0u; k < ${EACH}u; k++) {
    let i = elementIndex(group, local, k);
    if (i >= u[0].x) { return; }
    matrix[first + i / columns * ld + i % columns] = values[offset + i % columns];
  }
}`,
};
