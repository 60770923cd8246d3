/** The lines of a chart, one path each, redrawn only if their points or the scales changed. */
import { memo, useId } from 'react';
import type { Axis } from './axes.ts';
import { curveShape } from './path.ts';
import { usePlotScales, type PlotScales } from './scales.ts';
import type { ChartSeries } from './series.ts';

interface CurvesProps {
  readonly series: readonly ChartSeries[];
  readonly xAxis: Axis;
  readonly yAxis: Axis;
}

export function Curves({ series, xAxis, yAxis }: CurvesProps) {
  const scales = usePlotScales();
  const clip = useId();
  if (!scales) return null;
  const { left, right, top, bottom } = scales;
  const frame = frameOf(scales, xAxis, yAxis);
  return (
    <>
      <clipPath id={clip}>
        <rect x={left - 3} y={top - 4} width={right - left + 6} height={bottom - top + 8} />
      </clipPath>
      <g data-part="curves" clipPath={`url(#${CSS.escape(clip)})`}>
        {series.map((one) => (
          <Curve key={one.key} series={one} frame={frame} scales={scales} />
        ))}
      </g>
    </>
  );
}

/** Values that say where the scales lie: equal ones draw an equal path. The axes may be a drawing ahead of the scales. */
function frameOf({ left, right, top, bottom, toX, toY }: PlotScales, xAxis: Axis, yAxis: Axis): string {
  const ends = ({ low, high }: Axis) => [low, low + (high - low) / 2, high];
  const pixels = [left, right, top, bottom, ...ends(xAxis).map(toX), ...ends(yAxis).map(toY)];
  return (
    [xAxis, yAxis].map(({ low, high }) => `${low} ${high}`).join() + pixels.map((pixel) => pixel.toFixed(2)).join()
  );
}

interface CurveProps {
  readonly series: ChartSeries;
  readonly frame: string;
  readonly scales: PlotScales;
}

const Curve = memo(
  function Curve({ series, scales: { toX, toY, top, bottom } }: CurveProps) {
    const { colour, dashed, faint, faded, points } = series;
    const opacity = opacityOf(faint, faded);
    const { path, lone, above, below } = curveShape(points, toX, toY);
    return (
      <>
        {path !== '' && (
          <path
            data-part="curve"
            d={path}
            fill="none"
            stroke={colour}
            strokeWidth={faint || faded ? 1 : dashed ? 1.5 : 2}
            strokeOpacity={opacity}
            strokeLinejoin="round"
            {...(dashed ? { strokeDasharray: '4 3' } : {})}
          />
        )}
        {/* a lone point has no line to be seen by */}
        {lone.map(({ x, y }) => (
          <circle key={x} cx={x} cy={y} r={faint ? 1.5 : 2.5} fill={colour} opacity={opacity} />
        ))}
        {/* the moving average drawn above marks the same points */}
        {!faint && above.map((x) => <EdgeMark key={x} x={x} y={top} down={false} colour={colour} opacity={opacity} />)}
        {!faint && below.map((x) => <EdgeMark key={x} x={x} y={bottom} down colour={colour} opacity={opacity} />)}
      </>
    );
  },
  (before, after) => before.frame === after.frame && sameCurve(before.series, after.series),
);

interface EdgeMarkProps {
  readonly x: number;
  readonly y: number;
  readonly down: boolean;
  readonly colour: string;
  readonly opacity: number;
}

/** A triangle whose tip is at the edge beyond which the value is. */
function EdgeMark({ x, y, down, colour, opacity }: EdgeMarkProps) {
  const base = y + (down ? -8 : 8);
  return <path d={`M${x - 5},${base}H${x + 5}L${x},${y}Z`} fill={colour} opacity={opacity} />;
}

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
