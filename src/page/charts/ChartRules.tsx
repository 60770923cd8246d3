/** Upright lines over a chart, each with a word: the cut of a histogram, a point of a curve that matters. */
import { usePlotScales } from './scales.ts';
import styles from './drawing.module.css';

export interface ChartRule {
  readonly x: number;
  /** A word or two. */
  readonly label: string;
  /** Height of a ring on the line, or null for none. */
  readonly ring: number | null;
}

const LABEL_GAP = 14;

/** Height that the words need above the plot: each has a line of its own, so that none covers another. */
export function roomForRules(rules: readonly ChartRule[]): number {
  return 8 + rules.length * LABEL_GAP;
}

/** To be drawn inside a chart of the charting library. */
export function ChartRules({ rules }: { readonly rules: readonly ChartRule[] }) {
  const scales = usePlotScales();
  if (!scales) return null;
  const { left: start, right: end, top: above, bottom, toX, toY } = scales;
  const placed = rules
    .map((rule) => ({ ...rule, at: toX(rule.x), ringAt: rule.ring === null ? null : toY(rule.ring) }))
    // a zoom may leave one outside
    .filter(({ at }) => at >= start - 1 && at <= end + 1);
  return (
    <g className={styles.rules}>
      {placed.map(({ x, at, ringAt, label }, i) => {
        const left = at > (start + end) / 2;
        const top = above - 8 - i * LABEL_GAP;
        return (
          <g key={x}>
            <line x1={at} x2={at} y1={top - 5} y2={bottom} className={styles.rule} />
            {ringAt !== null && <circle cx={at} cy={ringAt} r={4.5} className={styles.ruleRing} />}
            <text x={at + (left ? -6 : 6)} y={top} textAnchor={left ? 'end' : 'start'} dominantBaseline="central">
              {label}
            </text>
          </g>
        );
      })}
    </g>
  );
}
