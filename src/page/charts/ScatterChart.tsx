/**
 * A chosen value against a measured one: a mark for each configuration at its mean, and a small dot for each of its runs. It brings the
 * charting library along: load it late.
 */
import { axisOf } from './axes.ts';
import { ChartFrame } from './ChartFrame.tsx';
import { countNonFinite, nonFiniteNote, valueText } from './nonFinite.ts';
import { NumbersTable } from './NumbersTable.tsx';
import { ScatterDrawing } from './ScatterDrawing.tsx';
import type { TickFormat } from './ticks.ts';
import { drawableValues, layOut, type ValueAxis } from './valueAxis.ts';

export interface ScatterPoint {
  readonly key: string;
  /** In full: `LSTM, rate 0.004`. */
  readonly label: string;
  readonly x: number;
  /** Mean over the seeds. */
  readonly y: number;
  /** Each value that the mean is of. */
  readonly values: readonly number[];
  readonly seeds: number;
  /** Place of its kind in `kinds`. */
  readonly kind: number;
}

/** A group of points with its own colour and shape. */
export interface ScatterKind {
  readonly label: string;
  readonly colour: string;
}

export interface ScatterChartProps {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly xAxis: ValueAxis;
  readonly yName: string;
  readonly points: readonly ScatterPoint[];
  readonly kinds: readonly ScatterKind[];
  /** Writes a measured value, exactly. */
  readonly format: (y: number) => string;
  readonly formatTicks: TickFormat;
  /** Key of the point that is pointed at, in whichever chart. */
  readonly pointed: string | null;
  readonly onPoint: (key: string | null) => void;
  readonly empty: string;
  readonly height?: number;
}

export function ScatterChart(props: ScatterChartProps) {
  const { name, title, unit, xAxis, yName, points, format, height = 260 } = props;
  const { scale, names } = xAxis;
  const xs = new Set(
    drawableValues(
      points.map(({ x }) => x),
      scale,
    ),
  );
  const drawn = points.filter(({ x, y }) => xs.has(x) && Number.isFinite(y)).toSorted((a, b) => a.x - b.x || a.y - b.y);
  const yAxis = axisOf(
    drawn.flatMap(({ y, values }) => [y, ...values]),
    'linear',
  );
  const writeX = (x: number) => (scale === 'names' ? (names[x] ?? '') : xAxis.format(x));
  const said = drawn.map((point) => describePoint(point, xAxis.name, writeX, yName, format));
  return (
    <ChartFrame
      name={name}
      title={title}
      unit={unit}
      height={height}
      drawn={
        yAxis && {
          drawing: (
            <ScatterDrawing
              {...props}
              points={drawn}
              said={said}
              x={layOut(
                xAxis,
                drawn.map(({ x }) => x),
              )}
              yAxis={yAxis}
              height={height}
            />
          ),
          numbers: (
            <NumbersTable
              title={title}
              head={['configuration', xAxis.name, `${yName}, mean`, 'seeds', 'each run']}
              rows={() =>
                points.map(({ label, x, y, values, seeds }) => [
                  label,
                  writeX(x),
                  valueText(y, format),
                  String(seeds),
                  values.map((value) => valueText(value, format)).join(' '),
                ])
              }
            />
          ),
          csv: () => [
            ['configuration', xAxis.name, yName, 'seeds'],
            ...points.map(({ label, x, y, seeds }) => [label, writeX(x), String(y), String(seeds)]),
          ],
          note: nonFiniteNote(countNonFinite(points.map(({ y }) => y))),
        }
      }
      empty={props.empty}
    />
  );
}

/** `1 seed`, `mean of 5 seeds`. */
export function overSeeds(seeds: number): string {
  return seeds === 1 ? '1 seed' : `mean of ${seeds} seeds`;
}

function describePoint(
  { label, x, y, seeds }: ScatterPoint,
  xName: string,
  writeX: (x: number) => string,
  yName: string,
  format: (y: number) => string,
): string {
  return `${label}: ${xName} ${writeX(x)}, ${yName} ${format(y)}, ${overSeeds(seeds)}`;
}
