/** Fewer points that look the same: the charting library slows down with thousands, and a screen has no room for them. */

/**
 * Keeps, in each of equally wide buckets over x, the lowest and the highest point, and the first and last of all; so
 * every spike survives, also when a thinned list grows and is thinned again.
 * @param points in order of x
 * @param most points at most, at least 4
 * @returns the same array where it is short enough
 */
export function thin<Point>(
  points: readonly Point[],
  most: number,
  xOf: (point: Point) => number,
  yOf: (point: Point) => number,
): readonly Point[] {
  if (points.length <= most) return points;
  const first = points[0]!;
  const last = points.at(-1)!;
  const buckets = Math.max(1, Math.floor((most - 2) / 2));
  const start = xOf(first);
  const width = (xOf(last) - start) / buckets || 1;
  const kept = new Set<Point>([first]);
  let from = 1;
  for (let bucket = 0; bucket < buckets; bucket++) {
    const end = bucket === buckets - 1 ? Infinity : start + (bucket + 1) * width;
    let lowest: Point | undefined;
    let highest: Point | undefined;
    let at = from;
    for (; at < points.length - 1 && xOf(points[at]!) < end; at++) {
      const point = points[at]!;
      if (!Number.isFinite(yOf(point))) continue;
      if (lowest === undefined || yOf(point) < yOf(lowest)) lowest = point;
      if (highest === undefined || yOf(point) > yOf(highest)) highest = point;
    }
    from = at;
    if (lowest === undefined || highest === undefined) continue;
    const inOrder = xOf(lowest) <= xOf(highest) ? [lowest, highest] : [highest, lowest];
    for (const point of inOrder) kept.add(point);
  }
  kept.add(last);
  return [...kept];
}

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}
