/** Curves as path data, and where they break. */
import type { ChartPoint } from './thinning.ts';

/** A curve in pixels. */
export interface CurveShape {
  /** Path data: straight lines from point to point, to a tenth of a pixel. Empty where no two neighbours can be drawn. */
  readonly path: string;
  /** Points without a neighbour to draw a line to. */
  readonly lone: readonly { readonly x: number; readonly y: number }[];
  /** Where it overflowed; of several that would cover each other the first. */
  readonly above: readonly number[];
  readonly below: readonly number[];
}

/** Far outside of any plot: beyond it a browser's own drawing overflows. */
const FAR = 1e5;
/** Marks closer than this cover each other. */
const MARK_GAP = 5;

/** A line breaks where a value is infinite, no number, or cannot be drawn on the axis, as zero on a log axis. */
export function curveShape(
  points: readonly ChartPoint[],
  toX: (x: number) => number,
  toY: (y: number) => number,
): CurveShape {
  let path = '';
  const lone: { x: number; y: number }[] = [];
  const marks = { above: [] as number[], below: [] as number[] };
  let run: string[] = [];
  let start = { x: 0, y: 0 };
  const end = () => {
    if (run.length === 1) lone.push(start);
    else if (run.length > 1) path += `M${run.join('L')}`;
    run = [];
  };
  for (const point of points) {
    const [placeX, placeY] = [toX(point.x), toY(point.y)];
    const x = tenths(placeX);
    if (Number.isFinite(placeX) && Number.isFinite(placeY)) {
      const y = tenths(placeY);
      if (run.length === 0) start = { x, y };
      run.push(`${x},${y}`);
      continue;
    }
    end();
    if (Number.isNaN(point.y) || Number.isFinite(point.y) || !Number.isFinite(placeX)) continue;
    const side = point.y > 0 ? marks.above : marks.below;
    if (x - (side.at(-1) ?? -Infinity) >= MARK_GAP) side.push(x);
  }
  end();
  return { path, lone, ...marks };
}

function tenths(pixel: number): number {
  return Math.round(Math.min(FAR, Math.max(-FAR, pixel)) * 10) / 10;
}
