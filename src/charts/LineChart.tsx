/** One line chart for the whole lab: measured curves over epochs or steps, drawn from plain data. */
import { lazy, useMemo, useState, type ReactNode } from 'react';
import { axisOf, countingAxis, grownAxis, isDrawable, type Axis, type Scale } from './axes.ts';
import { ChartFrame } from './ChartFrame.tsx';
import { ChartTable } from './ChartTable.tsx';
import { describeChart, type ChartSeries, type Yardline } from './series.ts';
import { loadPart } from '../lab/part.ts';

/** The charting library is a third of the page's code, and the first visit has nothing to draw yet. */
const ChartDrawing = lazy(async () => ({ default: (await loadPart(() => import('./ChartDrawing.tsx'))).ChartDrawing }));

export interface LineChartProps {
  /** Stable name, for scripts that look for the chart. */
  readonly name: 'loss' | 'top5' | 'perplexity' | 'steps';
  readonly title: string;
  /** What the y axis counts: `nats a token`. */
  readonly unit: string;
  /** A word explained beside the title. */
  readonly explain?: ReactNode;
  readonly xName: 'epoch' | 'step';
  /** Largest x there will be, or null while unknown. */
  readonly xLimit: number | null;
  readonly scale: Scale;
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
  readonly height?: number;
}

export function LineChart(props: LineChartProps) {
  const { name, title, unit, explain, xName, xLimit, scale, series, yardlines, format, subject, height = 216 } = props;
  const drawn = useMemo(
    () => series.map((one) => ({ ...one, points: one.points.filter(({ y }) => isDrawable(y, scale)) })),
    [series, scale],
  );
  const values = drawn.flatMap(({ points }) => points.map(({ y }) => y));
  const yAxis = useGrowingAxis(
    subject,
    values.length > 0 ? axisOf([...values, ...yardlines.map(({ y }) => y)], scale) : null,
    scale,
  );
  const lastX = Math.max(...drawn.map(({ points }) => points.at(-1)?.x ?? 0));

  return (
    <ChartFrame
      name={name}
      title={title}
      unit={unit}
      explain={explain}
      height={height}
      drawn={
        yAxis && {
          description: describeChart(title, xName, drawn, yardlines, format),
          drawing: (
            <ChartDrawing
              xAxis={countingAxis(xName === 'epoch' ? 1 : 0, lastX, xLimit)}
              yAxis={yAxis}
              xName={xName}
              scale={scale}
              series={drawn}
              yardlines={yardlines}
              format={format}
              formatTick={props.formatTick}
              height={height}
            />
          ),
          numbers: <ChartTable title={title} xName={xName} series={drawn} yardlines={yardlines} format={format} />,
        }
      }
      empty={props.empty}
    />
  );
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
