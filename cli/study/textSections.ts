/** The parts of docs/REPORT.md on what the models have seen of the test text. */
import { namedSums, type Breakdown } from '#core/metrics/breakdown.ts';
import type { SumName } from '#core/metrics/sums.ts';
import { compareRuns, type Comparison } from '#core/comparison/comparison.ts';
import type { Pool } from '#core/comparison/pools.ts';
import {
  formatCount,
  formatLossDifference,
  formatPercent,
  formatPerplexity,
  formatPerplexityDifference,
  formatPoints,
  NO_FIGURE,
} from '#core/format.ts';
import type { Block } from '#core/report/blocks.ts';
import { coversText, intervalText, lowerLossText } from '#core/report/comparisonReport.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { OVERLAP_TOKENS, type TextFacts } from './textFacts.ts';

/** A test file counts as new if the training rows contain less than this share of its pieces. */
const NEW = 0.1;
const FAMILIAR = 0.5;

interface MeasuredRuns {
  /** The comparison of these runs over all test files. */
  readonly comparison: Comparison;
  readonly runs: readonly RunRecord[];
  readonly breakdowns: ReadonlyMap<string, Breakdown>;
}

export function textSections(
  facts: TextFacts | undefined,
  measured: MeasuredRuns,
  titleOf: (pool: Pool) => string,
): Record<string, readonly Block[]> {
  if (!facts) {
    const missing: Block = { type: 'paragraph', text: 'Not counted yet: npm run study:text counts it.' };
    return { text: [missing], unseen: [missing] };
  }
  return { text: [textTable(facts)], unseen: [unseenTable(facts, measured, titleOf)] };
}

function textTable({ vocabulary, trainRows, test }: TextFacts): Block {
  const share = (count: number, whole: number) =>
    `${formatCount(count)} of ${formatCount(whole)} (${formatPercent(count / whole)})`;
  const seen = test.seen.filter((one) => one !== null);
  return {
    type: 'table',
    head: ['What', 'Count'],
    rows: [
      [
        `Vocabulary tokens that occur in none of the ${formatCount(trainRows)} training rows`,
        share(vocabulary.untrained, vocabulary.tokens),
      ],
      [
        'Test targets that are such tokens, so that no model can have learned them',
        share(test.untrained, test.targets),
      ],
      ['Test targets outside the vocabulary', share(test.unknown, test.targets)],
      ['Test files whose row equals a training row', share(test.copies, test.files)],
      [
        `Test files of which training rows hold more than half of all ${OVERLAP_TOKENS}-token pieces`,
        share(seen.filter((one) => one > FAMILIAR).length, test.files),
      ],
      [
        `Test files of which they hold less than ${formatPercent(NEW, 0)}`,
        share(newFiles({ test }).length, test.files),
      ],
    ],
  };
}

function newFiles({ test }: Pick<TextFacts, 'test'>): readonly number[] {
  return test.seen.flatMap((share, file) => (share !== null && share < NEW ? [file] : []));
}

/** The comparison over the test files that are mostly new text. */
function unseenTable(
  facts: TextFacts,
  { comparison, runs, breakdowns }: MeasuredRuns,
  titleOf: (pool: Pool) => string,
): Block {
  const files = newFiles(facts);
  const restricted = new Map([...breakdowns].map(([id, breakdown]) => [id, restrictedTo(breakdown, files)]));
  const { pools, differences } = compareRuns({ runs, breakdowns: restricted });
  return {
    type: 'table',
    head: [
      'Model',
      'Seeds',
      'Perplexity, new files',
      'Perplexity, all files',
      'Loss',
      'Perplexity',
      'Top-5',
      'Lower loss on',
      'Interval over',
    ],
    rows: pools.map((pool) => {
      const difference = differences.find(({ key }) => key === pool.key);
      const all = comparison.pools.find(({ key }) => key === pool.key);
      return [
        titleOf(pool),
        String(pool.seeds.length),
        formatPerplexity(perplexityOver(pool, restricted)),
        formatPerplexity(all?.test?.perplexity.mean),
        difference ? intervalText(difference.metrics.loss, formatLossDifference) : NO_FIGURE,
        difference ? intervalText(difference.metrics.perplexity, formatPerplexityDifference) : NO_FIGURE,
        difference ? intervalText(difference.metrics.top5, formatPoints) : NO_FIGURE,
        difference ? lowerLossText(difference) : NO_FIGURE,
        difference ? coversText(difference) : NO_FIGURE,
      ];
    }),
  };
}

/** Perplexity of the loss over all these files and seeds. */
function perplexityOver({ runIds }: Pool, breakdowns: ReadonlyMap<string, Breakdown>): number {
  const sum = (name: SumName) =>
    runIds
      .flatMap((id) => breakdowns.get(id) ?? [])
      .reduce((total, { sums, overall, files }) => {
        let own = 0;
        for (let file = 0; file < files; file++) own += namedSums(sums, overall, file * sums.length)[name];
        return total + own;
      }, 0);
  return Math.exp(sum('loss') / sum('counted'));
}

function restrictedTo(breakdown: Breakdown, files: readonly number[]): Breakdown {
  const groups = breakdown.groups.length * breakdown.groupSums.length;
  const rows = (sums: Float32Array, width: number) =>
    Float32Array.from(files.flatMap((file) => [...sums.subarray(file * width, (file + 1) * width)]));
  return {
    ...breakdown,
    files: files.length,
    overall: rows(breakdown.overall, breakdown.sums.length),
    grouped: rows(breakdown.grouped, groups),
  };
}
