/** Parallel coordinates: an upright axis for each setting and one for a measure, and a line for each configuration through its values. */
import { useElementSize } from '@mantine/hooks';
import { useId } from 'react';
import { visibleText } from '#core/visibleText.ts';
import { axisOf } from './axes.ts';
import { ChartFrame } from './ChartFrame.tsx';
import { valueText } from './nonFinite.ts';
import { NumbersTable } from './NumbersTable.tsx';
import { PointKeys } from './PointKeys.tsx';
import { PointReading } from './PointReading.tsx';
import { goodnessOf, rampColour } from './ramp.ts';
import { overSeeds } from './ScatterChart.tsx';
import type { TickFormat } from './ticks.ts';
import { drawableValues, layOut, placeOn, type LaidOut, type ValueAxis } from './valueAxis.ts';
import styles from './drawing.module.css';

export interface ParallelLine {
  readonly key: string;
  /** In full: `LSTM, rate 0.004`. */
  readonly label: string;
  /** One for each axis; NaN where a setting changes nothing for the configuration: the line passes by the axis. */
  readonly values: readonly number[];
  /** Mean over the seeds; the line ends before the measure's axis where it is not finite. */
  readonly measure: number;
  readonly seeds: number;
}

export interface ParallelChartProps {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly axes: readonly ValueAxis[];
  /** Best first. */
  readonly lines: readonly ParallelLine[];
  readonly measureName: string;
  readonly better: 'more' | 'less';
  readonly format: (value: number) => string;
  readonly formatTicks: TickFormat;
  /** Key of the line that is pointed at, in whichever chart. */
  readonly pointed: string | null;
  readonly onPoint: (key: string | null) => void;
  readonly empty: string;
}

const HEIGHT = 280;
const TOP = 30;
const BOTTOM = 14;
const LEFT = 12;
/** Room for the ticks of the last axis. */
const RIGHT = 56;
/** Pixels between two axes at least, so that names and ticks can be read: a narrow page scrolls the chart within itself. */
const MIN_GAP = 92;
/** Until it is measured. */
const USUAL_WIDTH = 860;

export function ParallelChart(props: ParallelChartProps) {
  const { name, title, unit, axes, lines, measureName, format } = props;
  const write = (axis: number, value: number) => writeOn(axes[axis]!, value);
  return (
    <ChartFrame
      name={name}
      title={title}
      unit={unit}
      height={HEIGHT}
      drawn={
        lines.length === 0
          ? null
          : {
              drawing: <Drawing {...props} />,
              numbers: (
                <NumbersTable
                  title={title}
                  head={['configuration', ...axes.map((axis) => axis.name), `${measureName}, mean`, 'seeds']}
                  rows={() =>
                    lines.map(({ label, values, measure, seeds }) => [
                      label,
                      ...values.map((value, axis) => write(axis, value)),
                      valueText(measure, format),
                      String(seeds),
                    ])
                  }
                />
              ),
              csv: () => [
                ['configuration', ...axes.map((axis) => axis.name), measureName, 'seeds'],
                ...lines.map(({ label, values, measure, seeds }) => [
                  label,
                  ...values.map((value, axis) => write(axis, value)),
                  String(measure),
                  String(seeds),
                ]),
              ],
            }
      }
      empty={props.empty}
    />
  );
}

/** Empty where the setting changes nothing. */
function writeOn({ scale, names, format }: ValueAxis, value: number): string {
  if (Number.isNaN(value)) return '';
  return scale === 'names' ? (names[value] ?? '') : format(value);
}

function Drawing(props: ParallelChartProps) {
  const { title, axes, lines, measureName, better, format, formatTicks, pointed, onPoint } = props;
  const titleId = useId();
  const { ref, width: measured } = useElementSize();
  const width = Math.max(Math.round(measured) || USUAL_WIDTH, axes.length * MIN_GAP + LEFT + RIGHT);
  const measures = lines.map(({ measure }) => measure);
  const isWider = measured > 0 && width > Math.round(measured);
  const goodness = goodnessOf(measures, better);
  const laidOut: readonly (LaidOut & { readonly name: string })[] = [
    ...axes.map((axis, at) => {
      const values = drawableValues(
        lines.map((line) => line.values[at]!),
        axis.scale,
      );
      return { ...layOut(axis, values), name: axis.scale === 'log' ? `${axis.name}, log` : axis.name };
    }),
    {
      axis: axisOf(measures, 'linear') ?? { low: 0, high: 1, ticks: [] },
      scale: 'linear',
      formatTicks,
      name: measureName,
    },
  ];
  const gap = (width - LEFT - RIGHT) / axes.length;
  const toX = (axis: number) => LEFT + axis * gap;
  const toY = (axis: number, value: number) =>
    HEIGHT - BOTTOM - placeOn(laidOut[axis]!, value) * (HEIGHT - TOP - BOTTOM);
  const pathOf = ({ values, measure }: ParallelLine) =>
    [...values, measure]
      .map((value, axis) => ({ x: toX(axis), y: toY(axis, value) }))
      .filter(({ y }) => Number.isFinite(y))
      .map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
      .join('');
  const said = lines.map(
    ({ label, measure, seeds }, place) =>
      `${place + 1} of ${lines.length}: ${label}, ${measureName} ${valueText(measure, format)}, ${overSeeds(seeds)}`,
  );
  const index = lines.findIndex(({ key }) => key === pointed);
  // the best is drawn above the others, the pointed one above all
  const order = lines.map((_, place) => place).toReversed();
  const onTop = index < 0 ? order : [...order.filter((place) => place !== index), index];
  const description = `${title}. ${laidOut.map((axis) => axis.name).join(', ')}. Best first: ${said.slice(0, 12).join('; ')}.`;
  return (
    <>
      <div className={styles.plot} ref={ref}>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard must be able to scroll it */}
        <section className={styles.scrolling} tabIndex={isWider ? 0 : undefined} aria-label={`Drawing of ${title}`}>
          <svg
            data-part="drawing"
            viewBox={`0 0 ${width} ${HEIGHT}`}
            width={width}
            height={HEIGHT}
            // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an img element cannot hold the drawing
            role="img"
            aria-labelledby={titleId}
            onPointerLeave={() => onPoint(null)}
          >
            <title id={titleId}>{visibleText(description)}</title>
            {laidOut.map((_, at) => (
              <line
                // oxlint-disable-next-line react/no-array-index-key -- the axes keep their places
                key={at}
                x1={toX(at)}
                x2={toX(at)}
                y1={TOP}
                y2={HEIGHT - BOTTOM}
                stroke="var(--chart-axis)"
              />
            ))}
            {onTop.map((place) => {
              const line = lines[place]!;
              const share = goodness(line.measure);
              const isPointed = place === index;
              const path = pathOf(line);
              return (
                <g key={line.key}>
                  <path
                    data-part="line"
                    d={path}
                    fill="none"
                    stroke={rampColour(Number.isNaN(share) ? 0 : share, 'ramp')}
                    strokeWidth={isPointed || share === 1 ? 3 : 1.25}
                    strokeOpacity={index >= 0 && !isPointed ? 0.25 : 0.9}
                    strokeDasharray={Number.isNaN(share) ? '3 3' : undefined}
                    strokeLinejoin="round"
                  />
                  <path
                    d={path}
                    fill="none"
                    stroke="transparent"
                    strokeWidth={10}
                    pointerEvents="stroke"
                    onPointerEnter={() => onPoint(line.key)}
                  />
                </g>
              );
            })}
            {laidOut.map((axis, at) => {
              const writeTick = axis.formatTicks(axis.axis.ticks);
              return (
                // oxlint-disable-next-line react/no-array-index-key -- the axes keep their places
                <g key={at} pointerEvents="none">
                  <text x={toX(at)} y={12} textAnchor={at === 0 ? 'start' : 'middle'} className={styles.row}>
                    {visibleText(axis.name)}
                  </text>
                  {axis.axis.ticks.map((tick) => (
                    <text
                      key={tick}
                      x={toX(at) + 5}
                      y={toY(at, tick)}
                      dominantBaseline="central"
                      className={styles.onAxis}
                    >
                      {visibleText(writeTick(tick))}
                    </text>
                  ))}
                </g>
              );
            })}
          </svg>
        </section>
        <PointKeys
          title={title}
          points={said}
          at={index < 0 ? null : index}
          onMove={(to) => onPoint(to === null ? null : (lines[to]?.key ?? null))}
        />
      </div>
      <PointReading text={index < 0 ? null : (said[index] ?? '')} />
    </>
  );
}
