/** The drawing of a scatter chart. */
import { visibleText } from '#core/visibleText.ts';
import type { Axis } from './axes.ts';
import { Plot } from './Plot.tsx';
import { PointKeys } from './PointKeys.tsx';
import { PointReading } from './PointReading.tsx';
import { usePlotScales } from './scales.ts';
import type { ScatterChartProps, ScatterKind, ScatterPoint } from './ScatterChart.tsx';
import type { LaidOut } from './valueAxis.ts';
import styles from './drawing.module.css';

interface ScatterDrawingProps extends ScatterChartProps {
  /** Each point in words. */
  readonly said: readonly string[];
  readonly x: LaidOut;
  readonly yAxis: Axis;
  readonly height: number;
}

export function ScatterDrawing(props: ScatterDrawingProps) {
  const { title, xAxis, yName, points, kinds, said, x, yAxis, pointed, onPoint, height } = props;
  const index = points.findIndex(({ key }) => key === pointed);
  const axes = `${xAxis.name}${x.scale === 'log' ? ', log axis,' : ''} against ${yName}`;
  return (
    <>
      <div className={styles.plot}>
        {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an img element cannot hold the drawing */}
        <div role="img" aria-label={visibleText(`${title}, ${axes}. ${said.slice(0, 12).join('; ')}.`)}>
          <Plot
            xAxis={x.axis}
            yAxis={yAxis}
            xScale={x.scale}
            xName={xAxis.name}
            nameBelow
            formatX={x.formatTicks}
            formatY={props.formatTicks}
            height={height}
          >
            <Marks points={points} kinds={kinds} pointed={pointed} onPoint={onPoint} />
          </Plot>
        </div>
        <PointKeys
          title={title}
          points={said}
          at={index < 0 ? null : index}
          onMove={(to) => onPoint(to === null ? null : (points[to]?.key ?? null))}
        />
      </div>
      <PointReading text={index < 0 ? null : (said[index] ?? '')} />
      {kinds.length > 1 && (
        <ul className={styles.kinds}>
          {kinds.map(({ label, colour }, kind) => (
            <li key={label}>
              <svg width={14} height={14} aria-hidden>
                <path d={shapePath(kind, 7, 7, 5)} fill={colour} />
              </svg>
              {label}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

interface MarksProps {
  readonly points: readonly ScatterPoint[];
  readonly kinds: readonly ScatterKind[];
  readonly pointed: string | null;
  readonly onPoint: (key: string | null) => void;
}

const RUN_RADIUS = 2;
const RADIUS = 5;
/** Around a point, for the pointer and for fingers. */
const REACH = 12;

function Marks({ points, kinds, pointed, onPoint }: MarksProps) {
  const scales = usePlotScales();
  if (!scales) return null;
  const { toX, toY } = scales;
  // the pointed one lies above the others
  const inOrder = points.toSorted((a, b) => Number(a.key === pointed) - Number(b.key === pointed));
  return (
    <g onPointerLeave={() => onPoint(null)}>
      {inOrder.map(({ key, x, y, values, kind }) => {
        const [left, top] = [toX(x), toY(y)];
        const colour = kinds[kind]?.colour ?? 'var(--chart-data)';
        const isPointed = key === pointed;
        return (
          <g key={key} opacity={pointed === null || isPointed ? 1 : 0.45}>
            {values.length > 1 &&
              values.filter(Number.isFinite).map((value, run) => (
                // oxlint-disable-next-line react/no-array-index-key -- two runs may have one value, and keep their places
                <circle key={run} cx={left} cy={toY(value)} r={RUN_RADIUS} fill={colour} fillOpacity={0.55} />
              ))}
            <path
              d={shapePath(kind, left, top, isPointed ? RADIUS + 2 : RADIUS)}
              fill={colour}
              className={styles.mark}
              data-pointed={isPointed || undefined}
            />
            <circle
              data-part="reach"
              cx={left}
              cy={top}
              r={REACH}
              fill="transparent"
              onPointerEnter={() => onPoint(key)}
            />
          </g>
        );
      })}
    </g>
  );
}

/** A circle, a square, a triangle or a diamond: kinds are told apart without their colours too. */
function shapePath(kind: number, x: number, y: number, r: number): string {
  switch (kind % 4) {
    case 0:
      return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
    case 1:
      return `M${x - 0.9 * r} ${y - 0.9 * r}h${1.8 * r}v${1.8 * r}h${-1.8 * r}Z`;
    case 2:
      return `M${x} ${y - 1.2 * r}l${1.1 * r} ${2 * r}h${-2.2 * r}Z`;
    default:
      return `M${x} ${y - 1.25 * r}l${1.25 * r} ${1.25 * r}l${-1.25 * r} ${1.25 * r}l${-1.25 * r} ${-1.25 * r}Z`;
  }
}
