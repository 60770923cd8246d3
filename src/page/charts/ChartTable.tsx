/** The numbers of a line chart: a row per x, a column per line. */
import { valueText } from './nonFinite.ts';
import { NumbersTable } from './NumbersTable.tsx';
import { pointAt, reported, xsOf, type ChartSeries, type ReferenceLine } from './series.ts';

interface ChartTableProps {
  readonly title: string;
  readonly xName: string;
  readonly formatX: (x: number) => string;
  readonly series: readonly ChartSeries[];
  readonly referenceLines: readonly ReferenceLine[];
  readonly format: (y: number) => string;
}

/** A table with more rows shows some of them; the CSV has all. */
const MAX_ROWS = 60;

export function ChartTable({ title, xName, formatX, series, referenceLines, format }: ChartTableProps) {
  const columns = reported(series);
  return (
    <NumbersTable
      title={title}
      head={[xName, ...columns.map(({ label }) => label)]}
      rows={() => {
        const xs = xsOf(columns);
        const every = Math.ceil(xs.length / MAX_ROWS);
        const shown = xs.filter((_, i) => i % every === 0 || i === xs.length - 1);
        return cellsOf(columns, shown, formatX, (y) => valueText(y, format));
      }}
      levels={referenceLines.map(({ label, y }) => [label, valueText(y, format)])}
    />
  );
}

/** Every number of a line chart, unrounded, the head first: what is not finite as `Infinity` and `NaN`. */
export function chartRows(xName: string, series: readonly ChartSeries[]): readonly (readonly string[])[] {
  const columns = series.filter(({ faded }) => !faded);
  const xs = [...new Set(columns.flatMap(({ points }) => points.map(({ x }) => x)))].toSorted((a, b) => a - b);
  return [[xName, ...columns.map(({ label }) => label)], ...cellsOf(columns, xs, String, String)];
}

function cellsOf(
  columns: readonly ChartSeries[],
  xs: readonly number[],
  formatX: (x: number) => string,
  format: (y: number) => string,
): readonly (readonly string[])[] {
  return xs.map((x) => [
    formatX(x),
    ...columns.map(({ points }) => {
      const point = pointAt(points, x);
      return point?.x === x ? format(point.y) : '';
    }),
  ]);
}
