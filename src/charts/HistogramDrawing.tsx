/** The drawing of a histogram by the charting library. */
import {
  CartesianGrid,
  Line,
  LineChart,
  Tooltip,
  usePlotArea,
  useXAxisScale,
  useYAxisScale,
  XAxis,
  YAxis,
} from 'recharts';
import type { Axis } from './axes.ts';
import { ChartRules, roomForRules } from './ChartRules.tsx';
import { rangeOf, type HistogramBar, type HistogramProps } from './Histogram.tsx';

interface HistogramDrawingProps extends Pick<HistogramProps, 'bars' | 'mark' | 'xName' | 'counted'> {
  readonly xAxis: Axis;
  readonly yAxis: Axis;
  readonly height: number;
}

/** At the right half a tick's words stand out. */
const MARGIN = { right: 28, bottom: 16, left: 0 };
const written = (value: number) => value.toLocaleString('en-US');

export function HistogramDrawing({ bars, xAxis, yAxis, mark, xName, counted, height }: HistogramDrawingProps) {
  // The library's own bars are all of one width: these are drawn over a line that only answers the pointer.
  const middles = bars.map(({ from, to, count }) => ({ x: Math.sqrt(from * to), count }));
  const rules = [{ ...mark, ring: null }];
  return (
    <LineChart
      data={middles}
      margin={{ ...MARGIN, top: roomForRules(rules) }}
      accessibilityLayer={false}
      responsive
      style={{ width: '100%', height }}
    >
      <CartesianGrid vertical={false} stroke="var(--chart-grid)" />
      <XAxis
        dataKey="x"
        type="number"
        scale="log"
        domain={[xAxis.low, xAxis.high]}
        ticks={[...xAxis.ticks]}
        tickFormatter={written}
        interval={0}
        height={24}
        tickLine={false}
        axisLine={{ stroke: 'var(--chart-axis)' }}
        allowDataOverflow
      />
      <YAxis
        type="number"
        domain={[yAxis.low, yAxis.high]}
        ticks={[...yAxis.ticks]}
        tickFormatter={written}
        interval={0}
        width={52}
        tickLine={false}
        axisLine={false}
      />
      <Tooltip
        isAnimationActive={false}
        cursor={false}
        content={<HistogramTooltip bars={bars} xName={xName} counted={counted} />}
      />
      <Line dataKey="count" stroke="none" dot={false} activeDot={false} isAnimationActive={false} />
      <Bars bars={bars} beyond={mark.x} xName={xName} />
      <ChartRules rules={rules} />
    </LineChart>
  );
}

interface BarsProps {
  readonly bars: readonly HistogramBar[];
  readonly beyond: number;
  readonly xName: string;
}

function Bars({ bars, beyond, xName }: BarsProps) {
  const area = usePlotArea();
  const toX = useXAxisScale();
  const toY = useYAxisScale();
  if (!area || !toX || !toY) return null;
  const bottom = area.y + area.height;
  return (
    <g>
      {bars.map(({ from, to, count }) => {
        const left = toX(Math.max(1, from));
        const right = toX(to);
        const top = toY(count);
        if (left === undefined || right === undefined || top === undefined || count === 0) return null;
        return (
          <rect
            key={from}
            x={left + 0.5}
            y={top}
            width={Math.max(1, right - left - 1)}
            height={bottom - top}
            className={from >= beyond ? 'chart-bar chart-bar-beyond' : 'chart-bar'}
          />
        );
      })}
      <text x={area.x + area.width} y={bottom + 34} textAnchor="end" className="chart-axis-name">
        {xName}, log axis
      </text>
    </g>
  );
}

interface HistogramTooltipProps {
  /** Given by the charting library: whether the pointer is over the chart, and the x beneath it. */
  readonly active?: boolean;
  readonly label?: unknown;
  readonly bars: readonly HistogramBar[];
  readonly xName: string;
  readonly counted: string;
}

function HistogramTooltip({ active, label: x, bars, xName, counted }: HistogramTooltipProps) {
  if (!active || typeof x !== 'number') return null;
  const bar = bars.find(({ from, to }) => x >= from && x < to);
  if (!bar) return null;
  return (
    <div className="chart-tooltip">
      <div className="chart-tooltip-head">
        {rangeOf(bar)} {xName}
      </div>
      <span className="figure">
        {written(bar.count)} {counted}
      </span>
    </div>
  );
}
