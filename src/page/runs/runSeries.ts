/** Turns runs into the series of a chart, over the chosen x, smoothed or not. */
import type { MetricName } from '#core/metrics/registry.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { layersIn, NO_STEPS, type Layer, type StepTable } from '#core/runs/stepTable.ts';
import { modelColour } from './colours.ts';
import { ALL_FINITE, countNonFinite } from '../charts/nonFinite.ts';
import type { ChartSeries, ReferenceLine } from '../charts/series.ts';
import { smooth } from '../charts/smoothing.ts';
import { thin, type ChartPoint } from '../charts/thinning.ts';
import type { XKindName } from '../charts/xKinds.ts';
import { modelOf, modelTitle } from '#core/models/registry.ts';

/** How runs look, and what of them is drawn over what. */
export interface RunStyle {
  readonly x: XKindName;
  readonly smoothing: number;
  readonly train: boolean;
  readonly colourOf: (run: RunRecord) => string;
  /** In full. */
  readonly labelOf: (run: RunRecord) => string;
  /** At a line's end. */
  readonly shortOf: (run: RunRecord) => string;
  /** At the end of the mean over a run's seeds. */
  readonly poolShortOf: (run: RunRecord) => string;
  readonly faded: ReadonlySet<string>;
}

/** Points of all step curves of a chart together. */
const STEP_POINTS = 2_400;
const MIN_POINTS = 120;
const MAX_POINTS = 700;

const shortTitle = ({ model }: RunRecord) => modelOf(model).shortTitle;

export const MODEL_STYLE: Pick<RunStyle, 'colourOf' | 'labelOf' | 'shortOf' | 'poolShortOf' | 'faded'> = {
  colourOf: ({ model }) => modelColour(model),
  labelOf: ({ model }) => modelTitle(model),
  shortOf: shortTitle,
  poolShortOf: shortTitle,
  faded: new Set(),
};

/** Training steps of an epoch: counted, or for older records told by the last step that was kept. */
function stepsAnEpoch({ epochs }: RunRecord, { step }: StepTable): number {
  const counted = epochs[0]?.steps;
  if (counted !== undefined && counted > 0) return counted;
  return epochs.length > 0 ? (step.at(-1) ?? Number.NaN) / epochs.length : Number.NaN;
}

/** The x of the end of each epoch. */
function epochXs(run: RunRecord, table: StepTable, x: XKindName): readonly number[] {
  let sum = 0;
  const running = (of: (epoch: RunRecord['epochs'][number]) => number) => run.epochs.map((epoch) => (sum += of(epoch)));
  switch (x) {
    case 'epoch':
      return run.epochs.map(({ epoch }) => epoch);
    case 'step': {
      const estimate = stepsAnEpoch(run, table);
      return running(({ steps }) => steps ?? estimate);
    }
    case 'tokens':
      return running(({ train }) => train.counted);
    case 'time':
      return running(({ seconds }) => seconds);
    default:
      return x satisfies never;
  }
}

/** The x of each step; NaN if it was not measured. */
function stepXs(run: RunRecord, table: StepTable, x: XKindName): ArrayLike<number> {
  switch (x) {
    case 'epoch': {
      const anEpoch = stepsAnEpoch(run, table);
      return Float64Array.from(table.step, (step) => step / anEpoch);
    }
    case 'step':
      return table.step;
    case 'tokens':
      return table.tokens;
    case 'time':
      return table.seconds;
    default:
      return x satisfies never;
  }
}

/** One point an epoch. A part without targets, or an x that was not measured, is no point that went wrong: there is none. */
export function epochPoints(
  run: RunRecord,
  steps: Readonly<Record<string, StepTable>>,
  part: 'train' | 'validation',
  measure: MetricName,
  x: XKindName,
): ChartPoint[] {
  const xs = epochXs(run, steps[run.id] ?? NO_STEPS, x);
  return run.epochs.flatMap((epoch, i) =>
    epoch[part].counted > 0 && Number.isFinite(xs[i]!) ? [{ x: xs[i]!, y: epoch[part][measure] }] : [],
  );
}

export function epochSeries(
  runs: readonly RunRecord[],
  steps: Readonly<Record<string, StepTable>>,
  measure: MetricName,
  look: RunStyle,
): readonly ChartSeries[] {
  return behindFirst(runs, look).flatMap((run) => {
    const xs = epochXs(run, steps[run.id] ?? NO_STEPS, look.x);
    const points = (part: 'train' | 'validation') => epochPoints(run, steps, part, measure, look.x);
    const [validationPoints, trainPoints] = [points('validation'), points('train')];
    const faded = look.faded.has(run.id);
    const shared = { colour: look.colourOf(run), faint: false, faded };
    const best = run.epochs.findIndex(({ epoch }) => epoch === run.bestEpoch);
    const label = look.labelOf(run);
    const validation: ChartSeries = {
      ...shared,
      key: `${run.id}-validation`,
      label: `${label}, validation`,
      dashed: false,
      points: validationPoints,
      nonFinite: countNonFinite(validationPoints.map(yOf)),
      endLabel: look.shortOf(run),
      ring: best < 0 ? null : xs[best]!,
      stoppedAt: run.ended === 'patience' ? (xs.at(-1) ?? null) : null,
    };
    if (!look.train || faded) return [validation];
    const train: ChartSeries = {
      ...shared,
      key: `${run.id}-train`,
      label: `${label}, train`,
      dashed: true,
      points: trainPoints,
      nonFinite: countNonFinite(trainPoints.map(yOf)),
      endLabel: null,
      ring: null,
      stoppedAt: null,
    };
    return [train, validation];
  });
}

/** What looking at one token back, and at none, can reach on the same rows. */
export function referenceLines(runs: readonly RunRecord[], measure: MetricName): readonly ReferenceLine[] {
  const all = runs.flatMap((run) => run.yardsticks);
  return (['bigram', 'unigram'] as const).flatMap((name) => {
    const found = all.find((one) => one.name === name);
    if (!found || !Number.isFinite(found.validation[measure])) return [];
    const title = name === 'bigram' ? 'Bigram' : 'Unigram';
    // Within its first steps a network passes the unigram's loss: room for it on the axis would flatten the curves.
    const stretches = name === 'bigram';
    return [{ key: name, label: `${title}, validation`, endLabel: title, y: found.validation[measure], stretches }];
  });
}

/** What is measured at every step. */
export type StepMeasure = 'loss' | 'gradientNorm' | Layer;

function stepValues(table: StepTable, measure: StepMeasure): (row: number) => number {
  if (measure === 'loss' || measure === 'gradientNorm') return (row) => table[measure][row]!;
  const layers = layersIn(table);
  const layer = layers.indexOf(measure);
  return (row) => (layer < 0 ? Number.NaN : table.layerNorms[row * layers.length + layer]!);
}

/** Whether a row has the measure at all: norms of layers are all NaN where they were not measured. */
function isMeasured(table: StepTable, measure: StepMeasure, row: number): boolean {
  if (measure === 'loss' || measure === 'gradientNorm') return true;
  const layers = layersIn(table);
  if (!layers.includes(measure)) return false;
  const norms = table.layerNorms.subarray(row * layers.length, (row + 1) * layers.length);
  return !Number.isFinite(table.gradientNorm[row]!) || !norms.every((norm) => Number.isNaN(norm));
}

/** One value a training step: every one as a pale line, with their moving average above it. */
export function stepSeries(
  runs: readonly RunRecord[],
  steps: Readonly<Record<string, StepTable>>,
  measure: StepMeasure,
  look: RunStyle,
): readonly ChartSeries[] {
  const shown = behindFirst(runs, look).filter((run) => (steps[run.id]?.step.length ?? 0) > 0);
  const most = Math.min(MAX_POINTS, Math.max(MIN_POINTS, Math.floor(STEP_POINTS / Math.max(1, shown.length))));
  return shown.flatMap((run) => {
    const table = steps[run.id]!;
    const xs = stepXs(run, table, look.x);
    const valueAt = stepValues(table, measure);
    const all: ChartPoint[] = [];
    for (let row = 0; row < table.step.length; row++) {
      if (Number.isFinite(xs[row]!) && isMeasured(table, measure, row)) all.push({ x: xs[row]!, y: valueAt(row) });
    }
    const faded = look.faded.has(run.id);
    const shared = { colour: look.colourOf(run), dashed: false, faded, ring: null, stoppedAt: null };
    const label = look.labelOf(run);
    const main: ChartSeries = {
      ...shared,
      key: `${run.id}-${measure}`,
      label: look.smoothing > 0 ? `${label}, smoothed` : label,
      faint: false,
      points: thin(smooth(all, look.smoothing), most, xOf, yOf),
      nonFinite: countNonFinite(all.map(yOf)),
      endLabel: look.shortOf(run),
    };
    if (look.smoothing <= 0 || faded) return [main];
    const raw: ChartSeries = {
      ...shared,
      key: `${run.id}-${measure}-raw`,
      label: `${label}, per step`,
      faint: true,
      points: thin(all, most, xOf, yOf),
      // reported with the line above it
      nonFinite: ALL_FINITE,
      endLabel: null,
    };
    return [raw, main];
  });
}

/** Pale lines are drawn below the others. */
function behindFirst(runs: readonly RunRecord[], { faded }: RunStyle): readonly RunRecord[] {
  return [...runs.filter(({ id }) => faded.has(id)), ...runs.filter(({ id }) => !faded.has(id))];
}

const xOf = ({ x }: ChartPoint) => x;
const yOf = ({ y }: ChartPoint) => y;
