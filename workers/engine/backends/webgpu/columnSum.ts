/** The sum of each column of a matrix, rows in order: the gradient of a bias. */
import type * as tf from '@tensorflow/tfjs-core';
import { UNIFORMS, type Dispatch, type Program } from './runtime.ts';

const WORKGROUP = 64;

const COLUMN_SUM: Program = {
  label: 'column sum',
  access: ['read', 'write'],
  code: `${UNIFORMS}
@group(0) @binding(0) var<storage, read> values: array<f32>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let rows = u[0].x; let columns = u[0].y; let leading = u[0].z; let add = u[0].w; let offset = u[1].x; let to = u[1].y;
  let column = id.x;
  if (column >= columns) { return; }
  var sum = 0.0;
  if (add == 1u) { sum = sums[to + column]; }
  for (var row = 0u; row < rows; row++) { sum += values[offset + row * leading + column]; }
  sums[to + column] = sum;
}`,
};

export interface ColumnSumOptions {
  /** Values from row to row; the columns where they lie closely. */
  readonly leading?: number;
  /** Values before the first. */
  readonly offset?: number;
  /** Values of the sums before the first. */
  readonly offsetSums?: number;
  /** Adds to what `sums` holds. */
  readonly accumulate?: boolean;
}

/** @param values [rows, leading] @param sums [columns] */
export function columnSum(
  values: tf.TensorInfo,
  sums: tf.TensorInfo,
  rows: number,
  columns: number,
  { leading = columns, offset = 0, offsetSums = 0, accumulate = false }: ColumnSumOptions = {},
): Dispatch {
  return {
    program: COLUMN_SUM,
    tensors: [values, sums],
    uniforms: [rows, columns, leading, accumulate ? 1 : 0, offset, offsetSums],
    workgroups: [Math.ceil(columns / WORKGROUP)],
    operations: rows * columns,
  };
}
