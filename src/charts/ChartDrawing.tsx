/** The drawing of a chart by the charting library, loaded when there is something to draw. */
import { useMemo } from 'react';
import { CartesianGrid, Line, LineChart, Tooltip, XAxis, YAxis } from 'recharts';
import type { Axis, Scale } from './axes.ts';
import { ChartMarks } from './ChartMarks.tsx';
import { ChartTooltip } from './ChartTooltip.tsx';
import type { ChartSeries, Yardline } from './series.ts';

interface ChartDrawingProps {
  readonly xAxis: Axis;
  readonly yAxis: Axis;
  readonly xName: string;
  readonly scale: Scale;
  readonly series: readonly ChartSeries[];
  readonly yardlines: readonly Yardline[];
  readonly format: (y: number) => string;
  readonly formatTick: (y: number) => string;
  readonly height: number;
}

/** Room at the right for the names at the lines' ends. */
const MARGIN = { top: 10, right: 64, bottom: 0, left: 0 };

export function ChartDrawing(props: ChartDrawingProps) {
  const { xAxis, yAxis, xName, scale, series, yardlines, format, formatTick, height } = props;
  const rows = useMemo(() => rowsOf(series), [series]);
  return (
    <LineChart data={rows} margin={MARGIN} accessibilityLayer={false} responsive style={{ width: '100%', height }}>
      <CartesianGrid vertical={false} stroke="var(--chart-grid)" />
      <XAxis
        dataKey="x"
        type="number"
        domain={[xAxis.low, xAxis.high]}
        ticks={[...xAxis.ticks]}
        tickFormatter={(x: number) => x.toLocaleString('en-US')}
        interval={0}
        height={24}
        tickLine={false}
        axisLine={{ stroke: 'var(--chart-axis)' }}
        allowDataOverflow
      />
      <YAxis
        type="number"
        scale={scale}
        domain={[yAxis.low, yAxis.high]}
        ticks={[...yAxis.ticks]}
        tickFormatter={formatTick}
        interval={0}
        width={44}
        tickLine={false}
        axisLine={false}
        allowDataOverflow
      />
      <Tooltip
        isAnimationActive={false}
        cursor={{ stroke: 'var(--chart-axis)' }}
        content={<ChartTooltip xName={xName} series={series} yardlines={yardlines} format={format} />}
      />
      {series.map(({ key, colour, dashed, faint, points }) => (
        <Line
          key={key}
          dataKey={key}
          stroke={colour}
          strokeWidth={widthOf(dashed, faint)}
          strokeOpacity={faint ? 0.35 : 1}
          {...(dashed ? { strokeDasharray: '4 3' } : {})}
          // A lone point has no line to be seen by.
          dot={points.length === 1 ? { r: 2.5, fill: colour, strokeDasharray: '0' } : false}
          activeDot={false}
          connectNulls
          isAnimationActive={false}
        />
      ))}
      <ChartMarks xName={xName} series={series} yardlines={yardlines} />
    </LineChart>
  );
}

function widthOf(dashed: boolean, faint: boolean): number {
  if (faint) return 1;
  return dashed ? 1.5 : 2;
}

type Row = { readonly x: number } & Record<string, number>;

/** One row an x, since the charting library wants all lines in one table. */
function rowsOf(series: readonly ChartSeries[]): Row[] {
  const rows = new Map<number, Record<string, number> & { x: number }>();
  for (const { key, points } of series) {
    for (const { x, y } of points) {
      let row = rows.get(x);
      if (!row) rows.set(x, (row = { x }));
      row[key] = y;
    }
  }
  return [...rows.values()].toSorted((a, b) => a.x - b.x);
}
