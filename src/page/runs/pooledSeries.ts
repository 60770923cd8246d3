/** Curves of runs that differ only in their seed as one: their mean as a line, each seed's own curve thin beneath it. */
import type { MetricName } from '#core/metrics/registry.ts';
import type { RunRecord } from '#core/runs/run.ts';
import type { StepTable } from '#core/runs/stepTable.ts';
import { ALL_FINITE, countNonFinite } from '../charts/nonFinite.ts';
import { epochPoints, epochSeries, type RunStyle } from './runSeries.ts';
import type { ChartSeries } from '../charts/series.ts';
import type { ChartPoint } from '../charts/thinning.ts';

/** Runs of one model and configuration. */
export interface RunPool {
  readonly key: string;
  readonly title: string;
  readonly runIds: readonly string[];
}

/** A pool with a single run has that run's own curves. */
export function pooledEpochSeries(
  runs: readonly RunRecord[],
  pools: readonly RunPool[],
  steps: Readonly<Record<string, StepTable>>,
  measure: MetricName,
  look: RunStyle,
): readonly ChartSeries[] {
  return pools.flatMap((pool) => {
    const own = runs.filter(({ id }) => pool.runIds.includes(id));
    const [first] = own;
    if (first === undefined) return [];
    if (own.length === 1) return epochSeries(own, steps, measure, look);
    const shared = { colour: look.colourOf(first), ring: null, stoppedAt: null };
    const isFaded = own.every(({ id }) => look.faded.has(id));
    const curves = (part: 'train' | 'validation') => own.map((run) => epochPoints(run, steps, part, measure, look.x));
    const seeds = curves('validation').map((points, i): ChartSeries => ({
      ...shared,
      key: `${own[i]!.id}-seed`,
      label: look.labelOf(own[i]!),
      dashed: false,
      faint: true,
      faded: isFaded,
      points,
      // counted with the mean above it
      nonFinite: ALL_FINITE,
      endLabel: null,
    }));
    const mean = (part: 'train' | 'validation'): ChartSeries => {
      const points = meanOf(curves(part));
      return {
        ...shared,
        key: `${pool.key}-${part}`,
        label: `${pool.title}, ${part}, mean of ${own.length} seeds`,
        dashed: part === 'train',
        faint: false,
        faded: isFaded,
        points,
        nonFinite: countNonFinite(points.map(({ y }) => y)),
        endLabel: part === 'train' ? null : look.poolShortOf(first),
      };
    };
    return [...seeds, ...(look.train && !isFaded ? [mean('train')] : []), mean('validation')];
  });
}

/** Epoch by epoch, for as long as every seed trained: a mean over fewer would jump where one of them stopped. */
function meanOf(curves: readonly (readonly ChartPoint[])[]): readonly ChartPoint[] {
  const epochs = Math.min(...curves.map((points) => points.length));
  return Array.from({ length: epochs }, (_, epoch) => {
    const mean = (of: (point: ChartPoint) => number) =>
      curves.reduce((sum, points) => sum + of(points[epoch]!), 0) / curves.length;
    return { x: mean(({ x }) => x), y: mean(({ y }) => y) };
  });
}
