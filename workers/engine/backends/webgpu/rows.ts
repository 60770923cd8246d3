/** The same values in every row of a part of a matrix. */
import type * as tf from '@tensorflow/tfjs-core';
import { elementwiseDispatch, elementwiseProgram } from './elementwise.ts';
import type { Dispatch } from './runtime.ts';

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
  const count = rows * columns;
  return elementwiseDispatch(ROWS, [values, matrix], count, [columns, offset, ld, to], 2 * count);
}

const ROWS = elementwiseProgram({
  label: 'rows',
  lists: [
    ['values', 'read', 'f32'],
    ['matrix', 'write', 'f32'],
  ],
  before: '  let columns = u[0].y; let offset = u[0].z; let ld = u[0].w; let first = u[1].x;',
  each: '    matrix[first + i / columns * ld + i % columns] = values[offset + i % columns];',
});
