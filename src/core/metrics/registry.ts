/**
 * What the lab measures: metrics that follow from sums over targets (sums.ts).
 *
 * Everything else is derived: schemas and CSV columns, tables and charts, reports, comparisons, and what checkpoints and breakdowns store.
 * A new metric is a new entry here, with its place in `SHOWN` and the sums it needs in sums.ts. Mark both `mayBeMissing`, since older runs,
 * checkpoints and files have neither. The PyTorch package computes its own (pytorch/minicopilot/measures.py).
 */
import {
  formatLoss,
  formatLossDifference,
  formatPercent,
  formatPerplexity,
  formatPerplexityDifference,
  formatPoints,
} from '../format.ts';
import { keysOf } from '../records.ts';
import type { Sums, SumName } from './sums.ts';

type Value = number | null | undefined;

export interface Metric {
  readonly title: string;
  /** Beside the title of a chart. */
  readonly unit: string;
  /** A sentence that says what it is. */
  readonly help: string;
  readonly better: 'more' | 'less';
  /** A rate lies between 0 and 1; the others are best drawn on a scale that the user chooses. */
  readonly scale: 'rate' | 'loss' | 'perplexity';
  readonly format: (value: Value) => string;
  /** Signed. */
  readonly formatDifference: (difference: Value) => string;
  /** NaN where nothing was counted; infinite where it overflowed. */
  readonly formula: (sums: Sums) => number;
  /** Where it may be left out: another program's `metrics.json`, or everything that was stored before the lab measured it. */
  readonly mayBeMissing?: 'in metrics.json' | 'everywhere';
}

const RATE = {
  unit: '% of tokens',
  better: 'more',
  scale: 'rate',
  format: (value: Value) => formatPercent(value),
  formatDifference: formatPoints,
} as const;
const PERPLEXITY = {
  unit: 'tokens',
  better: 'less',
  scale: 'perplexity',
  format: formatPerplexity,
  formatDifference: formatPerplexityDifference,
} as const;

/** Older runs were measured without these. */
const CACHED = { ...RATE, mayBeMissing: 'everywhere' } as const;
const NAMES = { ...CACHED, unit: '% of names' } as const;

/** In the order of files: `metrics.json`, CSV and runs. */
export const METRICS = {
  loss: {
    title: 'Loss',
    unit: 'nats per token',
    help: 'Mean negative log-likelihood of the token that really comes next.',
    better: 'less',
    scale: 'loss',
    format: formatLoss,
    formatDifference: formatLossDifference,
    formula: ({ loss, counted }) => loss / counted,
  },
  perplexity: {
    ...PERPLEXITY,
    title: 'Perplexity',
    help: 'The loss as a number of equally likely choices: exp(loss).',
    formula: ({ loss, counted }) => Math.exp(loss / counted),
  },
  perplexityKnown: {
    ...PERPLEXITY,
    title: 'Perplexity, known',
    help: 'Perplexity over the targets in the vocabulary.',
    formula: ({ knownLoss, counted, unknown }) => Math.exp(knownLoss / (counted - unknown)),
    mayBeMissing: 'in metrics.json',
  },
  top1: {
    ...RATE,
    title: 'Top-1',
    help: 'Share of targets that are the model’s best guess.',
    formula: ({ top1, counted }) => top1 / counted,
  },
  top5: {
    ...RATE,
    title: 'Top-5',
    help: 'Share of targets among the model’s five best guesses.',
    formula: ({ top5, counted }) => top5 / counted,
  },
  top5Known: {
    ...RATE,
    title: 'Top-5, known',
    help: 'Top-5 where an unknown target counts as a miss.',
    formula: ({ top5Known, counted }) => top5Known / counted,
  },
  codexglue: {
    ...RATE,
    title: 'CodeXGLUE',
    help: 'Top-1 as CodeXGLUE defines it: an unknown target is a miss, and markers of line ends and files are not counted.',
    formula: ({ codexglueHits, codexglueCounted }) => codexglueHits / codexglueCounted,
  },
  top1Names: {
    ...NAMES,
    title: 'Top-1, names',
    help: 'Top-1 over the targets that are identifiers; one outside the vocabulary is a miss.',
    formula: ({ top1Names, names }) => top1Names / names,
  },
  top5Names: {
    ...NAMES,
    title: 'Top-5, names',
    help: 'Top-5 over the targets that are identifiers; one outside the vocabulary is a miss.',
    formula: ({ top5Names, names }) => top5Names / names,
  },
  cachePerplexity: {
    ...PERPLEXITY,
    title: 'Perplexity, with cache',
    help: 'Perplexity over the vocabulary and the file’s own texts: a token outside the vocabulary that has occurred before must be predicted by its text.',
    formula: ({ cacheLoss, counted }) => Math.exp(cacheLoss / counted),
    mayBeMissing: 'everywhere',
  },
  cacheTop1: {
    ...CACHED,
    title: 'Top-1, known, with cache',
    help: 'Top-1 with a cache of the file so far. A token outside the vocabulary is a hit only if its own text is predicted.',
    formula: ({ cacheTop1, counted }) => cacheTop1 / counted,
  },
  cacheTop5Known: {
    ...CACHED,
    title: 'Top-5, known, with cache',
    help: 'Top-5 with a cache of the file so far. A token outside the vocabulary is a hit only if its own text is predicted.',
    formula: ({ cacheTop5, counted }) => cacheTop5 / counted,
  },
  cacheCodexglue: {
    ...CACHED,
    title: 'CodeXGLUE, with cache',
    help: 'CodeXGLUE’s accuracy with a cache of the file so far.',
    formula: ({ cacheCodexglueHits, codexglueCounted }) => cacheCodexglueHits / codexglueCounted,
  },
  cacheTop1Names: {
    ...NAMES,
    title: 'Top-1, names, with cache',
    help: 'Top-1 over the targets that are identifiers, with a cache of the file so far.',
    formula: ({ cacheTop1Names, names }) => cacheTop1Names / names,
  },
  cacheTop5Names: {
    ...NAMES,
    title: 'Top-5, names, with cache',
    help: 'Top-5 over the targets that are identifiers, with a cache of the file so far.',
    formula: ({ cacheTop5Names, names }) => cacheTop5Names / names,
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof METRICS;

export const METRIC_NAMES = keysOf(METRICS);
export const metricOf = (name: MetricName): Metric => METRICS[name];

/** The same metric with a continuous cache. */
export const WITH_CACHE: Readonly<Partial<Record<MetricName, MetricName>>> = {
  top1: 'cacheTop1',
  top5Known: 'cacheTop5Known',
  codexglue: 'cacheCodexglue',
  top1Names: 'cacheTop1Names',
  top5Names: 'cacheTop5Names',
};

/**
 * Columns without those of which there is no figure at all: runs from before were measured without names and without a cache.
 * @param valuesOf all figures of a column
 */
export function measuredColumns<T extends { readonly name: MetricName }>(
  columns: readonly T[],
  valuesOf: (name: MetricName) => readonly (number | null | undefined)[],
): readonly T[] {
  const isFigure = (value: number | null | undefined) => value !== null && value !== undefined && !Number.isNaN(value);
  return columns.filter(({ name }) => metricOf(name).mayBeMissing !== 'everywhere' || valuesOf(name).some(isFigure));
}

/** A title within a sentence: `top-5, known`; names such as CodeXGLUE keep their capitals. */
export function inSentence(title: string): string {
  return /^[A-Z][a-z]*\b/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}

/** Counts that are stored with the metrics. */
export const COUNT_NAMES = ['counted', 'unknown'] as const satisfies readonly SumName[];

/** Which metrics each place shows, in its order. */
export const SHOWN = {
  /** Tables of a comparison's report. */
  comparisonReport: [
    'top5',
    'top5Known',
    'cacheTop5Known',
    'top1',
    'cacheTop1',
    'codexglue',
    'cacheCodexglue',
    'top5Names',
    'cacheTop5Names',
    'top1Names',
    'cacheTop1Names',
    'perplexity',
    'perplexityKnown',
    'loss',
    'cachePerplexity',
  ],
  /** The table of Compare. */
  comparisonTable: ['top5', 'top5Known', 'top1', 'codexglue', 'top5Names', 'perplexity', 'loss'],
  /** The table of an experiment's configurations, and what its charts offer; the first is what a configuration is chosen by. */
  configurations: ['loss', 'perplexity', 'top5', 'top5Known', 'top1', 'top5Names'],
  /** Charts by epoch, and the latest values beside each run of an experiment. */
  curves: ['loss', 'top5', 'perplexity'],
  /** What the table of every run offers, by part. */
  everyRun: {
    validation: ['loss', 'perplexity', 'top5', 'top5Known', 'top1'],
    train: ['loss', 'perplexity'],
  },
  /** The two tables of `report.md`: the first beside size and cost, the second by split. */
  trainingReport: {
    beside: ['top5', 'perplexity'],
    bySplit: [
      'top5Known',
      'cacheTop5Known',
      'top1',
      'cacheTop1',
      'codexglue',
      'cacheCodexglue',
      'top5Names',
      'cacheTop5Names',
      'loss',
      'perplexityKnown',
      'cachePerplexity',
    ],
  },
} as const;
