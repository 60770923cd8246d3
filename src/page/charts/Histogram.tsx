/** A histogram of sizes: bars over a logarithmic axis, with the one edge that matters marked. */
import { lazy } from 'react';
import type { ReactNode } from 'react';
import { niceAxis } from './axes.ts';
import { ChartFrame } from './ChartFrame.tsx';
import { NumbersTable } from './NumbersTable.tsx';
import { lazyImport } from '../ui/lazyImport.ts';

/** The charting library is a third of the page's code: it comes when there is something to draw. */
const HistogramDrawing = lazy(async () => ({
  default: (await lazyImport(() => import('./HistogramDrawing.tsx'))).HistogramDrawing,
}));

/** From `from`, at least 1, up to `to`, `to` itself excluded. */
export interface HistogramBar {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface HistogramProps {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly explain?: ReactNode;
  /** In order, without gaps. */
  readonly bars: readonly HistogramBar[];
  /** What is counted: `files`. */
  readonly counted: string;
  /** What the x axis measures: `tokens`. */
  readonly xName: string;
  /** An edge of the bars; bars beyond it are paler. */
  readonly mark: { readonly x: number; readonly label: string };
  readonly description: string;
  /** Says what will appear here. */
  readonly empty: string;
  readonly height?: number;
}

export function Histogram(props: HistogramProps) {
  const { name, title, unit, explain, bars, counted, xName, mark, description, height = 230 } = props;
  const first = bars[0];
  const last = bars.at(-1);
  return (
    <ChartFrame
      name={name}
      title={title}
      unit={unit}
      explain={explain}
      height={height}
      drawn={
        first && last
          ? {
              drawing: (
                <HistogramDrawing
                  description={description}
                  bars={bars}
                  xAxis={niceAxis(Math.max(1, first.from), Math.max(last.to, mark.x), 'log')}
                  yAxis={niceAxis(0, Math.max(1, ...bars.map(({ count }) => count)), 'linear', 4)}
                  mark={mark}
                  xName={xName}
                  counted={counted}
                  height={height}
                />
              ),
              numbers: (
                <NumbersTable
                  title={title}
                  head={[xName, counted]}
                  rows={() => bars.map((bar) => [rangeOf(bar), bar.count.toLocaleString('en-US')])}
                />
              ),
              csv: () => [['from', 'to', counted], ...bars.map(({ from, to, count }) => [from, to, count].map(String))],
            }
          : null
      }
      empty={props.empty}
    />
  );
}

/** `560–749`. */
export function rangeOf({ from, to }: HistogramBar): string {
  const [first, last] = [from, to - 1].map((edge) => edge.toLocaleString('en-US'));
  return from === to - 1 ? `${first}` : `${first}–${last}`;
}
