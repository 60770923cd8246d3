/** The drawing of a histogram. */
import { clsx } from 'clsx';
import { useState } from 'react';
import type { Axis } from './axes.ts';
import { ChartRules, roomForRules } from './ChartRules.tsx';
import { rangeOf, type HistogramBar, type HistogramProps } from './Histogram.tsx';
import { Plot } from './Plot.tsx';
import { usePlotScales } from './scales.ts';
import { countTicks } from './ticks.ts';
import shared from '../ui/shared.module.css';
import styles from './drawing.module.css';

interface HistogramDrawingProps extends Pick<HistogramProps, 'bars' | 'mark' | 'xName' | 'counted' | 'description'> {
  readonly xAxis: Axis;
  readonly yAxis: Axis;
  readonly height: number;
}

const written = (value: number) => value.toLocaleString('en-US');

export function HistogramDrawing(props: HistogramDrawingProps) {
  const { bars, xAxis, yAxis, mark, xName, counted, description, height } = props;
  const [pointed, setPointed] = useState<{ readonly bar: HistogramBar; readonly at: number } | null>(null);
  const rules = [{ ...mark, ring: null }];
  return (
    <div className={styles.plot}>
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an img element cannot hold the drawing */}
      <div role="img" aria-label={description}>
        <Plot
          xAxis={xAxis}
          yAxis={yAxis}
          xScale="log"
          xName={xName}
          nameBelow
          formatX={countTicks}
          formatY={countTicks}
          height={height}
          room={{ top: roomForRules(rules) }}
        >
          <Bars bars={bars} beyond={mark.x} onPoint={setPointed} />
          <ChartRules rules={rules} />
        </Plot>
      </div>
      {pointed && (
        <div className={styles.overlay} aria-hidden>
          <div className={styles.tooltip} style={{ top: 30, left: pointed.at, transform: 'translateX(-50%)' }}>
            <div className={styles.tooltipHead}>
              {rangeOf(pointed.bar)} {xName}
            </div>
            <span className={shared.figure}>
              {written(pointed.bar.count)} {counted}
            </span>
          </div>
        </div>
      )}
    </div>
  );
}

interface BarsProps {
  readonly bars: readonly HistogramBar[];
  readonly beyond: number;
  readonly onPoint: (pointed: { readonly bar: HistogramBar; readonly at: number } | null) => void;
}

function Bars({ bars, beyond, onPoint }: BarsProps) {
  const scales = usePlotScales();
  if (!scales) return null;
  const { top, bottom, toX, toY } = scales;
  return (
    <g onPointerLeave={() => onPoint(null)}>
      {bars.map((bar) => {
        const left = toX(Math.max(1, bar.from));
        const right = toX(bar.to);
        const head = toY(bar.count);
        return (
          <g key={bar.from} onPointerEnter={() => onPoint({ bar, at: (left + right) / 2 })}>
            <rect x={left} y={top} width={Math.max(1, right - left)} height={bottom - top} fill="transparent" />
            {bar.count > 0 && (
              <rect
                x={left + 0.5}
                y={head}
                width={Math.max(1, right - left - 1)}
                height={bottom - head}
                className={clsx(styles.bar, bar.from >= beyond && styles.barBeyond)}
              />
            )}
          </g>
        );
      })}
    </g>
  );
}
