/** The input of the panel's rules: the numbers of a run, picked out once and compared in one way. */
import { powerText } from '#core/numbers/powerOfTen.ts';
import { modelTitle } from '#core/models/registry.ts';
import { formatPercent, formatPerplexity } from '#core/format.ts';
import { ascending } from '#core/order.ts';
import { trendOf, type LossTrend } from '#core/runs/advice.ts';
import {
  ABOVE_CHANCE,
  chanceLoss,
  divergenceOf,
  isMeasured,
  lossFault,
  type Divergence,
  type LossFault,
} from '#core/runs/divergence.ts';
import { baselineAmong } from '#core/runs/baseline.ts';
import { bestEpochOf, ngramMeasures } from '#core/runs/findings.ts';
import type { Measures } from '#core/metrics/measures.ts';
import type { EpochRecord, RunRecord } from '#core/runs/run.ts';
import { layersIn, type Layer, type StepTable } from '#core/runs/stepTable.ts';

/** Steps that must agree before a sentence mentions their loss. */
export const LATEST_STEPS = 5;

export interface Facts {
  readonly name: string;
  readonly run: RunRecord;
  /** The other runs of its experiment. */
  readonly others: readonly RunRecord[];
  /** Whether it still trains, or may. */
  readonly active: boolean;
  readonly last: EpochRecord | undefined;
  /** The epoch before the last one. */
  readonly before: EpochRecord | undefined;
  /** The one whose weights are kept. */
  readonly best: EpochRecord | null;
  readonly divergence: Divergence | null;
  /** Null with fewer than two epochs, and where losses are not finite. */
  readonly trend: LossTrend | null;
  readonly unigram: Measures | null;
  readonly bigram: Measures | null;
  readonly steps: StepFacts;
}

export interface StepFacts {
  /** Loss of the latest step, in nats; null where none is known. */
  readonly loss: number | null;
  /** What is wrong with it; null where nothing is. */
  readonly fault: LossFault | null;
  /** Whether the latest few agree on that: one step may be worse than chance by accident, but not come to no number. */
  readonly isSure: boolean;
  /** Over the latest `PLATEAU_STEPS`; null where fewer are known, and where the layers were not measured. */
  readonly recent: RecentSteps | null;
}

/** Number of steps used to detect a plateau. */
export const PLATEAU_STEPS = 20;

export interface RecentSteps {
  /** Mean, in nats. */
  readonly loss: number;
  /** Median of the gradient norm of layer 1 over that of layer 2. */
  readonly layerRatio: number;
}

/** What the panel reads of a run's steps. */
export type StepColumns = Pick<StepTable, 'loss' | 'layerNorms'>;

const ACTIVE: readonly RunRecord['state'][] = ['waiting', 'training', 'paused'];

/** @param steps the latest ones of the run */
export function factsOf(run: RunRecord, runs: readonly RunRecord[], steps: StepColumns): Facts {
  return {
    name: modelTitle(run.model),
    run,
    others: runs.filter(({ id }) => id !== run.id),
    active: isActive(run),
    last: run.epochs.at(-1),
    before: run.epochs.at(-2),
    best: bestEpochOf(run),
    divergence: divergenceOf(run),
    trend: trendOf(run),
    unigram: ngramMeasures(run, 'unigram') ?? null,
    bigram: ngramMeasures(run, 'bigram') ?? null,
    steps: stepFacts(run, steps),
  };
}

export function isActive({ state }: RunRecord): boolean {
  return ACTIVE.includes(state);
}

function stepFacts({ config }: RunRecord, steps: StepColumns): StepFacts {
  const losses = steps.loss;
  const recent = recentSteps(steps);
  const latest = Array.from(
    { length: Math.min(LATEST_STEPS, losses.length) },
    (_, i) => losses[losses.length - 1 - i]!,
  );
  const loss = latest[0] ?? null;
  if (loss === null) return { loss, fault: null, isSure: false, recent };
  const fault = lossFault(loss, config);
  const chance = chanceLoss(config) + ABOVE_CHANCE;
  const isSure = !Number.isFinite(loss) || (latest.length === LATEST_STEPS && latest.every((one) => !(one <= chance)));
  return { loss, fault, isSure, recent };
}

function recentSteps({ loss, layerNorms }: StepColumns): RecentSteps | null {
  if (loss.length < PLATEAU_STEPS) return null;
  const rows = Array.from({ length: PLATEAU_STEPS }, (_, i) => loss.length - PLATEAU_STEPS + i);
  const layers = layersIn({ step: loss, layerNorms });
  const norm = (row: number, name: Layer) =>
    layers.includes(name) ? layerNorms[row * layers.length + layers.indexOf(name)]! : Number.NaN;
  const ratios = rows.map((row) => norm(row, 'layer 1') / norm(row, 'layer 2'));
  // an overflowed norm has no ratio
  if (!ratios.every((ratio) => Number.isFinite(ratio) && ratio > 0)) return null;
  return {
    loss: rows.reduce((sum, row) => sum + loss[row]!, 0) / PLATEAU_STEPS,
    layerRatio: ratios.toSorted(ascending)[PLATEAU_STEPS / 2]!,
  };
}

/** How a model compares with a baseline, to the precision of the written figures. */
export type Standing = 'below' | 'level' | 'above';

export interface AgainstBaseline {
  readonly top5: Standing;
  readonly perplexity: Standing;
  /** Both top-5 in the same digits. */
  readonly top5Texts: readonly [own: string, baseline: string];
  readonly perplexityTexts: readonly [own: string, baseline: string];
}

/** Null where a figure of either is not finite. `below` is always the worse one, also of perplexity. */
export function against(own: Measures, baseline: Measures): AgainstBaseline | null {
  const figures = [own.top5, own.perplexity, baseline.top5, baseline.perplexity];
  if (!isMeasured(own) || !figures.every(Number.isFinite)) return null;
  const inDigits = (digits: 0 | 1) => [formatPercent(own.top5, digits), formatPercent(baseline.top5, digits)] as const;
  const top5Texts = inDigits(0)[0] === inDigits(0)[1] ? inDigits(1) : inDigits(0);
  const perplexityTexts = [perplexityText(own.perplexity), perplexityText(baseline.perplexity)] as const;
  return {
    top5: standing(top5Texts, own.top5 > baseline.top5),
    perplexity: standing(perplexityTexts, own.perplexity < baseline.perplexity),
    top5Texts,
    perplexityTexts,
  };
}

function standing([own, baseline]: readonly [string, string], isBetter: boolean): Standing {
  if (own === baseline) return 'level';
  return isBetter ? 'above' : 'below';
}

/** From here on a figure is written with a power of ten. */
const MAX_PLAIN = 1e6;

export function perplexityText(value: number): string {
  return value < MAX_PLAIN ? formatPerplexity(value) : powerText(value);
}

/** The epoch that a run is judged by: the one whose weights are kept once it has ended, else the latest. */
export function judgedEpoch({ run: { config }, active, best, last }: Facts): EpochRecord | undefined {
  const isSound = best && isMeasured(best.validation) && lossFault(best.validation.loss, config) === null;
  return !active && isSound ? best : last;
}

/** For a residual model, the baseline that it extends, with that baseline's epoch of the same number. */
export function plainTwin({
  run,
  others,
  last,
}: Facts): { readonly run: RunRecord; readonly epoch: EpochRecord } | null {
  const twin = baselineAmong(others, run.model);
  const epoch = twin?.epochs.find((one) => one.epoch === last?.epoch);
  return twin && epoch ? { run: twin, epoch } : null;
}
