import { expect, it } from 'vitest';
import { chunksOf } from './chunks.ts';

it.each([1, 7, 8, 9, 20, 64, 255, 999, 1000])('cuts %i steps into consecutive chunks that cover them once', (steps) => {
  const chunks = chunksOf(steps);
  expect(chunks.flatMap(({ first, steps: count }) => Array.from({ length: count }, (_, i) => first + i))).toEqual(
    Array.from({ length: steps }, (_, t) => t),
  );
});

it('takes a dispatch for little more than each step of a long sequence', () => {
  const [first] = chunksOf(999);
  expect(999 + first!.steps).toBeLessThanOrEqual(999 * 1.05);
});
