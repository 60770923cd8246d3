/** Partial sums of the squares of a gradient: how many there are follows from its size alone, so that sums repeat. */
import { GRID_WORKGROUP, lanesFor } from '../../backends/webgpu/grid.ts';

/** Vectors that one invocation squares and adds up, a workgroup's width apart. */
export const VECTORS_A_PARTIAL = 64;

/** @param size values of the gradient */
export function partialsOf(size: number): number {
  const vectors = size / lanesFor(size);
  return Math.ceil(vectors / (GRID_WORKGROUP * VECTORS_A_PARTIAL)) * GRID_WORKGROUP;
}
