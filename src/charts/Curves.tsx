/** The lines of a chart, one path each, drawn anew only where their points or the scales changed. */
import { memo, useId } from 'react';
import { linePath } from './path.ts';
import { usePlotScales } from './scales.ts';
import type { ChartSeries } from './series.ts';

export function Curves({ series }: { readonly series: readonly ChartSeries[] }) {
  const scales = usePlotScales();
  const clip = useId();
  if (!scales) return null;
  const { left, right, top, bottom, toX, toY } = scales;
  // Values that say where the scales lie: equal ones draw an equal path.
  const frame = [left, right, top, bottom, toX(0), toX(1), toY(1), toY(2)].map((place) => place.toFixed(2)).join();
  return (
    <>
      <clipPath id={clip}>
        <rect x={left - 3} y={top - 4} width={right - left + 6} height={bottom - top + 8} />
      </clipPath>
      <g className="chart-curves" clipPath={`url(#${CSS.escape(clip)})`}>
        {series.map((one) => (
          <Curve key={one.key} series={one} frame={frame} toX={toX} toY={toY} />
        ))}
      </g>
    </>
  );
}

interface CurveProps {
  readonly series: ChartSeries;
  readonly frame: string;
  readonly toX: (x: number) => number;
  readonly toY: (y: number) => number;
}

const Curve = memo(
  function Curve({ series: { colour, dashed, faint, faded, points }, toX, toY }: CurveProps) {
    const [only] = points;
    if (points.length === 1 && only) {
      // A lone point has no line to be seen by.
      return <circle cx={toX(only.x)} cy={toY(only.y)} r={2.5} fill={colour} opacity={opacityOf(faint, faded)} />;
    }
    return (
      <path
        className="chart-curve"
        d={linePath(points, toX, toY)}
        fill="none"
        stroke={colour}
        strokeWidth={faint || faded ? 1 : dashed ? 1.5 : 2}
        strokeOpacity={opacityOf(faint, faded)}
        strokeLinejoin="round"
        {...(dashed ? { strokeDasharray: '4 3' } : {})}
      />
    );
  },
  (before, after) => before.frame === after.frame && sameCurve(before.series, after.series),
);

function sameCurve(a: ChartSeries, b: ChartSeries): boolean {
  return (
    a.points === b.points &&
    a.colour === b.colour &&
    a.dashed === b.dashed &&
    a.faint === b.faint &&
    a.faded === b.faded
  );
}

function opacityOf(faint: boolean, faded: boolean): number {
  if (faded) return 0.22;
  return faint ? 0.3 : 1;
}
