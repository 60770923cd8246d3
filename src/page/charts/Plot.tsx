/**
 * The one drawing that all charts go through: the charting library lays out axes and grid over our own scales, and what is
 * drawn over them comes as children, which read those scales. The library is given no data: it would work through all of it
 * at every hover.
 * Give it the same children each time: what they show comes to them by a context.
 */
import { memo, useMemo, type ReactNode } from 'react';
import { CartesianGrid, LineChart, usePlotArea, XAxis, YAxis } from 'recharts';
import type { Axis, Scale } from './axes.ts';
import { widestText } from './textWidth.ts';
import type { TickFormat } from './ticks.ts';
import styles from './drawing.module.css';

export interface PlotProps {
  readonly xAxis: Axis;
  readonly yAxis: Axis;
  readonly xScale?: Scale;
  readonly yScale?: Scale;
  /** What the x axis counts, written at its end. */
  readonly xName: string;
  /** Write ticks, shortly. */
  readonly formatX: TickFormat;
  readonly formatY: TickFormat;
  readonly height: number;
  /** Room around the plot, for axes and labels. */
  readonly room?: { readonly top?: number; readonly right?: number };
  /** Whether the axis' name is under the ticks or beside them. */
  readonly nameBelow?: boolean;
  /** SVG over the plot. */
  readonly children: ReactNode;
}

const NO_ROWS: never[] = [];

/** Pixels at the left of the plot: charts beneath each other line up, unless one has longer labels. */
const MIN_GUTTER = 44;
/** Between a label and the plot, and left of the label. */
const GUTTER_ROOM = 12;
/** Pixels between two labels of the x axis, or every second is left out. */
const LABEL_GAP = 8;

/**
 * Laying out axes costs more than drawing all curves, so it is done only where they change: during a training a drawing of a chart took
 * 16 to 20 ms of the main thread's CPU time in three runs, and 24 ms in one run without this.
 */
export const Plot = memo(AnyPlot, samePlot);

function samePlot(before: PlotProps, after: PlotProps): boolean {
  const plain = (props: PlotProps) =>
    [props.xScale, props.yScale, props.xName, props.height, props.nameBelow].join() +
    [props.room?.top, props.room?.right, axisText(props.xAxis), axisText(props.yAxis)].join();
  return (
    plain(before) === plain(after) &&
    before.formatX === after.formatX &&
    before.formatY === after.formatY &&
    before.children === after.children
  );
}

const axisText = ({ low, high, ticks }: Axis) => [low, high, ...ticks].join(' ');

function AnyPlot(props: PlotProps) {
  const { xAxis, yAxis, xScale = 'linear', yScale = 'linear', xName, formatX, formatY, height, room = {} } = props;
  const { nameBelow = false, children } = props;
  const writeX = useMemo(() => formatX(xAxis.ticks), [formatX, xAxis]);
  const writeY = useMemo(() => formatY(yAxis.ticks), [formatY, yAxis]);
  const gutter = useMemo(
    () => Math.max(MIN_GUTTER, Math.ceil(widestText(yAxis.ticks.map(writeY))) + GUTTER_ROOM),
    [yAxis, writeY],
  );
  return (
    <LineChart
      data={NO_ROWS}
      margin={{ top: room.top ?? 10, right: room.right ?? 28, bottom: nameBelow ? 16 : 0, left: 0 }}
      accessibilityLayer={false}
      responsive
      style={{ width: '100%', height }}
    >
      <CartesianGrid vertical={false} stroke="var(--chart-grid)" />
      <XAxis
        dataKey="x"
        type="number"
        scale={xScale}
        domain={[xAxis.low, xAxis.high]}
        ticks={[...xAxis.ticks]}
        tickFormatter={writeX}
        interval="equidistantPreserveStart"
        minTickGap={LABEL_GAP}
        height={24}
        tickLine={false}
        axisLine={{ stroke: 'var(--chart-axis)' }}
        allowDataOverflow
      />
      <YAxis
        type="number"
        scale={yScale}
        domain={[yAxis.low, yAxis.high]}
        ticks={[...yAxis.ticks]}
        tickFormatter={writeY}
        interval={0}
        width={gutter}
        tickLine={false}
        axisLine={false}
        allowDataOverflow
      />
      {children}
      <AxisName text={xScale === 'log' ? `${xName}, log axis` : xName} below={nameBelow} />
    </LineChart>
  );
}

function AxisName({ text, below }: { readonly text: string; readonly below: boolean }) {
  const area = usePlotArea();
  if (!area) return null;
  const bottom = area.y + area.height;
  return (
    <text
      x={area.x + area.width + (below ? 0 : 60)}
      y={bottom + (below ? 34 : 16)}
      textAnchor="end"
      className={styles.axisName}
    >
      {text}
    </text>
  );
}
