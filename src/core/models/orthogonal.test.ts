import { expect, it } from 'vitest';
import { streamFor } from '../random/stream.ts';
import { orthogonalMatrix } from './orthogonal.ts';

it('is orthonormal by rows and by columns', () => {
  const size = 200;
  const matrix = orthogonalMatrix(size, streamFor(1, 'orthogonal'));
  let worst = 0;
  for (let a = 0; a < size; a++) {
    for (let b = 0; b <= a; b++) {
      let [rows, columns] = [0, 0];
      for (let i = 0; i < size; i++) {
        rows += matrix[a * size + i]! * matrix[b * size + i]!;
        columns += matrix[i * size + a]! * matrix[i * size + b]!;
      }
      const expected = a === b ? 1 : 0;
      worst = Math.max(worst, Math.abs(rows - expected), Math.abs(columns - expected));
    }
  }
  expect(worst).toBeLessThan(1e-10);
});

it('has either sign as often: its trace is that of a random rotation or reflection', () => {
  const random = streamFor(2, 'orthogonal');
  const traces = Array.from({ length: 2_000 }, () => {
    const [a, , , , b, , , , c] = orthogonalMatrix(3, random);
    return a! + b! + c!;
  });
  // Over the whole orthogonal group the trace has mean 0 and variance 1 (Diaconis and Shahshahani, 1994).
  const mean = traces.reduce((sum, trace) => sum + trace, 0) / traces.length;
  const variance = traces.reduce((sum, trace) => sum + trace * trace, 0) / traces.length;
  expect(Math.abs(mean)).toBeLessThan(0.1);
  expect(Math.abs(variance - 1)).toBeLessThan(0.15);
});
