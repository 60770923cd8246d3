/** Turns runs into what a chart draws: one solid line a model for validation, a dashed one for training. */
import { MODEL_TITLES } from '../core/format.ts';
import type { Measures } from '../core/measures.ts';
import type { RunRecord, StepRecord } from '../core/run.ts';
import { modelColour } from './colours.ts';
import type { ChartSeries, Yardline } from './series.ts';
import { smooth, thin, type ChartPoint } from './thinning.ts';

export type EpochMeasure = 'loss' | 'top5' | 'perplexity';

/** Points of all step curves of a chart together. */
const STEP_POINTS = 1_000;

/** Of each side's neighbours, the share of the curve that a smoothed step is the mean of. */
const SMOOTHING_REACH = 0.02;

const shortName = ({ model }: RunRecord) => (model.startsWith('residual') ? 'Residual' : MODEL_TITLES[model]);

export function epochSeries(runs: readonly RunRecord[], measure: EpochMeasure): readonly ChartSeries[] {
  return runs.flatMap((run) => {
    const points = (part: 'train' | 'validation'): ChartPoint[] =>
      run.epochs.map((epoch) => ({ x: epoch.epoch, y: epoch[part][measure] }));
    const shared = { colour: modelColour(run.model), faint: false };
    const train: ChartSeries = {
      ...shared,
      key: `${run.id}-train`,
      label: `${MODEL_TITLES[run.model]}, train`,
      dashed: true,
      points: points('train'),
      endLabel: null,
      ring: null,
      stoppedAt: null,
    };
    const validation: ChartSeries = {
      ...shared,
      key: `${run.id}-validation`,
      label: `${MODEL_TITLES[run.model]}, validation`,
      dashed: false,
      points: points('validation'),
      endLabel: shortName(run),
      ring: run.bestEpoch,
      stoppedAt: run.ended === 'patience' ? (run.epochs.at(-1)?.epoch ?? null) : null,
    };
    return [train, validation];
  });
}

/** The bigram's level: what looking at one token back can reach on the same rows. */
export function yardlines(runs: readonly RunRecord[], measure: EpochMeasure): readonly Yardline[] {
  const bigram = runs.flatMap((run) => run.yardsticks).find(({ name }) => name === 'bigram');
  return bigram
    ? [{ key: 'bigram', label: 'Bigram, validation', endLabel: 'Bigram', y: valueOf(bigram.validation, measure) }]
    : [];
}

const valueOf = (measures: Measures, measure: EpochMeasure) => measures[measure];

/** Loss a training step: every value as a veil, its running mean above it. */
export function stepSeries(
  runs: readonly RunRecord[],
  steps: Readonly<Record<string, readonly StepRecord[]>>,
): readonly ChartSeries[] {
  const shown = runs.filter((run) => (steps[run.id]?.length ?? 0) > 0);
  const most = Math.max(100, Math.floor(STEP_POINTS / Math.max(1, shown.length)));
  return shown.flatMap((run) => {
    const all = (steps[run.id] ?? []).flatMap(({ step, loss }) =>
      Number.isFinite(loss) ? [{ x: step, y: loss }] : [],
    );
    const raw = thin(all, most, xOf, yOf);
    const shared = { colour: modelColour(run.model), dashed: false, ring: null, stoppedAt: null };
    const mean = thin(smooth(all, Math.ceil(all.length * SMOOTHING_REACH)), most, xOf, yOf);
    const name = MODEL_TITLES[run.model];
    return [
      { ...shared, key: `${run.id}-raw`, label: `${name}, a step`, faint: true, points: raw, endLabel: null },
      {
        ...shared,
        key: `${run.id}-mean`,
        label: `${name}, smoothed`,
        faint: false,
        points: mean,
        endLabel: shortName(run),
      },
    ];
  });
}

const xOf = ({ x }: ChartPoint) => x;
const yOf = ({ y }: ChartPoint) => y;
