/** The crosshair over a chart, and the values under it in the chart where it was moved. */
import { createPortal } from 'react-dom';
import { UntrustedText } from '../ui/UntrustedText.tsx';
import { REFERENCE_COLOUR } from './colours.ts';
import { usePlotScales, type PlotScales } from './scales.ts';
import { valueText } from './nonFinite.ts';
import { byHeight, readingsAt, type ChartSeries, type ReferenceLine } from './series.ts';
import { useGroupView } from './sync.ts';
import shared from '../ui/shared.module.css';
import styles from './drawing.module.css';

export interface CrosshairProps {
  readonly chart: string;
  readonly group: string;
  readonly series: readonly ChartSeries[];
  readonly referenceLines: readonly ReferenceLine[];
  /** `epoch 3`. */
  readonly headOf: (x: number) => string;
  readonly format: (y: number) => string;
  /** Element over the plot in which the values are drawn. */
  readonly overlay: HTMLElement | null;
}

export function CrosshairMarks(props: CrosshairProps) {
  const { chart, group, series, overlay } = props;
  const scales = usePlotScales();
  const { crosshair } = useGroupView(group);
  if (!scales || !crosshair) return null;
  const { left, right, top, bottom, toX, toY } = scales;
  const at = toX(crosshair.x);
  if (!(at >= left - 1 && at <= right + 1)) return null;
  return (
    <g data-part="crosshair" pointerEvents="none">
      <line x1={at} x2={at} y1={top} y2={bottom} stroke="var(--chart-axis)" />
      {readingsAt(series, crosshair.x).map(({ key, colour, y }) => {
        const cy = toY(y);
        if (!(cy >= top - 4 && cy <= bottom + 4)) return null;
        return <circle key={key} cx={at} cy={cy} r={3} fill={colour} />;
      })}
      {crosshair.chart === chart &&
        overlay &&
        createPortal(<Values {...props} x={crosshair.x} at={at} scales={scales} />, overlay)}
    </g>
  );
}

/** More lines than this cover the chart. */
const MAX_LINES = 10;
/** Pixels that long labels take, about. */
const VALUES_WIDTH = 270;

interface ValuesProps extends CrosshairProps {
  readonly x: number;
  readonly at: number;
  readonly scales: PlotScales;
}

function Values({ series, referenceLines, headOf, format, x, at, overlay, scales: { top } }: ValuesProps) {
  const readings = [
    ...readingsAt(series, x),
    ...referenceLines.map(({ key, label, y }) => ({ key, label, colour: REFERENCE_COLOUR, dashed: false, y })),
  ].toSorted(byHeight);
  // The values are right of the crosshair where the page has room, which is wider than the chart.
  const pageX = (overlay?.getBoundingClientRect().left ?? 0) + at;
  const onRight = innerWidth - pageX > Math.min(VALUES_WIDTH, pageX);
  return (
    <div
      className={styles.tooltip}
      data-part="tooltip"
      style={{ top, ...(onRight ? { left: at + 10 } : { left: at - 10, transform: 'translateX(-100%)' }) }}
    >
      <div className={styles.tooltipHead}>{headOf(x)}</div>
      {readings.slice(0, MAX_LINES).map(({ key, label, colour, dashed, y }) => (
        <div key={key} className={styles.tooltipLine}>
          <span
            className={styles.stroke}
            style={{ borderColor: colour, borderTopStyle: dashed ? 'dashed' : 'solid' }}
          />
          <span>
            <UntrustedText text={label} />
          </span>
          <span className={shared.figure}>{valueText(y, format)}</span>
        </div>
      ))}
      {readings.length > MAX_LINES && <div className={styles.tooltipHead}>and {readings.length - MAX_LINES} more</div>}
    </div>
  );
}
