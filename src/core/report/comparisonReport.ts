/** The report of a comparison: the runs, the tables with intervals, the charts, and the discussion as edited. */
import { seedsText, type Comparison, type RunDifference } from '../comparison/comparison.ts';
import type { Pool, Spread } from '../comparison/pools.ts';
import {
  formatCount,
  formatCounted,
  formatDuration,
  formatMoment,
  formatParameters,
  formatPercent,
  formatPoints,
  formatTokenRate,
  NO_FIGURE,
  RUN_STATE_TITLES,
} from '../format.ts';
import { allSettingsInWords } from '../runs/runNames.ts';
import { measuredColumns, metricOf, SHOWN, type MetricName } from '../metrics/registry.ts';
import type { RunRecord } from '../runs/run.ts';
import type { Interval } from '../statistics/interval.ts';
import type { Block, Text } from './blocks.ts';
import { noBestEpochReason } from '../runs/findings.ts';

type TitleOf = (pool: Pool) => string;

export interface ComparisonReport {
  readonly comparison: Comparison;
  readonly runs: readonly RunRecord[];
  readonly titleOf: TitleOf;
  readonly nameOf: (run: RunRecord) => string;
  /** The text as the user last edited it. */
  readonly discussion: string;
  readonly figures: readonly { readonly title: string; readonly svg: string }[];
  /** Milliseconds since 1970. */
  readonly at: number;
}

const TABLE = SHOWN.comparisonReport.map((name) => ({ name, ...metricOf(name) }));

export function comparisonReport(report: ComparisonReport): readonly Block[] {
  const { comparison, runs, titleOf, nameOf, discussion, figures, at } = report;
  const { pools, differences, undecided } = comparison;
  const baseline = pools.find(({ key }) => key === comparison.baseline);
  const blocks: Block[] = [
    { type: 'heading', level: 1, text: 'Comparison of models' },
    { type: 'paragraph', text: `Made by Minicopilot Lab on ${formatMoment(at)}.` },
    { type: 'heading', level: 2, text: 'Runs' },
    {
      type: 'list',
      items: [...datasetsOf(runs), ...runs.map((run) => `${nameOf(run)}: ${allSettingsInWords(run)}${endingOf(run)}`)],
    },
    {
      type: 'paragraph',
      text: 'In the tables, “known” counts a target outside the vocabulary as a miss. “With cache” adds a continuous cache of the file so far, with which a token outside the vocabulary is a hit if its own text is predicted. CodeXGLUE is top-1 accuracy as that benchmark defines it: an unknown target is a miss, and markers of line ends and files are not counted. Values over several seeds are mean ± sample standard deviation.',
    },
    { type: 'heading', level: 2, text: 'Test' },
    metricTable(pools, 'test', titleOf),
    { type: 'heading', level: 2, text: 'Validation, at the best epoch' },
    metricTable(pools, 'validation', titleOf),
    { type: 'heading', level: 2, text: 'Size and cost' },
    costTable(pools, titleOf),
  ];
  if (baseline && differences.length > 0) {
    blocks.push(
      { type: 'heading', level: 2, text: `Differences from ${titleOf(baseline)}, on test` },
      ...differenceTables(comparison, titleOf),
    );
  }
  if (undecided.length > 0) {
    blocks.push(
      { type: 'heading', level: 2, text: 'Not compared with the baseline' },
      {
        type: 'list',
        items: undecided.map(({ key, why }) => `${titleOf(pools.find((pool) => pool.key === key)!)}: ${why}`),
      },
    );
  }
  blocks.push({ type: 'heading', level: 2, text: 'Discussion' });
  blocks.push(...discussionBlocks(discussion));
  if (figures.length > 0) {
    blocks.push({ type: 'heading', level: 2, text: 'Curves' });
    for (const figure of figures) blocks.push({ type: 'figure', ...figure });
  }
  return blocks;
}

/** Size, epochs, rate and training time of each model. */
export function costTable(pools: readonly Pool[], titleOf: TitleOf): Block {
  return {
    type: 'table',
    head: ['Model', 'Seeds', 'Parameters', 'Epochs', 'Best at', 'Rate', 'Training time'],
    rows: pools.map((pool) => [
      titleOf(pool),
      String(pool.seeds.length),
      formatParameters(pool.parameters),
      String(Number(pool.epochs.toFixed(1))),
      String(Number(pool.bestEpoch.toFixed(1))),
      formatTokenRate(pool.tokensPerSecond),
      formatDuration(pool.seconds),
    ]),
  };
}

/** Compares every model with the baseline: first all metrics, then top-5 by group. Empty if there is nothing to compare. */
export function differenceTables({ pools, baseline: key, differences }: Comparison, titleOf: TitleOf): Block[] {
  const poolOf = (key: string) => pools.find((pool) => pool.key === key);
  const baseline = pools.find((pool) => pool.key === key);
  if (!baseline || differences.length === 0) return [];
  const columns = measuredColumns(TABLE, (name) => differences.map(({ metrics }) => metrics[name].estimate));
  return [
    {
      type: 'paragraph',
      text: `Differences with 95% intervals. The intervals cover the variance between seeds of both models and over the ${formatCounted(differences[0]!.files, 'test file')}. Where a model has one seed, they cover the files only and are marked. If an interval includes zero, the difference is unresolved.`,
    },
    {
      type: 'table',
      head: ['Model', 'Interval over', 'Lower loss on', ...columns.map(({ title }) => title)],
      rows: differences.map((difference) => [
        titleOf(poolOf(difference.key)!),
        coversText(difference),
        lowerLossText(difference),
        ...columns.map(({ name, formatDifference }) => intervalText(difference.metrics[name], formatDifference)),
      ]),
    },
    ...(familyText(differences) === '' ? [] : [{ type: 'paragraph', text: familyText(differences) } as const]),
    ...differences.map(({ key, groups, seeds }): Block => {
      const isCached = groups.some(({ cached }) => cached !== null);
      const names = [
        `${titleOf(baseline)}, ${formatCounted(seeds.baseline, 'seed')}`,
        `Model, ${formatCounted(seeds.candidate, 'seed')}`,
        'Difference',
      ];
      return {
        type: 'table',
        head: [
          `${titleOf(poolOf(key)!)}, top-5 by group`,
          'Targets',
          ...names,
          ...(isCached ? names.map((name) => `${name}, with cache`) : []),
        ],
        rows: groups.map(({ dimension, name, counted, cached, ...plain }) => [
          `${dimension}: ${name}`,
          formatCount(counted),
          ...(isCached ? [plain, cached] : [plain]).flatMap((accuracy) => [
            formatPercent(accuracy?.baseline),
            formatPercent(accuracy?.candidate),
            accuracy ? intervalText(accuracy.difference, formatPoints) : NO_FIGURE,
          ]),
        ]),
      };
    }),
  ];
}

/** What an interval covers: `3 and 3 seeds, 42 files`, or `42 files only, 1 seed each`. */
export function coversText({ covers, seeds, files }: RunDifference): string {
  const overFiles = formatCounted(files, 'file');
  if (covers === 'files only') return `${overFiles} only, ${seedsText(seeds)}`;
  return `${seeds.baseline} and ${seeds.candidate} seeds, ${overFiles}`;
}

/** How the intervals of groups were corrected; empty if there are none. */
export function familyText(differences: readonly RunDifference[]): string {
  const sizes = new Set(differences.map(({ familySize }) => familySize));
  sizes.delete(0);
  const [size] = sizes;
  if (size === undefined) return '';
  const groups = sizes.size === 1 ? formatCounted(size, 'group') : 'groups of a model';
  return `The intervals of the ${groups} are simultaneous: with 95% confidence all of them hold. Bonferroni’s correction makes each wider than it would be alone, so that none excludes zero only because there are many.`;
}

/** The number of test files on which the model's loss is lower than the baseline's. */
export function lowerLossText({ lowerLossFiles, files }: RunDifference): string {
  return `${formatCount(lowerLossFiles)} of ${formatCounted(files, 'file')}`;
}

/** Paragraphs are separated by empty lines. A paragraph whose lines all begin with a dash is a list. */
export function discussionBlocks(discussion: string): readonly Block[] {
  return discussion
    .split(/\n\s*\n/)
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => {
      const lines = text.split('\n').map((line) => line.trim());
      return lines.every((line) => line.startsWith('- '))
        ? { type: 'list', items: lines.map((line) => line.slice(2)) }
        : { type: 'paragraph', text };
    });
}

/** Each data set once, with its SHA-256, since two can have the same name. */
function datasetsOf(runs: readonly RunRecord[]): readonly Text[] {
  const byHash = new Map(runs.map(({ dataset }) => [dataset.sha256, dataset.id]));
  return [...byHash].map(([sha256, id]) => ['data set ', { code: id }, ': SHA-256 ', { code: sha256 }]);
}

/** How a run ended; empty if it completed and has a best epoch. */
function endingOf(run: RunRecord): string {
  const words = run.state === 'done' ? '' : `; ${RUN_STATE_TITLES[run.state]}`;
  const why = noBestEpochReason(run);
  return why === null ? words : `${words}; ${why}, so it is not in the tables`;
}

/** The table's metrics for each pool: means and standard deviations over seeds. */
export function metricTable(pools: readonly Pool[], part: 'test' | 'validation', titleOf: TitleOf): Block {
  const columns = measuredColumns(TABLE, (name) => pools.map((pool) => pool[part]?.[name].mean));
  return {
    type: 'table',
    head: ['Model', 'Seeds', ...columns.map(({ title }) => title)],
    rows: pools.map((pool) => [
      titleOf(pool),
      String(pool.seeds.length),
      ...columns.map(({ name }) => spreadText(pool[part]?.[name], name)),
    ]),
  };
}

/** A mean with its standard deviation over seeds: `75.1% ± 0.4 points`. */
export function spreadText(spread: Spread | undefined, metric: MetricName): string {
  if (!spread) return NO_FIGURE;
  const { format, formatDifference } = metricOf(metric);
  const deviation = spread.deviation === null ? '' : ` ± ${formatDifference(spread.deviation).replace(/^\+/, '')}`;
  return format(spread.mean) + deviation;
}

/** A difference and its bounds: `+1.3 points [+0.4, +2.2]`. */
export function intervalText({ estimate, low, high }: Interval, format: (value: number) => string): string {
  if (low === null || high === null) {
    return Number.isFinite(estimate) ? `${format(estimate)}, too few files` : format(estimate);
  }
  const bare = (bound: number) => format(bound).replace(/ points$/, '');
  return `${format(estimate)} [${bare(low)}, ${bare(high)}]`;
}
