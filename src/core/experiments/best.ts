/**
 * Which configuration is best, and whether its lead over the next is significant. The best is chosen by its mean validation loss. Its
 * lead is measured on the test files, which had no part in the choice; without them, over the seeds alone.
 */
import type { Comparison, RunDifference } from '../comparison/comparison.ts';
import type { Spread } from '../comparison/pools.ts';
import { formatCounted, formatLoss, formatLossDifference } from '../format.ts';
import { bestEpochOf } from '../runs/findings.ts';
import { runSettingTitle } from '../runs/runNames.ts';
import type { RunRecord } from '../runs/run.ts';
import { intervalOf, isResolved, meanVariance, type Interval } from '../statistics/interval.ts';
import { configurationTitle, incomparableBy, validationLoss, type Configuration, type Dimension } from './table.ts';

export interface BestAndNext {
  readonly best: Configuration;
  readonly next: Configuration;
}

/** @param configurations best first @returns null where there are no two that can be compared */
export function bestAndNext(configurations: readonly Configuration[]): BestAndNext | null {
  const [best, next] = configurations.filter((one) => Number.isFinite(validationLoss(one)));
  return best && next && incomparableBy(configurations).length === 0 ? { best, next } : null;
}

/** The margin over the next, and what its interval covers. */
export interface Lead {
  /** Loss of the next minus that of the best. */
  readonly loss: Interval;
  readonly covers: RunDifference['covers'] | 'seeds only';
  /** Test files; 0 for validation losses. */
  readonly files: number;
}

/**
 * @param comparison of the two with the best as the baseline
 * @returns null if neither files nor seeds give an interval
 */
export function leadOf({ best, next }: BestAndNext, comparison: Comparison): Lead | null {
  const difference = comparison.differences.find(({ key }) => key === next.key);
  if (comparison.baseline === best.key && difference) {
    const { metrics, covers, files } = difference;
    return { loss: metrics.loss, covers, files };
  }
  const [a, b] = [lossesBySeed(best.runs), lossesBySeed(next.runs)];
  if (a.length < 2 || b.length < 2) return null;
  const estimate = validationLoss(next) - validationLoss(best);
  const loss = intervalOf({ estimate, parts: [meanVariance(a), meanVariance(b)] });
  return { loss, covers: 'seeds only', files: 0 };
}

/** Best validation losses, a value a seed: the mean where a seed was trained more than once. */
function lossesBySeed(runs: readonly RunRecord[]): readonly number[] {
  const bySeed = new Map<number, number[]>();
  for (const run of runs) {
    const best = bestEpochOf(run);
    if (best) bySeed.set(run.config.seed, [...(bySeed.get(run.config.seed) ?? []), best.validation.loss]);
  }
  return [...bySeed.values()].map((losses) => losses.reduce((sum, loss) => sum + loss, 0) / losses.length);
}

export interface BestInWords {
  /** Which is best, by how much, over how many seeds. */
  readonly ranking: string;
  /** Whether it can be told from the next; null while the comparison is not there yet. */
  readonly verdict: string | null;
  /** The interval that the verdict rests on, and what it leaves out; empty where there is none. */
  readonly figures: string;
}

/**
 * @param configurations best first
 * @param comparison of the best and the next; null while it is computed
 * @returns null where no configuration has a figure
 */
export function bestInWords(
  configurations: readonly Configuration[],
  dimensions: readonly Dimension[],
  comparison: Comparison | null,
): BestInWords | null {
  const measured = configurations.filter((one) => Number.isFinite(validationLoss(one)));
  const [first] = measured;
  if (!first) return null;
  const differing = incomparableBy(configurations).map(runSettingTitle);
  if (differing.length > 0) {
    const ranking = `No configuration is called the best: they differ in ${listed(differing)}, so they predict different targets and their losses cannot be compared.`;
    return { ranking, verdict: null, figures: '' };
  }
  const figures = (one: Configuration) =>
    `${configurationTitle(one, dimensions)} (${spreadText(one.pool!.validation.loss)}, ${formatCounted(one.pool!.seeds.length, 'seed')})`;
  const pair = bestAndNext(configurations);
  if (!pair)
    return { ranking: `The only configuration with results is ${figures(first)}.`, verdict: null, figures: '' };
  const ranking = `Of ${formatCounted(measured.length, 'configuration')}, ${figures(pair.best)} has the lowest mean validation loss. The next is ${figures(pair.next)}.`;
  if (!comparison) return { ranking, verdict: null, figures: '' };
  return { ranking, ...verdictOf(leadOf(pair, comparison), measured.length) };
}

/** @param candidates configurations among which the best was chosen */
function verdictOf(lead: Lead | null, candidates: number): Pick<BestInWords, 'verdict' | 'figures'> {
  if (lead === null) {
    return {
      verdict: 'Whether the best is really better is not known.',
      figures: 'There are no results per test file of both, and no two seeds of both.',
    };
  }
  const { loss, covers, files } = lead;
  const { estimate, low, high } = loss;
  if (low === null || high === null) {
    return {
      verdict: 'Whether the best is really better is not known.',
      figures: 'There is too little to compute an interval from.',
    };
  }
  const where = files > 0 ? `On the ${formatCounted(files, 'test file')}` : 'On validation';
  const over = {
    'seeds and files': 'over seeds and files',
    'files only': 'files only',
    'seeds only': 'over seeds only',
  };
  const figures = `${where}, the loss of the next minus that of the best is ${formatLossDifference(estimate)} (95% interval ${formatLossDifference(low)} to ${formatLossDifference(high)}, ${over[covers]}).`;
  const caution = {
    'seeds and files': '',
    'files only': ' Another seed may change this: at least one of the two has a single seed.',
    'seeds only': ` The best was chosen among ${formatCounted(candidates, 'configuration')} by the same losses, which makes it look better than it is.`,
  }[covers];
  const verdict = !isResolved(loss)
    ? 'The best is not distinguishable from the next.'
    : estimate < 0
      ? 'The best on validation is not the better of the two on test.'
      : 'The best is distinguishable from the next.';
  return { verdict, figures: `${figures}${caution}` };
}

/** `2.310`, `2.310 ± 0.012`. */
function spreadText({ mean, deviation }: Spread): string {
  return deviation === null ? `loss ${formatLoss(mean)}` : `loss ${formatLoss(mean)} ± ${formatLoss(deviation)}`;
}

function listed(words: readonly string[]): string {
  return [words.slice(0, -1).join(', '), words.at(-1)].filter(Boolean).join(' and ');
}
