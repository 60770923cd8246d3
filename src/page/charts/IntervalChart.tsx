/** Differences with their intervals, a row each, about a line at zero. */
import { useElementSize } from '@mantine/hooks';
import { useId, type ReactNode } from 'react';
import { isResolved } from '#core/statistics/interval.ts';
import { visibleText } from '#core/visibleText.ts';
import { niceAxis } from './axes.ts';
import type { TickFormat } from './ticks.ts';
import { ChartFrame } from './ChartFrame.tsx';
import { NumbersTable } from './NumbersTable.tsx';
import styles from './drawing.module.css';

export interface IntervalRow {
  readonly label: string;
  readonly estimate: number;
  /** Null where there is no interval. */
  readonly low: number | null;
  readonly high: number | null;
  /** At the right: both values that are compared. */
  readonly values: string;
  /** How many were counted. */
  readonly counted: string;
}

interface IntervalChartProps {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly explain?: ReactNode;
  readonly rows: readonly IntervalRow[];
  /** Writes a difference: `+1.2 points`. */
  readonly format: (difference: number) => string;
  readonly formatTicks: TickFormat;
  readonly colour: string;
  readonly empty: string;
}

const ROW = 26;
const AXIS = 24;
/** Pixels for the labels on the left and the values on the right, where the chart has room and where it is narrow. */
const COLUMNS = { labels: 108, values: 128 };
const NARROW_COLUMNS = { labels: 88, values: 96 };
const NARROW = 400;
/** Until it is measured. */
const USUAL_WIDTH = 520;

export function IntervalChart(props: IntervalChartProps) {
  const { name, title, unit, explain, rows, format, empty } = props;
  const said = (row: IntervalRow) =>
    row.low === null || row.high === null
      ? `${row.label}: ${format(row.estimate)}, no interval`
      : `${row.label}: ${format(row.estimate)}, between ${format(row.low)} and ${format(row.high)}`;
  return (
    <ChartFrame
      name={name}
      title={title}
      unit={unit}
      explain={explain}
      height={rows.length * ROW + AXIS}
      drawn={
        rows.length === 0
          ? null
          : {
              drawing: <Drawing {...props} description={`${title}. ${rows.map(said).join('; ')}.`} />,
              numbers: (
                <NumbersTable
                  title={title}
                  head={['', 'difference', 'from', 'to', 'baseline and model', 'targets']}
                  rows={() =>
                    rows.map(({ label, estimate, low, high, values, counted }) => [
                      label,
                      format(estimate),
                      low === null ? '' : format(low),
                      high === null ? '' : format(high),
                      values,
                      counted,
                    ])
                  }
                />
              ),
              csv: () => [
                ['group', 'difference', 'low', 'high', 'targets'],
                ...rows.map(({ label, estimate, low, high, counted }) => [
                  label,
                  String(estimate),
                  String(low ?? ''),
                  String(high ?? ''),
                  counted.replaceAll(',', ''),
                ]),
              ],
            }
      }
      empty={empty}
    />
  );
}

function Drawing({ rows, formatTicks, colour, description }: IntervalChartProps & { readonly description: string }) {
  const titleId = useId();
  const { ref, width: measured } = useElementSize();
  // drawn in pixels: a drawing that is scaled down has letters that are too small to read
  const width = Math.round(measured) || USUAL_WIDTH;
  const columns = width < NARROW ? NARROW_COLUMNS : COLUMNS;
  const ends = rows.flatMap(({ estimate, low, high }) => [estimate, low ?? estimate, high ?? estimate]);
  const finite = ends.filter(Number.isFinite);
  const axis = niceAxis(Math.min(0, ...finite), Math.max(0, ...finite), 'linear', width < NARROW ? 2 : 4);
  const write = formatTicks(axis.ticks);
  const [left, right] = [columns.labels, width - columns.values];
  const toX = (value: number) => left + ((value - axis.low) / (axis.high - axis.low)) * (right - left);
  const bottom = rows.length * ROW;
  return (
    <div ref={ref} className={styles.ownAxes}>
      <svg
        data-part="drawing"
        viewBox={`0 0 ${width} ${bottom + AXIS}`}
        width="100%"
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an img element cannot hold the drawing
        role="img"
        aria-labelledby={titleId}
      >
        <title id={titleId}>{visibleText(description)}</title>
        {axis.ticks.map((tick) => (
          <g key={tick}>
            <line
              x1={toX(tick)}
              x2={toX(tick)}
              y1={0}
              y2={bottom}
              stroke={tick === 0 ? 'var(--chart-axis)' : 'var(--chart-grid)'}
              strokeWidth={tick === 0 ? 1.5 : 1}
            />
            <text x={toX(tick)} y={bottom + 16} textAnchor="middle" className={styles.axisName}>
              {write(tick)}
            </text>
          </g>
        ))}
        {rows.map((row, i) => {
          const y = i * ROW + ROW / 2;
          const resolved = isResolved(row);
          return (
            <g key={row.label} opacity={resolved ? 1 : 0.62}>
              <text x={0} y={y} dominantBaseline="central" className={styles.row}>
                {visibleText(row.label)}
              </text>
              {row.low !== null && row.high !== null && (
                <line x1={toX(row.low)} x2={toX(row.high)} y1={y} y2={y} stroke={colour} strokeWidth={2} />
              )}
              {Number.isFinite(row.estimate) && (
                <circle
                  cx={toX(row.estimate)}
                  cy={y}
                  r={4.5}
                  fill={resolved ? colour : 'var(--mantine-color-body)'}
                  stroke={colour}
                  strokeWidth={2}
                />
              )}
              <text x={width} y={y} dominantBaseline="central" textAnchor="end" className={styles.row}>
                {row.values}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}
