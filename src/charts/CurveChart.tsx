/** One smooth dependence over a logarithmic axis, with the points that matter ringed. */
import { lazy, type ReactNode } from 'react';
import { loadPart } from '../lab/part.ts';
import { niceAxis } from './axes.ts';
import { ChartFrame } from './ChartFrame.tsx';
import type { ChartRule } from './ChartRules.tsx';
import { NumbersTable } from './NumbersTable.tsx';
import type { ChartSeries } from './series.ts';
import type { ChartPoint } from './thinning.ts';

/** The charting library is a third of the page's code: it comes when there is something to draw. */
const ChartDrawing = lazy(async () => ({ default: (await loadPart(() => import('./ChartDrawing.tsx'))).ChartDrawing }));

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
  /** Writes a value of the y axis, exactly. */
  readonly format: (y: number) => string;
  /** Writes a tick, shortly. */
  readonly formatTick: (y: number) => string;
  readonly description: string;
  /** Says what would stand here. */
  readonly empty: string;
  readonly height?: number;
}

const written = (x: number) => x.toLocaleString('en-US');

export function CurveChart(props: CurveChartProps) {
  const { name, title, unit, explain, points, xName, yName, format, description, height = 230 } = props;
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
                  group={name}
                  series={[series]}
                  yardlines={[]}
                  rules={props.rules}
                  xAxis={niceAxis(first.x, last.x, 'log')}
                  yAxis={niceAxis(0, Math.max(...points.map(({ y }) => y)), 'linear', 4)}
                  xScale="log"
                  yScale="linear"
                  xName={xName}
                  headOf={(x) => `${written(x)} ${xName}`}
                  formatXTick={written}
                  format={format}
                  formatTick={props.formatTick}
                  height={height}
                />
              ),
              numbers: (
                <NumbersTable
                  title={title}
                  head={[xName, yName]}
                  rows={() => points.map(({ x, y }) => [written(x), format(y)])}
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
