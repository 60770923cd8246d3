/** The drawing of a line chart, loaded when there is something to draw. */
import { useState } from 'react';
import type { Axis, Scale } from './axes.ts';
import { ChartKeys } from './ChartKeys.tsx';
import { ChartMarks } from './ChartMarks.tsx';
import { ChartRules, roomForRules, type ChartRule } from './ChartRules.tsx';
import { CrosshairMarks } from './CrosshairMarks.tsx';
import { Curves } from './Curves.tsx';
import { Plot } from './Plot.tsx';
import { Pointer } from './Pointer.tsx';
import type { ChartSeries, Yardline } from './series.ts';
import { resetZoom, useZoom } from './sync.ts';

export interface ChartDrawingProps {
  readonly name: string;
  readonly title: string;
  /** The chart in words. */
  readonly description: string;
  /** Charts of one group share crosshair and zoom. */
  readonly group: string;
  readonly xAxis: Axis;
  readonly yAxis: Axis;
  readonly xScale: Scale;
  readonly yScale: Scale;
  readonly xName: string;
  readonly series: readonly ChartSeries[];
  readonly yardlines: readonly Yardline[];
  readonly rules?: readonly ChartRule[];
  /** `epoch 3`. */
  readonly headOf: (x: number) => string;
  readonly formatXTick: (x: number) => string;
  readonly format: (y: number) => string;
  readonly formatTick: (y: number) => string;
  readonly height: number;
}

/** Room at the right for the names at the lines' ends. */
const RIGHT = 68;

export function ChartDrawing(props: ChartDrawingProps) {
  const { name, title, description, group, xAxis, yAxis, xName, series, yardlines, rules = [], headOf, format } = props;
  const [overlay, setOverlay] = useState<HTMLDivElement | null>(null);
  const zoomed = useZoom(group) !== null;
  const ends = yardlines.length > 0 || series.some(({ endLabel }) => endLabel !== null);
  return (
    <div className="chart-plot">
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an img element cannot hold the drawing */}
      <div role="img" aria-label={description}>
        <Plot
          xAxis={xAxis}
          yAxis={yAxis}
          xScale={props.xScale}
          yScale={props.yScale}
          xName={xName}
          nameBelow={!ends}
          formatX={props.formatXTick}
          formatY={props.formatTick}
          height={props.height}
          room={{ ...(ends ? { right: RIGHT } : {}), ...(rules.length > 0 ? { top: roomForRules(rules) } : {}) }}
        >
          <Curves series={series} />
          <ChartMarks series={series} yardlines={yardlines} />
          <ChartRules rules={rules} />
          <CrosshairMarks {...{ group, series, yardlines, headOf, format, overlay }} chart={name} />
          <Pointer chart={name} group={group} series={series} />
        </Plot>
      </div>
      <ChartKeys {...{ title, group, series, headOf, format }} chart={name} />
      <div className="chart-overlay" ref={setOverlay} aria-hidden />
      {zoomed && (
        <button type="button" className="chart-reset" onClick={() => resetZoom(group)}>
          Reset zoom
        </button>
      )}
    </div>
  );
}
