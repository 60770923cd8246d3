/** The charts of an experiment: loss, top-5 and perplexity an epoch side by side, and loss a step beneath. */
import { useMemo, type ReactNode } from 'react';
import { formatLoss, formatPercent, formatPerplexity } from '../core/format.ts';
import type { RunRecord, StepRecord } from '../core/run.ts';
import { LineChart } from './LineChart.tsx';
import { epochSeries, stepSeries, yardlines } from './runSeries.ts';

const UNDER_WAY: readonly RunRecord['state'][] = ['waiting', 'training', 'paused'];

interface RunChartsProps {
  readonly runs: readonly RunRecord[];
  readonly steps: Readonly<Record<string, readonly StepRecord[]>>;
  /** What is drawn: axes start anew when it changes. */
  readonly subject: string;
  /** Words explained beside the titles. */
  readonly explain: Readonly<Record<'loss' | 'top5' | 'perplexity', ReactNode>>;
}

export function RunCharts({ runs, steps, subject, explain }: RunChartsProps) {
  const ended = runs.length > 0 && runs.every(({ state }) => !UNDER_WAY.includes(state));
  // Once all is over, the axes need no room ahead.
  const epochLimit = Math.max(...runs.map(({ config, epochs }) => (ended ? epochs.length : config.epochs)));
  const xLimit = runs.length > 0 ? epochLimit : null;
  const epoch = useMemo(
    () => ({
      loss: { series: epochSeries(runs, 'loss'), yardlines: yardlines(runs, 'loss') },
      top5: { series: epochSeries(runs, 'top5'), yardlines: yardlines(runs, 'top5') },
      perplexity: { series: epochSeries(runs, 'perplexity'), yardlines: yardlines(runs, 'perplexity') },
    }),
    [runs],
  );
  const stepCurves = useMemo(() => stepSeries(runs, steps), [runs, steps]);
  const shared = { xName: 'epoch', xLimit, subject } as const;
  return (
    <div className="run-charts">
      <div className="run-charts-grid">
        <LineChart
          {...shared}
          {...epoch.loss}
          name="loss"
          title="Loss"
          unit="nats a token"
          explain={explain.loss}
          scale="linear"
          format={formatLoss}
          formatTick={(y) => String(y)}
          empty="Loss appears here after the first epoch: it should fall."
        />
        <LineChart
          {...shared}
          {...epoch.top5}
          name="top5"
          title="Top-5"
          unit="% of tokens"
          explain={explain.top5}
          scale="linear"
          format={(y) => formatPercent(y)}
          formatTick={(y) => `${Number((y * 100).toPrecision(4))}%`}
          empty="Top-5 accuracy appears here after the first epoch: it should rise."
        />
        <LineChart
          {...shared}
          {...epoch.perplexity}
          name="perplexity"
          title="Perplexity"
          unit="tokens, log axis"
          explain={explain.perplexity}
          scale="log"
          format={formatPerplexity}
          formatTick={(y) => y.toLocaleString('en-US')}
          empty="Perplexity appears here after the first epoch: it should fall."
        />
        <LineChart
          name="steps"
          title="Loss, step by step"
          unit="nats a token, of the batch just trained"
          xName="step"
          xLimit={ended ? 0 : null}
          subject={subject}
          scale="linear"
          series={stepCurves}
          yardlines={[]}
          format={formatLoss}
          formatTick={(y) => String(y)}
          empty="Every training step draws a point here, from the first seconds on."
          height={170}
        />
      </div>
      {runs.some(({ epochs }) => epochs.length > 0) && (
        <ul className="chart-key" aria-label="How to read the lines">
          <li>
            <span className="chart-stroke chart-key-stroke" /> validation
          </li>
          <li>
            <span className="chart-stroke chart-key-stroke" style={{ borderTopStyle: 'dashed' }} /> train (running mean,
            with dropout)
          </li>
          <li>
            <span className="chart-ring" /> best epoch
          </li>
        </ul>
      )}
    </div>
  );
}
