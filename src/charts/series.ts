/** What a chart draws: plain data, with no run, store or room behind it. */
import type { ChartPoint } from './thinning.ts';

export interface ChartSeries {
  /** Unlike any other series' in the chart. */
  readonly key: string;
  /** In full, for the tooltip, the table and the text alternative: `RNN, validation`. */
  readonly label: string;
  /** A CSS colour. */
  readonly colour: string;
  readonly dashed: boolean;
  /** Drawn as a veil, beneath the others. */
  readonly faint: boolean;
  /** In order of x. */
  readonly points: readonly ChartPoint[];
  /** Short name at the line's end, or null for none. */
  readonly endLabel: string | null;
  /** The x of the point to ring, or null. */
  readonly ring: number | null;
  /** The x at which training stopped early, or null. */
  readonly stoppedAt: number | null;
}

/** A level to judge the curves by. */
export interface Yardline {
  readonly key: string;
  readonly label: string;
  readonly endLabel: string;
  readonly y: number;
}

export function pointAt(points: readonly ChartPoint[], x: number): ChartPoint | null {
  let nearest: ChartPoint | null = null;
  for (const point of points) {
    if (nearest && Math.abs(point.x - x) >= Math.abs(nearest.x - x)) continue;
    nearest = point;
  }
  return nearest;
}

/**
 * Moves labels apart that would cover each other, each as little as needed, keeping their order and the bounds.
 * @param wanted where each would like to be, in any order
 * @param gap smallest distance
 * @returns the places, in the order given
 */
export function spread(wanted: readonly number[], gap: number, top: number, bottom: number): readonly number[] {
  const order = wanted.map((_, i) => i).toSorted((a, b) => wanted[a]! - wanted[b]!);
  const places = order.map((i) => Math.min(Math.max(wanted[i]!, top), bottom));
  for (let i = 1; i < places.length; i++) places[i] = Math.max(places[i]!, places[i - 1]! + gap);
  for (let i = places.length - 1; i >= 0; i--) {
    places[i] = Math.min(places[i]!, i === places.length - 1 ? bottom : places[i + 1]! - gap);
  }
  const result: number[] = [];
  order.forEach((original, i) => (result[original] = places[i]!));
  return result;
}

/** The chart in one sentence a line, for those who do not see it. */
export function describeChart(
  title: string,
  xName: string,
  series: readonly ChartSeries[],
  yardlines: readonly Yardline[],
  format: (y: number) => string,
): string {
  const parts = series.flatMap(({ label, points, ring, faint }) => {
    const last = points.at(-1);
    if (!last || faint) return [];
    const best = ring === null ? null : pointAt(points, ring);
    return [
      `${label}: ${format(last.y)} at ${xName} ${last.x}${best ? `, best epoch ${best.x} with ${format(best.y)}` : ''}`,
    ];
  });
  const levels = yardlines.map(({ label, y }) => `${label}: ${format(y)}`);
  return `${title}. ${[...parts, ...levels].join('; ')}.`;
}
