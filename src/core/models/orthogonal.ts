/** Random orthogonal matrices, to start recurrent weights from. */
import type { RandomStream } from '../random/stream.ts';

/**
 * A square matrix with Q Q^T = I, uniformly distributed among all of them, as `torch.nn.init.orthogonal_` gives: rows of normal
 * numbers made orthonormal one after the other (modified Gram-Schmidt), which is a QR decomposition of the transpose whose R has a
 * positive diagonal (Mezzadri, 2007). Computed in float64.
 * @param size rows and columns
 * @returns [size, size], row by row
 */
export function orthogonalMatrix(size: number, random: Pick<RandomStream, 'normal'>): Float64Array {
  const matrix = Float64Array.from({ length: size * size }, () => random.normal());
  const rows = Array.from({ length: size }, (_, row) => matrix.subarray(row * size, (row + 1) * size));
  for (const [index, row] of rows.entries()) {
    for (const earlier of rows.slice(0, index)) {
      const along = dot(earlier, row);
      for (let i = 0; i < size; i++) row[i]! -= along * earlier[i]!;
    }
    const length = Math.sqrt(dot(row, row));
    for (let i = 0; i < size; i++) row[i]! /= length;
  }
  return matrix;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
