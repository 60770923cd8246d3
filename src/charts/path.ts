/** Curves as path data. */
import type { ChartPoint } from './thinning.ts';

/** Straight lines from point to point, to a tenth of a pixel; empty for fewer than two points. */
export function linePath(
  points: readonly ChartPoint[],
  toX: (x: number) => number,
  toY: (y: number) => number,
): string {
  if (points.length < 2) return '';
  let path = '';
  for (const { x, y } of points) path += `${path === '' ? 'M' : 'L'}${tenths(toX(x))},${tenths(toY(y))}`;
  return path;
}

function tenths(place: number): number {
  return Math.round(place * 10) / 10;
}
