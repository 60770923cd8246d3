/** The numbers of a line chart: a row an x, a column a line. */
import { NumbersTable } from './NumbersTable.tsx';
import { pointAt, type ChartSeries, type Yardline } from './series.ts';

interface ChartTableProps {
  readonly title: string;
  readonly xName: string;
  readonly series: readonly ChartSeries[];
  readonly yardlines: readonly Yardline[];
  readonly format: (y: number) => string;
}

/** More rows than this are not read but exported. */
const MOST_ROWS = 60;

export function ChartTable({ title, xName, series, yardlines, format }: ChartTableProps) {
  const columns = series.filter(({ faint }) => !faint);
  return (
    <NumbersTable
      title={title}
      head={[xName, ...columns.map(({ label }) => label)]}
      rows={() =>
        xsOf(columns).map((x) => [
          x.toLocaleString('en-US'),
          ...columns.map(({ points }) => {
            const point = pointAt(points, x);
            return point?.x === x ? format(point.y) : '';
          }),
        ])
      }
      levels={yardlines.map(({ label, y }) => [label, format(y)])}
    />
  );
}

function xsOf(series: readonly ChartSeries[]): readonly number[] {
  const xs = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].toSorted((a, b) => a - b);
  const every = Math.ceil(xs.length / MOST_ROWS);
  return xs.filter((_, i) => i % every === 0 || i === xs.length - 1);
}
