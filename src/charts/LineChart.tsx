/** One line chart for the whole lab: measured curves, drawn from plain data. */
import { lazy, memo, useMemo, useState, type ReactNode } from 'react';
import { loadPart } from '../lab/part.ts';
import { axisOf, grownAxis, isDrawable, niceAxis, type Axis, type Scale } from './axes.ts';
import { ChartFrame } from './ChartFrame.tsx';
import { chartRows, ChartTable } from './ChartTable.tsx';
import { describeChart, within, type ChartSeries, type Yardline } from './series.ts';
import { useZoom } from './sync.ts';
import { useTurn } from './useTurn.ts';
import { timeAxis, type XKind } from './xKinds.ts';

/** The charting library is a third of the page's code, and the first visit has nothing to draw yet. */
const ChartDrawing = lazy(async () => ({ default: (await loadPart(() => import('./ChartDrawing.tsx'))).ChartDrawing }));

export interface LineChartProps {
  /** Stable name, for scripts that look for the chart. */
  readonly name: string;
  readonly title: string;
  /** What the y axis counts: `nats a token`. */
  readonly unit: string;
  /** A word explained beside the title. */
  readonly explain?: ReactNode;
  readonly xKind: XKind;
  /** Where the x axis begins. */
  readonly xFrom: number;
  /** Largest x there will be, or null while unknown. */
  readonly xLimit: number | null;
  readonly yScale: Scale;
  readonly series: readonly ChartSeries[];
  readonly yardlines: readonly Yardline[];
  /** Writes a value of the y axis, exactly. */
  readonly format: (y: number) => string;
  /** Writes a tick, shortly. */
  readonly formatTick: (y: number) => string;
  /** Says what will appear, and when. */
  readonly empty: string;
  /** Axes only grow while this stays the same. */
  readonly subject: string;
  /** Charts of one group share crosshair and zoom. */
  readonly group: string;
  readonly height?: number;
  /** Something to draw is about to come. */
  readonly expected?: boolean;
}

/** While one model trains, the charts of the others do not change: give it the same functions each time. */
export const LineChart = memo(LineChartInTurn);

function LineChartInTurn(props: LineChartProps) {
  return <DrawnLineChart {...useTurn(props)} />;
}

const DrawnLineChart = memo(AnyLineChart);

function AnyLineChart(props: LineChartProps) {
  const { name, title, unit, explain, xKind, xFrom, xLimit, yScale, yardlines, format, height = 216 } = props;
  const series = useMemo(() => drawable(props.series, yScale), [props.series, yScale]);
  const zoom = useZoom(props.group);
  const lastX = Math.max(xFrom, ...series.map(({ points }) => points.at(-1)?.x ?? xFrom));
  const whole = xKind.axis(xFrom, lastX, xLimit);
  const xAxis = zoom ? zoomedAxis(xKind, zoom, whole) : whole;
  const values = useMemo(
    () => series.flatMap(({ points }) => (zoom ? within(points, ...zoom) : points).map(({ y }) => y)),
    [series, zoom],
  );
  const levels = zoom ? [] : yardlines.filter(({ stretches }) => stretches).map(({ y }) => y);
  const fresh = values.length > 0 ? axisOf([...values, ...levels], yScale) : null;
  const grown = useGrowingAxis(`${props.subject} ${xKind.name} ${yScale}`, zoom ? null : fresh, yScale);
  const yAxis = zoom ? fresh : grown;
  const missing = props.series.reduce((sum, { points }, i) => sum + points.length - series[i]!.points.length, 0);

  const shownAxis = yAxis ?? (props.expected ? niceAxis(1, 2, yScale) : null);
  const drawing = shownAxis && (
    <ChartDrawing
      name={name}
      title={title}
      description={describeChart(title, xKind.axisName, series, yardlines, format, xKind.format)}
      group={props.group}
      xAxis={xAxis}
      yAxis={shownAxis}
      xScale="linear"
      yScale={yScale}
      xName={xKind.axisName}
      series={series}
      yardlines={yardlines}
      headOf={(x) => `${xKind.axisName} ${xKind.format(x)}`}
      formatXTick={xKind.formatTick}
      format={format}
      formatTick={props.formatTick}
      height={height}
    />
  );
  return (
    <ChartFrame
      name={name}
      title={title}
      unit={yScale === 'log' ? `${unit}, log axis` : unit}
      explain={explain}
      height={height}
      ready={drawing}
      drawn={
        yAxis && {
          drawing,
          numbers: (
            <ChartTable
              title={title}
              xName={xKind.axisName}
              formatX={xKind.format}
              series={series}
              yardlines={yardlines}
              format={format}
            />
          ),
          csv: () => chartRows(xKind.axisName, series),
          note: missing > 0 && yScale === 'log' ? `${missing} values at or below 0 have no place on a log axis.` : null,
        }
      }
      empty={props.empty}
    />
  );
}

/** Series whose points all have a place on the axis; the same object where all of them have. */
function drawable(series: readonly ChartSeries[], scale: Scale): readonly ChartSeries[] {
  return series.map((one) => {
    if (one.points.every(({ x, y }) => isDrawable(y, scale) && Number.isFinite(x))) return one;
    return { ...one, points: one.points.filter(({ x, y }) => isDrawable(y, scale) && Number.isFinite(x)) };
  });
}

function zoomedAxis(xKind: XKind, [low, high]: readonly [number, number], whole: Axis): Axis {
  const [from, to] = [Math.max(low, whole.low), Math.min(high, whole.high)];
  const { ticks: all } = xKind.name === 'time' ? timeAxis(from, to) : niceAxis(from, to, 'linear');
  const ticks = all.filter((tick) => tick >= from && tick <= to);
  return { low: from, high: to, ticks };
}

/** Holds the axis of one subject, which only grows. */
function useGrowingAxis(subject: string, fresh: Axis | null, scale: Scale): Axis | null {
  const [held, setHeld] = useState<{ readonly subject: string; readonly axis: Axis | null }>({ subject, axis: fresh });
  const axis = held.subject === subject ? grownAxis(held.axis, fresh, scale) : fresh;
  const same = held.subject === subject && held.axis?.low === axis?.low && held.axis?.high === axis?.high;
  // Setting one's own state while drawing is React's way to keep something of the last drawing.
  if (!same) setHeld({ subject, axis });
  return axis;
}
