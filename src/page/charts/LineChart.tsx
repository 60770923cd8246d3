/** One line chart for the whole lab: measured curves, drawn from plain data. */
import { lazy, useMemo, useState, type ReactNode } from 'react';
import { lazyImport } from '../ui/lazyImport.ts';
import { axisOf, grownAxis, niceAxis, type Axis, type Limits, type Scale } from './axes.ts';
import { ChartFrame } from './ChartFrame.tsx';
import { chartRows, ChartTable } from './ChartTable.tsx';
import { logNote, nonFiniteNote, sumNonFinite } from './nonFinite.ts';
import { describeChart, valuesWithin, type ChartSeries, type ReferenceLine } from './series.ts';
import { useZoom } from './sync.ts';
import type { TickFormat } from './ticks.ts';
import { inTurn } from './turns.ts';
import { unitOn } from './unit.ts';
import type { XKind } from './xKinds.ts';

/** The charting library is a third of the page's code, and the first visit has nothing to draw yet. */
const ChartDrawing = lazy(async () => ({
  default: (await lazyImport(() => import('./ChartDrawing.tsx'))).ChartDrawing,
}));

export interface LineChartProps {
  /** Stable name, for scripts that look for the chart. */
  readonly name: string;
  readonly title: string;
  /** What the y axis counts: `nats per token`. */
  readonly unit: string;
  /** A word explained beside the title. */
  readonly explain?: ReactNode;
  readonly xKind: XKind;
  /** Where the x axis begins. */
  readonly xFrom: number;
  /** Largest x there will be, or null while unknown. */
  readonly xLimit: number | null;
  readonly yScale: Scale;
  /** Bounds that no value leaves. */
  readonly yLimits?: Limits;
  readonly series: readonly ChartSeries[];
  readonly referenceLines: readonly ReferenceLine[];
  /** Writes a value of the y axis, exactly. */
  readonly format: (y: number) => string;
  /** Writes ticks, shortly. */
  readonly formatTicks: TickFormat;
  /** Says what will appear, and when. */
  readonly empty: string;
  /** Axes only grow while this stays the same. */
  readonly subject: string;
  /** Charts of one group share crosshair and zoom: a `chartGroup`. */
  readonly group: string;
  readonly height?: number;
  /** Data is expected soon. */
  readonly expected?: boolean;
}

export const LineChart = inTurn(AnyLineChart);

function AnyLineChart(props: LineChartProps) {
  const { name, title, unit, explain, xKind, yScale, referenceLines, format, series, height = 216 } = props;
  const { xAxis, yAxis, nothing } = useAxes(props);
  const bright = series.filter(({ faded }) => !faded);
  const notes = [
    nothing,
    nonFiniteNote(sumNonFinite(bright.map(({ nonFinite }) => nonFinite))),
    logNote(
      bright.reduce((sum, one) => sum + one.points.filter(({ y }) => y <= 0 && y > -Infinity).length, 0),
      yScale,
    ),
  ].filter((note) => note !== null);

  const shownAxis = yAxis ?? (props.expected ? niceAxis(1, 2, yScale) : null);
  const description = describeChart(title, xKind.axisName, series, referenceLines, format, xKind.format);
  const drawing = shownAxis && (
    <ChartDrawing
      name={name}
      title={title}
      description={nothing === null ? description : `${description} ${nothing}`}
      group={props.group}
      xAxis={xAxis}
      yAxis={shownAxis}
      xScale="linear"
      yScale={yScale}
      xName={xKind.axisName}
      series={series}
      referenceLines={referenceLines}
      headOf={(x) => `${xKind.axisName} ${xKind.format(x)}`}
      formatXTicks={xKind.formatTicks}
      format={format}
      formatTicks={props.formatTicks}
      height={height}
      nothing={nothing === null ? null : 'No data here.'}
    />
  );
  return (
    <ChartFrame
      name={name}
      title={title}
      unit={unitOn(unit, yScale)}
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
              referenceLines={referenceLines}
              format={format}
            />
          ),
          csv: () => chartRows(xKind.axisName, series),
          note: notes.length > 0 ? notes.join(' ') : null,
        }
      }
      empty={props.empty}
    />
  );
}

interface Axes {
  readonly xAxis: Axis;
  /** Null while there is nothing to draw. */
  readonly yAxis: Axis | null;
  /** A sentence if points exist but none is inside the zoom, else null. */
  readonly nothing: string | null;
}

/** Without a number to go by: room for what overflowed, and no ticks that would claim a size. */
const NO_SIZE: Axis = { low: 1, high: 2, ticks: [] };

function useAxes({
  series,
  referenceLines,
  xKind,
  xFrom,
  xLimit,
  yScale,
  yLimits,
  subject,
  group,
}: LineChartProps): Axes {
  const zoom = useZoom(group);
  const lastX = Math.max(xFrom, ...series.map(({ points }) => points.at(-1)?.x ?? xFrom));
  const whole = useMemo(() => {
    const values = series.flatMap(({ points }) => points.map(({ y }) => y));
    const levels = referenceLines.filter(({ stretches }) => stretches).map(({ y }) => y);
    if (values.length === 0) return null;
    return axisOf([...values, ...levels], yScale, yLimits) ?? NO_SIZE;
  }, [series, referenceLines, yScale, yLimits]);
  const grown = useGrowingAxis(`${subject} ${xKind.name} ${yScale}`, whole, yScale, yLimits);
  const values = useMemo(
    () => (zoom ? series.flatMap(({ points }) => valuesWithin(points, ...zoom)) : null),
    [series, zoom],
  );
  if (!zoom || !values || !whole) return { xAxis: xKind.axis(xFrom, lastX, xLimit), yAxis: grown, nothing: null };
  const xAxis = xKind.zoomed(...zoom);
  const yAxis = axisOf(values, yScale, yLimits) ?? grown;
  if (values.length > 0) return { xAxis, yAxis, nothing: null };
  const [from, to] = zoom.map(xKind.format);
  return {
    xAxis,
    yAxis,
    nothing: `No data between ${xKind.axisName} ${from} and ${to}. Reset the zoom to see all.`,
  };
}

/** Holds the axis of one subject, which only grows. */
function useGrowingAxis(subject: string, fresh: Axis | null, scale: Scale, limits?: Limits): Axis | null {
  const [held, setHeld] = useState<{ readonly subject: string; readonly axis: Axis | null }>({ subject, axis: fresh });
  const before = held.subject === subject && held.axis !== NO_SIZE ? held.axis : null;
  const axis = fresh === NO_SIZE && before ? before : grownAxis(before, fresh, scale, limits);
  const same = held.subject === subject && held.axis?.low === axis?.low && held.axis?.high === axis?.high;
  // React allows a component to set its own state while rendering, to keep information from the last render.
  if (!same) setHeld({ subject, axis });
  return axis;
}
