/** What lies over the lines: yardsticks, rings at the best epochs, ends of early stopping, and names at the lines' ends. */
import { usePlotArea, useXAxisScale, useYAxisScale } from 'recharts';
import { YARDSTICK_COLOUR } from './colours.ts';
import { pointAt, spread, type ChartSeries, type Yardline } from './series.ts';

const LABEL_GAP = 13;

interface ChartMarksProps {
  readonly xName: string;
  readonly series: readonly ChartSeries[];
  readonly yardlines: readonly Yardline[];
}

export function ChartMarks({ xName, series, yardlines }: ChartMarksProps) {
  const area = usePlotArea();
  const toX = useXAxisScale();
  const toY = useYAxisScale();
  if (!area || !toX || !toY) return null;
  const right = area.x + area.width;
  const bottom = area.y + area.height;

  const labels = [
    ...series.flatMap(({ key, endLabel, points, colour }) => {
      const last = points.at(-1);
      const y = last && toY(last.y);
      return endLabel && y !== undefined ? [{ key, text: endLabel, colour, y }] : [];
    }),
    ...yardlines.flatMap(({ key, endLabel, y: level }) => {
      const y = toY(level);
      return y === undefined ? [] : [{ key, text: endLabel, colour: YARDSTICK_COLOUR, y }];
    }),
  ];
  const places = spread(
    labels.map(({ y }) => y),
    LABEL_GAP,
    area.y,
    bottom,
  );
  const stops = series.flatMap(({ key, stoppedAt, colour }) => {
    const x = stoppedAt === null ? undefined : toX(stoppedAt);
    return x === undefined ? [] : [{ key, x, colour }];
  });

  return (
    <g className="chart-marks">
      <text x={right + 60} y={bottom + 16} textAnchor="end" className="chart-axis-name">
        {xName}
      </text>
      {yardlines.map(({ key, y: level }) => {
        const y = toY(level);
        return y === undefined ? null : (
          <line key={key} x1={area.x} x2={right} y1={y} y2={y} stroke={YARDSTICK_COLOUR} strokeWidth={1.25} />
        );
      })}
      {stops.map(({ key, x, colour }, i) => (
        <g key={key}>
          <line x1={x} x2={x} y1={area.y} y2={bottom} stroke={colour} strokeWidth={1} strokeDasharray="1 3" />
          {/* Where several models stop, each word gets a line of its own. */}
          <text x={x - 4} y={area.y + 8 + i * LABEL_GAP} textAnchor="end" fill={asText(colour)} className="chart-stop">
            early stop
          </text>
        </g>
      ))}
      {series.map(({ key, ring, points, colour }) => {
        const best = ring === null ? null : pointAt(points, ring);
        const x = best ? toX(best.x) : undefined;
        const y = best ? toY(best.y) : undefined;
        return x === undefined || y === undefined ? null : (
          <circle key={key} cx={x} cy={y} r={4.5} fill="var(--mantine-color-body)" stroke={colour} strokeWidth={2} />
        );
      })}
      {labels.map(({ key, text, colour }, i) => (
        <text
          key={key}
          x={right + 8}
          y={places[i]}
          dominantBaseline="central"
          fill={asText(colour)}
          className="chart-end"
        >
          {text}
        </text>
      ))}
    </g>
  );
}

/** A colour fit for a line is too pale on white, or too dim on black, for small letters. */
function asText(colour: string): string {
  return `color-mix(in oklab, ${colour} 76%, var(--mantine-color-text))`;
}
