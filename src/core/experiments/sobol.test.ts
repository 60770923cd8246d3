import { expect, it } from 'vitest';
import { MAX_SOBOL_DIMENSIONS, sobolPoints } from './sobol.ts';

/** The first 32 points are multiples of this. */
const THIRTY_SECOND = 2 ** 27;

it('is the sequence of SciPy 1.17 and PyTorch 1.13, in all dimensions', () => {
  const points = sobolPoints(32, MAX_SOBOL_DIMENSIONS).map((point) =>
    Array.from(point, (value) => value / THIRTY_SECOND),
  );
  expect(points[0]).toEqual(Array.from({ length: MAX_SOBOL_DIMENSIONS }, () => 0));
  expect(points[13]).toEqual([
    26, 22, 26, 2, 14, 30, 18, 18, 18, 14, 26, 30, 2, 26, 6, 18, 6, 22, 18, 30, 18, 2, 26, 18,
  ]);
  expect(points[30]).toEqual([17, 1, 13, 15, 15, 9, 27, 1, 21, 3, 17, 27, 15, 23, 5, 11, 23, 29, 3, 7, 29, 23, 17, 25]);
});

it('has one point in each of as many equal intervals, in every dimension', () => {
  const points = sobolPoints(256, MAX_SOBOL_DIMENSIONS);
  for (let dimension = 0; dimension < MAX_SOBOL_DIMENSIONS; dimension++) {
    expect(new Set(points.map((point) => point[dimension]! >>> 24)).size).toBe(256);
  }
});
