/** The charts of runs: loss, top-5 and perplexity per epoch side by side; loss and gradient norm per step below. */
import { clsx } from 'clsx';
import { useEffect, useMemo } from 'react';
import { formatLoss } from '#core/format.ts';
import { metricOf, SHOWN, type MetricName } from '#core/metrics/registry.ts';
import type { RunRecord } from '#core/runs/run.ts';
import type { StepTable } from '#core/runs/stepTable.ts';
import type { Limits } from '../charts/axes.ts';
import { LineChart } from '../charts/LineChart.tsx';
import { withSmall } from '../charts/nonFinite.ts';
import { EPOCH_HEIGHT, EPOCH_TEXTS, STEP_HEIGHT, STEP_TEXTS } from './chartTexts.tsx';
import { pooledEpochSeries, type RunPool } from './pooledSeries.ts';
import { epochSeries, MODEL_STYLE, stepSeries, referenceLines, type RunStyle } from './runSeries.ts';
import type { ReferenceLine } from '../charts/series.ts';
import { chartGroup, forgetOtherSubjects } from '../charts/sync.ts';
import { numberTicks, percentTicks } from '../charts/ticks.ts';
import { useChartView } from '../charts/view.ts';
import { X_KIND } from '../charts/xKinds.ts';
import styles from './RunCharts.module.css';

const NO_STEPS_AT_ALL: Readonly<Record<string, StepTable>> = {};
const NO_REFERENCE_LINES: readonly ReferenceLine[] = [];
const loss = withSmall(formatLoss);
const RATE: Limits = [0, 1];

/** Charts by epoch. Made once, so that a chart is drawn again only for its series. */
const EPOCH_CHARTS = EPOCH_TEXTS.map(({ measure, scale, text }) => {
  const { format } = metricOf(measure);
  const isRate = scale === 'rate';
  return {
    name: measure,
    scale,
    props: {
      ...text,
      ...(isRate && { yLimits: RATE }),
      format: isRate ? format : withSmall(format),
      formatTicks: isRate ? percentTicks : numberTicks,
      height: EPOCH_HEIGHT,
    },
  };
});

const UNDER_WAY: readonly RunRecord['state'][] = ['waiting', 'training', 'paused'];

const NO_POOLS: readonly RunPool[] = [];

export interface RunChartsProps extends Partial<
  Pick<RunStyle, 'colourOf' | 'labelOf' | 'shortOf' | 'poolShortOf' | 'faded'>
> {
  readonly runs: readonly RunRecord[];
  readonly steps: Readonly<Record<string, StepTable>>;
  /** The page that the charts are on: they zoom together. */
  readonly page: string;
  /** The subject of the charts: when it changes, axes start again and the zoom resets. */
  readonly subject: string;
  /** Runs that differ only in their seed, drawn as one where the view asks for it. */
  readonly pools?: readonly RunPool[];
}

export function RunCharts(props: RunChartsProps) {
  const { runs, steps, page, subject, pools = NO_POOLS } = props;
  const view = useChartView();
  const look = useRunStyle(props);
  const kind = X_KIND[view.x];
  const bright = runs.filter(({ id }) => !look.faded.has(id));
  const ended = bright.length > 0 && bright.every(({ state }) => !UNDER_WAY.includes(state));
  // Once all is over, the axes need no room ahead; before, only the number of epochs is known.
  const ahead = view.x === 'epoch' && bright.length > 0 ? Math.max(...bright.map(({ config }) => config.epochs)) : null;
  const xLimit = ended ? 0 : ahead;
  // Only an x axis of steps needs the step tables, for the steps of an epoch: otherwise new steps leave these charts alone.
  const stepTables = view.x === 'step' ? steps : NO_STEPS_AT_ALL;
  const epoch = useMemo(() => {
    const of = (measure: MetricName) => ({
      series:
        view.pooled && pools.length > 0
          ? pooledEpochSeries(runs, pools, stepTables, measure, look)
          : epochSeries(runs, stepTables, measure, look),
      referenceLines: view.yardsticks ? referenceLines(runs, measure) : NO_REFERENCE_LINES,
    });
    return SHOWN.curves.map(of);
  }, [runs, pools, stepTables, look, view.yardsticks, view.pooled]);
  const stepLoss = useMemo(() => stepSeries(runs, steps, 'loss', look), [runs, steps, look]);
  const norm = useMemo(() => stepSeries(runs, steps, 'gradientNorm', look), [runs, steps, look]);
  const common = { xKind: kind, xLimit, subject, expected: runs.length > 0, group: chartGroup(page, subject, view.x) };
  useEffect(() => forgetOtherSubjects(page, subject), [page, subject]);
  const byEpoch = { ...common, xFrom: view.x === 'epoch' ? 1 : 0 };
  const byStep = { ...common, xFrom: 0, xLimit: ended ? 0 : null, referenceLines: NO_REFERENCE_LINES };
  const yScales = { rate: 'linear', loss: view.lossScale, perplexity: view.perplexityScale } as const;
  return (
    <div className={styles.charts}>
      <div className={styles.grid}>
        {EPOCH_CHARTS.map(({ name, scale, props: chart }, at) => (
          <LineChart key={name} {...byEpoch} {...epoch[at]!} {...chart} yScale={yScales[scale]} />
        ))}
        <LineChart
          {...byStep}
          {...STEP_TEXTS.loss}
          yScale={view.lossScale}
          series={stepLoss}
          format={loss}
          formatTicks={numberTicks}
          height={STEP_HEIGHT}
        />
        <LineChart
          {...byStep}
          {...STEP_TEXTS.gradientNorm}
          yScale="log"
          series={norm}
          format={loss}
          formatTicks={numberTicks}
          height={STEP_HEIGHT}
        />
      </div>
      {runs.some(({ epochs }) => epochs.length > 0) && (
        <ul className={styles.key} aria-label="How to read the lines">
          <li>
            <span className={styles.stroke} /> validation
          </li>
          {view.train && (
            <li>
              <span className={styles.stroke} style={{ borderTopStyle: 'dashed' }} /> training (running mean, with
              dropout)
            </li>
          )}
          {view.pooled && pools.some(({ runIds }) => runIds.length > 1) ? (
            <li>
              <span className={clsx(styles.stroke, styles.seed)} /> one seed, behind the mean of all seeds
            </li>
          ) : (
            <li>
              <span className={styles.ring} /> best epoch
            </li>
          )}
          <li className={styles.hint}>Drag over a chart to zoom. Arrow keys move from point to point.</li>
        </ul>
      )}
    </div>
  );
}

/** The look of the runs under the view of this browser; the same object while nothing of it changes. */
export function useRunStyle(own: RunChartsProps | Partial<RunStyle>): RunStyle {
  const { x, smoothing, train } = useChartView();
  const { colourOf, labelOf, shortOf, poolShortOf, faded } = { ...MODEL_STYLE, ...own };
  return useMemo(
    () => ({ x, smoothing, train, colourOf, labelOf, shortOf, poolShortOf, faded }),
    [x, smoothing, train, colourOf, labelOf, shortOf, poolShortOf, faded],
  );
}
