/** The drawing of a line chart, loaded when there is something to draw. */
import { createContext, use, useState } from 'react';
import { visibleText } from '#core/visibleText.ts';
import type { Axis, Scale } from './axes.ts';
import { ChartKeys } from './ChartKeys.tsx';
import { ChartMarks } from './ChartMarks.tsx';
import { ChartRules, roomForRules, type ChartRule } from './ChartRules.tsx';
import { CrosshairMarks } from './CrosshairMarks.tsx';
import { Curves } from './Curves.tsx';
import { Plot } from './Plot.tsx';
import { Pointer } from './Pointer.tsx';
import { usePlotScales } from './scales.ts';
import type { ChartSeries, ReferenceLine } from './series.ts';
import { resetZoom, useZoom } from './sync.ts';
import type { TickFormat } from './ticks.ts';
import { useDeferredMount } from './turns.ts';
import styles from './drawing.module.css';

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
  readonly referenceLines: readonly ReferenceLine[];
  readonly rules?: readonly ChartRule[];
  /** `epoch 3`. */
  readonly headOf: (x: number) => string;
  readonly formatXTicks: TickFormat;
  readonly format: (y: number) => string;
  readonly formatTicks: TickFormat;
  readonly height: number;
  /** Text in the middle of the plot if it shows no point, else null. */
  readonly nothing?: string | null;
}

/** Room at the right for the names at the lines' ends. */
const RIGHT = 76;

interface Shown extends ChartDrawingProps {
  readonly rules: readonly ChartRule[];
  readonly overlay: HTMLElement | null;
}

/** What the layers show: they are the plot's children, which must not change, or the plot would be laid out again. */
const ShownContext = createContext<Shown | null>(null);
const LAYERS = <Layers />;
const NO_RULES: readonly ChartRule[] = [];

export function ChartDrawing(props: ChartDrawingProps) {
  const { name, title, description, group, series, referenceLines, rules = NO_RULES, headOf, format } = props;
  const [overlay, setOverlay] = useState<HTMLDivElement | null>(null);
  const mounts = useDeferredMount();
  const zoomed = useZoom(group) !== null;
  const ends = referenceLines.length > 0 || series.some(({ endLabel }) => endLabel !== null);
  return (
    <div className={styles.plot}>
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an img element cannot hold the drawing */}
      <div role="img" aria-label={visibleText(description)}>
        <ShownContext value={{ ...props, rules, overlay }}>
          {mounts && (
            <Plot
              xAxis={props.xAxis}
              yAxis={props.yAxis}
              xScale={props.xScale}
              yScale={props.yScale}
              xName={props.xName}
              nameBelow={!ends}
              formatX={props.formatXTicks}
              formatY={props.formatTicks}
              height={props.height}
              room={{ ...(ends ? { right: RIGHT } : {}), ...(rules.length > 0 ? { top: roomForRules(rules) } : {}) }}
            >
              {LAYERS}
            </Plot>
          )}
        </ShownContext>
      </div>
      <ChartKeys {...{ title, group, series, headOf, format }} chart={name} />
      <div className={styles.overlay} ref={setOverlay} aria-hidden />
      {zoomed && (
        <button type="button" className={styles.reset} onClick={() => resetZoom(group)}>
          Reset zoom
        </button>
      )}
    </div>
  );
}

function Layers() {
  const shown = use(ShownContext);
  // the axes come first
  const mounts = useDeferredMount();
  if (!shown || !mounts) return null;
  const { name, group, series, referenceLines, rules, headOf, format, overlay, xAxis, yAxis, nothing = null } = shown;
  return (
    <>
      <Curves series={series} xAxis={xAxis} yAxis={yAxis} />
      <ChartMarks series={series} referenceLines={referenceLines} />
      <ChartRules rules={rules} />
      {nothing !== null && <NothingHere text={nothing} />}
      <CrosshairMarks {...{ group, series, referenceLines, headOf, format, overlay }} chart={name} />
      <Pointer chart={name} group={group} series={series} />
    </>
  );
}

function NothingHere({ text }: { readonly text: string }) {
  const scales = usePlotScales();
  if (!scales) return null;
  const { left, right, top, bottom } = scales;
  return (
    <text x={(left + right) / 2} y={(top + bottom) / 2} textAnchor="middle" className={styles.nothing}>
      {text}
    </text>
  );
}
