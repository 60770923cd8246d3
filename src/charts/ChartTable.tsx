/** The chart's numbers, folded away beneath it. */
import { useState } from 'react';
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
  const [open, setOpen] = useState(false);
  const columns = series.filter(({ faint }) => !faint);
  return (
    <details className="chart-numbers" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary aria-label={`Numbers of ${title}`}>Numbers</summary>
      {open && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard must be able to scroll it
        <section className="chart-table" tabIndex={0} aria-label={`Table of ${title}`}>
          <table>
            <thead>
              <tr>
                <th scope="col">{xName}</th>
                {columns.map(({ key, label }) => (
                  <th scope="col" key={key}>
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {xsOf(columns).map((x) => (
                <tr key={x}>
                  <th scope="row">{x.toLocaleString('en-US')}</th>
                  {columns.map(({ key, points }) => {
                    const point = pointAt(points, x);
                    return <td key={key}>{point?.x === x ? format(point.y) : ''}</td>;
                  })}
                </tr>
              ))}
              {yardlines.map(({ key, label, y }) => (
                <tr key={key}>
                  <th scope="row">{label}</th>
                  <td colSpan={Math.max(1, columns.length)}>{format(y)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}

function xsOf(series: readonly ChartSeries[]): readonly number[] {
  const xs = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].toSorted((a, b) => a - b);
  const every = Math.ceil(xs.length / MOST_ROWS);
  return xs.filter((_, i) => i % every === 0 || i === xs.length - 1);
}
