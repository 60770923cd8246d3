/** Fewer points that look the same: the charting library slows down with thousands, and a screen has no room for them. */

/** Most points kept per bucket: lowest and highest; and where some are not finite, one of each kind of these. */
const KEPT_FINITE = 2;
const KEPT_ANY = 5;

/**
 * Keeps, in each of equally wide buckets over x, the lowest and the highest point, and the first and last of all; so
 * every spike survives, also when a thinned list grows and is thinned again. Of infinite values of either sign, and of what is
 * not a number, the first in each bucket is kept: a curve that overflows still does.
 * @param points in order of x
 * @param most points at most, at least 7
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
  const finite = points.every((point) => Number.isFinite(yOf(point)));
  const buckets = Math.max(1, Math.floor((most - 2) / (finite ? KEPT_FINITE : KEPT_ANY)));
  const start = xOf(first);
  const width = (xOf(last) - start) / buckets || 1;
  const kept = new Set<Point>([first]);
  let from = 1;
  for (let bucket = 0; bucket < buckets; bucket++) {
    const end = bucket === buckets - 1 ? Infinity : start + (bucket + 1) * width;
    let to = from;
    while (to < points.length - 1 && xOf(points[to]!) < end) to++;
    for (const point of extremes(points, from, to, yOf)) kept.add(point);
    from = to;
  }
  kept.add(last);
  return [...kept];
}

/** In order. */
function extremes<Point>(
  points: readonly Point[],
  from: number,
  to: number,
  yOf: (point: Point) => number,
): readonly Point[] {
  let [lowest, highest, above, below, none] = [-1, -1, -1, -1, -1];
  for (let at = from; at < to; at++) {
    const y = yOf(points[at]!);
    if (Number.isNaN(y)) none = none < 0 ? at : none;
    else if (y === Infinity) above = above < 0 ? at : above;
    else if (y === -Infinity) below = below < 0 ? at : below;
    else {
      if (lowest < 0 || y < yOf(points[lowest]!)) lowest = at;
      if (highest < 0 || y > yOf(points[highest]!)) highest = at;
    }
  }
  return [lowest, highest, above, below, none]
    .filter((at) => at >= 0)
    .toSorted((a, b) => a - b)
    .map((at) => points[at]!);
}

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}
