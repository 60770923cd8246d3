/** The drawing of a curve by the charting library. */
import { CartesianGrid, Line, LineChart, Tooltip, usePlotArea, XAxis, YAxis } from 'recharts';
import type { Axis } from './axes.ts';
import { ChartRules, roomForRules } from './ChartRules.tsx';
import type { CurveChartProps } from './CurveChart.tsx';

interface CurveDrawingProps extends Pick<
  CurveChartProps,
  'points' | 'rules' | 'xName' | 'yName' | 'format' | 'formatTick'
> {
  readonly xAxis: Axis;
  readonly yAxis: Axis;
  readonly height: number;
}

/** At the right half a tick's words stand out. */
const MARGIN = { right: 28, bottom: 16, left: 0 };

export function CurveDrawing(props: CurveDrawingProps) {
  const { points, rules, xAxis, yAxis, xName, yName, format, formatTick, height } = props;
  return (
    <LineChart
      data={[...points]}
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
        tickFormatter={(x: number) => x.toLocaleString('en-US')}
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
        tickFormatter={formatTick}
        interval={0}
        width={44}
        tickLine={false}
        axisLine={false}
      />
      <Tooltip
        isAnimationActive={false}
        cursor={{ stroke: 'var(--chart-axis)' }}
        content={<CurveTooltip points={points} xName={xName} yName={yName} format={format} />}
      />
      <Line
        dataKey="y"
        stroke="var(--chart-data)"
        strokeWidth={2}
        dot={points.length === 1}
        activeDot={false}
        isAnimationActive={false}
      />
      <ChartRules rules={rules} />
      <AxisName text={`${xName}, log axis`} />
    </LineChart>
  );
}

function AxisName({ text }: { readonly text: string }) {
  const area = usePlotArea();
  if (!area) return null;
  return (
    <text x={area.x + area.width} y={area.y + area.height + 34} textAnchor="end" className="chart-axis-name">
      {text}
    </text>
  );
}

interface CurveTooltipProps extends Pick<CurveChartProps, 'points' | 'xName' | 'yName' | 'format'> {
  /** Given by the charting library: whether the pointer is over the chart, and the x beneath it. */
  readonly active?: boolean;
  readonly label?: unknown;
}

function CurveTooltip({ active, label: x, points, xName, yName, format }: CurveTooltipProps) {
  const point = active ? points.find((one) => one.x === x) : undefined;
  if (!point) return null;
  return (
    <div className="chart-tooltip">
      <div className="chart-tooltip-head">
        {point.x.toLocaleString('en-US')} {xName}
      </div>
      <span className="figure">
        {format(point.y)} {yName}
      </span>
    </div>
  );
}
