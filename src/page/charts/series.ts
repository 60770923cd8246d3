/** What a chart draws: plain data, with no run, store or page behind it. */
import { nonFiniteNote, sumNonFinite, valueText, type NonFinite } from './nonFinite.ts';
import type { ChartPoint } from './thinning.ts';

export interface ChartSeries {
  /** Unlike any other series' in the chart. */
  readonly key: string;
  /** In full, for the tooltip, the table and the text alternative: `RNN, validation`. */
  readonly label: string;
  /** A CSS colour. */
  readonly colour: string;
  readonly dashed: boolean;
  /** What a smoothed line was made of: drawn pale beneath it, and left out of tooltip, table and text. */
  readonly faint: boolean;
  /** Another series is highlighted: this one is drawn pale, and left out of tooltip, table and text. */
  readonly faded: boolean;
  /** In order of x, which is finite; y may be anything. */
  readonly points: readonly ChartPoint[];
  /** How many of the values that the points were made of are not finite: of `points` some are thinned out. */
  readonly nonFinite: NonFinite;
  /** Short name at the line's end, or null for none. */
  readonly endLabel: string | null;
  /** The x of the point to ring, or null. */
  readonly ring: number | null;
  /** The x at which training stopped early, or null. */
  readonly stoppedAt: number | null;
}

/** A level to judge the curves by. */
export interface ReferenceLine {
  readonly key: string;
  readonly label: string;
  readonly endLabel: string;
  readonly y: number;
  /** Whether the axis is extended to show it; otherwise its name is shown at the edge beyond which it is. */
  readonly stretches: boolean;
}

/** The series that tooltip, table and text alternative report. */
export function reported(series: readonly ChartSeries[]): readonly ChartSeries[] {
  return series.filter(({ faint, faded, points }) => !faint && !faded && points.length > 0);
}

/** Index of the point nearest to x, by bisection; -1 where there is none. */
export function nearestIndex(points: readonly ChartPoint[], x: number): number {
  let low = 0;
  let high = points.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle]!.x <= x) low = middle;
    else high = middle;
  }
  if (high < 0) return -1;
  return Math.abs(points[high]!.x - x) < Math.abs(points[low]!.x - x) ? high : low;
}

export function pointAt(points: readonly ChartPoint[], x: number): ChartPoint | null {
  return points[nearestIndex(points, x)] ?? null;
}

export interface Reading {
  readonly key: string;
  readonly label: string;
  readonly colour: string;
  readonly dashed: boolean;
  readonly y: number;
}

/** The values at x, highest first, as they lie in the chart. Beyond its ends a curve has none. */
export function readingsAt(series: readonly ChartSeries[], x: number): readonly Reading[] {
  return reported(series)
    .flatMap(({ key, label, colour, dashed, points }) => {
      if (x < points[0]!.x || x > points.at(-1)!.x) return [];
      const point = pointAt(points, x);
      return point ? [{ key, label, colour, dashed, y: point.y }] : [];
    })
    .toSorted(byHeight);
}

/** Highest first; what is no number comes last. */
export function byHeight({ y: a }: { readonly y: number }, { y: b }: { readonly y: number }): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a === b ? 0 : b - a;
}

/** The x of the point nearest to x, of all series with readings; null without points. */
export function snap(series: readonly ChartSeries[], x: number): number | null {
  let best: number | null = null;
  for (const { points } of reported(series)) {
    const point = pointAt(points, x);
    if (point && (best === null || Math.abs(point.x - x) < Math.abs(best - x))) best = point.x;
  }
  return best;
}

/** All distinct x of the series with readings, in order. */
export function xsOf(series: readonly ChartSeries[]): readonly number[] {
  return [...new Set(reported(series).flatMap(({ points }) => points.map(({ x }) => x)))].toSorted((a, b) => a - b);
}

/** The values that a curve has between two x, those at which its lines cross the edges among them. */
export function valuesWithin(points: readonly ChartPoint[], low: number, high: number): readonly number[] {
  const values: number[] = [];
  for (const [i, { x, y }] of points.entries()) {
    if (x >= low && x <= high) values.push(y);
    const next = points[i + 1];
    if (!next) break;
    for (const edge of [low, high]) {
      if (x < edge && next.x > edge) values.push(y + (next.y - y) * ((edge - x) / (next.x - x)));
    }
  }
  return values;
}

/**
 * Moves labels apart that would cover each other, each as little as needed, keeping their order and the bounds.
 * @param wanted where each would like to be, in any order
 * @param gap smallest distance
 * @returns the positions, in the order given
 */
export function spread(wanted: readonly number[], gap: number, top: number, bottom: number): readonly number[] {
  const order = wanted.map((_, i) => i).toSorted((a, b) => wanted[a]! - wanted[b]!);
  const positions = order.map((i) => Math.min(Math.max(wanted[i]!, top), bottom));
  for (let i = 1; i < positions.length; i++) positions[i] = Math.max(positions[i]!, positions[i - 1]! + gap);
  for (let i = positions.length - 1; i >= 0; i--) {
    positions[i] = Math.min(positions[i]!, i === positions.length - 1 ? bottom : positions[i + 1]! - gap);
  }
  const result: number[] = [];
  order.forEach((original, i) => (result[original] = positions[i]!));
  return result;
}

/** Lines described one by one; if there are more, a sentence says how many. */
const MAX_REPORTED = 12;

/** The chart in one sentence a line, for those who do not see it. */
export function describeChart(
  title: string,
  xName: string,
  series: readonly ChartSeries[],
  referenceLines: readonly ReferenceLine[],
  format: (y: number) => string,
  formatX: (x: number) => string = String,
): string {
  const all = reported(series);
  const parts = all.slice(0, MAX_REPORTED).map(({ label, points, ring }) => {
    const last = points.at(-1)!;
    const best = ring === null ? null : pointAt(points, ring);
    const ends = `${label}: ${valueText(last.y, format)} at ${xName} ${formatX(last.x)}`;
    return best ? `${ends}, best at ${formatX(best.x)} with ${valueText(best.y, format)}` : ends;
  });
  if (all.length > MAX_REPORTED) parts.push(`and ${all.length - MAX_REPORTED} more lines`);
  const levels = referenceLines.map(({ label, y }) => `${label}: ${valueText(y, format)}`);
  const note = nonFiniteNote(sumNonFinite(all.map(({ nonFinite }) => nonFinite)));
  return `${title}. ${[...parts, ...levels].join('; ')}.${note === null ? '' : ` ${note}`}`;
}
