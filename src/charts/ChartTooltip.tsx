/** The values under the pointer, highest first, as they lie in the chart. */
import { YARDSTICK_COLOUR } from './colours.ts';
import { pointAt, type ChartSeries, type Yardline } from './series.ts';

interface ChartTooltipProps {
  /** Given by the charting library: whether the pointer is over the chart, and the x beneath it. */
  readonly active?: boolean;
  readonly label?: unknown;
  readonly xName: string;
  readonly series: readonly ChartSeries[];
  readonly yardlines: readonly Yardline[];
  readonly format: (y: number) => string;
}

export function ChartTooltip({ active, label: x, xName, series, yardlines, format }: ChartTooltipProps) {
  if (!active || typeof x !== 'number') return null;
  const lines = [
    ...series.flatMap(({ key, label, colour, dashed, faint, points }) => {
      const first = points[0];
      const last = points.at(-1);
      // Beyond its ends a curve has no value; between its thinned points the nearest stands for it.
      if (!first || !last || faint || x < first.x || x > last.x) return [];
      const point = pointAt(points, x);
      return point ? [{ key, label, colour, dashed, y: point.y }] : [];
    }),
    ...yardlines.map(({ key, label, y }) => ({ key, label, colour: YARDSTICK_COLOUR, dashed: false, y })),
  ].toSorted((a, b) => b.y - a.y);

  return (
    <div className="chart-tooltip">
      <div className="chart-tooltip-head">
        {xName} {x.toLocaleString('en-US')}
      </div>
      {lines.map(({ key, label, colour, dashed, y }) => (
        <div key={key} className="chart-tooltip-line">
          <span className="chart-stroke" style={{ borderColor: colour, borderTopStyle: dashed ? 'dashed' : 'solid' }} />
          <span>{label}</span>
          <span className="figure">{format(y)}</span>
        </div>
      ))}
    </div>
  );
}
