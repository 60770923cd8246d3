/** Marks over the lines: reference lines, rings at the best epochs, ends of early stopping, and names at the lines' ends. */
import { visibleText } from '#core/visibleText.ts';
import { REFERENCE_COLOUR } from './colours.ts';
import { usePlotScales } from './scales.ts';
import { pointAt, spread, type ChartSeries, type ReferenceLine } from './series.ts';
import styles from './drawing.module.css';

const LABEL_GAP = 13;

interface ChartMarksProps {
  readonly series: readonly ChartSeries[];
  readonly referenceLines: readonly ReferenceLine[];
}

export function ChartMarks({ series, referenceLines }: ChartMarksProps) {
  const scales = usePlotScales();
  if (!scales) return null;
  const { left, right, top, bottom, toX, toY } = scales;
  const bright = series.filter(({ faded }) => !faded);
  const inside = (y: number) => y >= top - 1 && y <= bottom + 1;
  const pixelY = (y: number) => {
    if (y === Infinity) return top;
    return y === -Infinity ? bottom : toY(y);
  };

  const labels = [
    ...bright.flatMap(({ key, endLabel, points, colour }) => {
      const last = points.findLast(({ x, y }) => toX(x) <= right + 1 && !Number.isNaN(y));
      const y = last ? pixelY(last.y) : Number.NaN;
      return endLabel && inside(y) ? [{ key, text: endLabel, colour, y }] : [];
    }),
    ...referenceLines.map(({ key, endLabel, y: level }) => {
      const y = toY(level);
      if (inside(y)) return { key, text: endLabel, colour: REFERENCE_COLOUR, y };
      const above = y < top;
      const text = `${endLabel} ${above ? '↑' : '↓'}`;
      return { key, text, colour: REFERENCE_COLOUR, y: above ? top : bottom };
    }),
  ].slice(0, Math.max(1, Math.floor((bottom - top) / LABEL_GAP)));
  const labelYs = spread(
    labels.map(({ y }) => y),
    LABEL_GAP,
    top,
    bottom,
  );
  const stops = bright.flatMap(({ key, stoppedAt, colour, points }) => {
    const x = stoppedAt === null ? Number.NaN : toX(stoppedAt);
    const end = points.at(-1);
    return x >= left && x <= right + 1 && end ? [{ key, x, colour, y: toY(end.y) }] : [];
  });
  // The words keep away from the lines that they belong to, and each has a line of its own.
  const upperHalf = stops.filter(({ y }) => y < (top + bottom) / 2);
  const beneath = upperHalf.length > stops.length / 2;
  const wordY = (i: number) => (beneath ? bottom - 8 - i * LABEL_GAP : top + 8 + i * LABEL_GAP);

  return (
    <g>
      {referenceLines.map(({ key, y: level }) => {
        const y = toY(level);
        return inside(y) ? (
          <line key={key} x1={left} x2={right} y1={y} y2={y} stroke={REFERENCE_COLOUR} strokeWidth={1.25} />
        ) : null;
      })}
      {stops.map(({ key, x, colour }, i) => (
        <g key={key}>
          <line x1={x} x2={x} y1={top} y2={bottom} stroke={colour} strokeWidth={1} strokeDasharray="1 3" />
          <text x={x - 4} y={wordY(i)} textAnchor="end" fill={asText(colour)} className={styles.stop}>
            early stop
          </text>
        </g>
      ))}
      {bright.map(({ key, ring, points, colour }) => {
        const best = ring === null ? null : pointAt(points, ring);
        const [x, y] = best ? [toX(best.x), toY(best.y)] : [Number.NaN, Number.NaN];
        return x >= left - 1 && x <= right + 1 && inside(y) ? (
          <circle key={key} cx={x} cy={y} r={4.5} fill="var(--mantine-color-body)" stroke={colour} strokeWidth={2} />
        ) : null;
      })}
      {labels.map(({ key, text, colour }, i) => (
        <text
          key={key}
          x={right + 8}
          y={labelYs[i]}
          dominantBaseline="central"
          fill={asText(colour)}
          className={styles.end}
          data-part="end"
        >
          {visibleText(text)}
        </text>
      ))}
    </g>
  );
}

/** A colour fit for a line is too pale on white, or too dim on black, for small letters. */
function asText(colour: string): string {
  return `color-mix(in oklab, ${colour} 76%, var(--mantine-color-text))`;
}
