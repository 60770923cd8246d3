/** One smooth dependence over a logarithmic axis, with the points that matter ringed. */
import { lazy, useEffect, type ReactNode } from 'react';
import { lazyImport } from '../ui/lazyImport.ts';
import { axisOf, niceAxis, zoomedAxis } from './axes.ts';
import { ChartFrame } from './ChartFrame.tsx';
import type { ChartRule } from './ChartRules.tsx';
import { NumbersTable } from './NumbersTable.tsx';
import { ALL_FINITE } from './nonFinite.ts';
import { valuesWithin, type ChartSeries } from './series.ts';
import { chartGroup, forgetOtherSubjects, useZoom } from './sync.ts';
import { countTicks, type TickFormat } from './ticks.ts';
import type { ChartPoint } from './thinning.ts';

/** The charting library is a third of the page's code: it comes when there is something to draw. */
const ChartDrawing = lazy(async () => ({
  default: (await lazyImport(() => import('./ChartDrawing.tsx'))).ChartDrawing,
}));

export interface CurveChartProps {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly explain?: ReactNode;
  /** By rising x, which is above zero. */
  readonly points: readonly ChartPoint[];
  readonly rules: readonly ChartRule[];
  readonly xName: string;
  readonly yName: string;
  /** Writes a value of the x axis; with thousands separators where not given. */
  readonly formatX?: (x: number) => string;
  /** Writes ticks of the x axis; as counts where not given. */
  readonly formatXTicks?: TickFormat;
  /** Writes a value of the y axis, exactly. */
  readonly format: (y: number) => string;
  /** Writes ticks, shortly. */
  readonly formatTicks: TickFormat;
  /** The subject of the curve: the zoom resets when it changes. */
  readonly subject: string;
  readonly description: string;
  /** Says what will appear here. */
  readonly empty: string;
  readonly height?: number;
  /** Whether the y axis begins at zero, which is the default. */
  readonly fromZero?: boolean;
}

const written = (x: number) => x.toLocaleString('en-US');

export function CurveChart(props: CurveChartProps) {
  const { name, title, unit, explain, points, xName, yName, format, description, height = 230 } = props;
  const { formatX = written, formatXTicks = countTicks, fromZero = true } = props;
  const group = chartGroup(name, props.subject, xName);
  useEffect(() => forgetOtherSubjects(name, props.subject), [name, props.subject]);
  const zoom = useZoom(group);
  const shown = zoom ? valuesWithin(points, ...zoom) : points.map(({ y }) => y);
  const first = points[0];
  const last = points.at(-1);
  const series: ChartSeries = {
    key: yName,
    label: yName,
    colour: 'var(--chart-data)',
    dashed: false,
    faint: false,
    faded: false,
    points,
    nonFinite: ALL_FINITE,
    endLabel: null,
    ring: null,
    stoppedAt: null,
  };
  return (
    <ChartFrame
      name={name}
      title={title}
      unit={unit}
      explain={explain}
      height={height}
      drawn={
        first && last
          ? {
              drawing: (
                <ChartDrawing
                  name={name}
                  title={title}
                  description={description}
                  group={group}
                  series={[series]}
                  referenceLines={[]}
                  rules={props.rules}
                  xAxis={zoom ? zoomedAxis(...zoom, 'log') : niceAxis(first.x, last.x, 'log')}
                  yAxis={
                    ((zoom ?? !fromZero) && axisOf(shown, 'linear')) ||
                    niceAxis(0, Math.max(...points.map(({ y }) => y)), 'linear', 4)
                  }
                  nothing={shown.length === 0 ? 'No data here.' : null}
                  xScale="log"
                  yScale="linear"
                  xName={xName}
                  headOf={(x) => `${formatX(x)} ${xName}`}
                  formatXTicks={formatXTicks}
                  format={format}
                  formatTicks={props.formatTicks}
                  height={height}
                />
              ),
              numbers: (
                <NumbersTable
                  title={title}
                  head={[xName, yName]}
                  rows={() => points.map(({ x, y }) => [formatX(x), format(y)])}
                />
              ),
              csv: () => [[xName, yName], ...points.map(({ x, y }) => [String(x), String(y)])],
            }
          : null
      }
      empty={props.empty}
    />
  );
}
