/** Runs compared with a baseline: pools over seeds, and differences with intervals over test files. Plain data. */
import { formatCounted } from '../format.ts';
import { namedSums, type Breakdown, type BreakdownGroup } from '../metrics/breakdown.ts';
import { METRIC_NAMES, metricOf, type MetricName } from '../metrics/registry.ts';
import { SUM_NAMES, type SumName } from '../metrics/sums.ts';
import { isBaseline, modelOf } from '../models/registry.ts';
import { recordOf } from '../records.ts';
import { baselineAmong, better, firstExtended } from '../runs/baseline.ts';
import type { RunRecord } from '../runs/run.ts';
import { coversSeeds, estimateDifferences, type Sample } from '../statistics/difference.ts';
import { simultaneousIntervals } from '../statistics/family.ts';
import { intervalOf, type Interval } from '../statistics/interval.ts';
import { totalsOf, type FileSums } from '../statistics/jackknife.ts';
import { poolKey, poolRuns, type Pool } from './pools.ts';

interface AccuracyDifference {
  /** Top-5 accuracies, as fractions. */
  readonly baseline: number;
  readonly candidate: number;
  /** Difference in top-5 accuracy. */
  readonly difference: Interval;
}

export interface GroupDifference extends BreakdownGroup, AccuracyDifference {
  /** Test targets of the group. */
  readonly counted: number;
  /** The same with a continuous cache, where an unknown token is a hit under its own text alone; null where one of the models was measured without. */
  readonly cached: AccuracyDifference | null;
}

export interface RunDifference {
  /** Key of the pool that is compared with the baseline. */
  readonly key: string;
  /** Test files over which the intervals are. */
  readonly files: number;
  /** Test files on which the candidate's loss, a mean over its seeds, is lower than the baseline's. */
  readonly lowerLossFiles: number;
  /** What the intervals cover: seeds only where both sides were trained with two or more. */
  readonly covers: 'seeds and files' | 'files only';
  /** Seeds with test figures by file. */
  readonly seeds: { readonly baseline: number; readonly candidate: number };
  /** Candidate less baseline, on the test split. */
  readonly metrics: Readonly<Record<MetricName, Interval>>;
  /** Their intervals are simultaneous: with 95% confidence all of them hold. Those with a cache are a family of their own. */
  readonly groups: readonly GroupDifference[];
  /** How many intervals of groups were corrected for each other. */
  readonly familySize: number;
}

export interface Comparison {
  readonly pools: readonly Pool[];
  /** Key of the pool that the others are compared with; null if no pool can be the baseline. */
  readonly baseline: string | null;
  readonly differences: readonly RunDifference[];
  /** Pools without a difference, each with a sentence that says why. */
  readonly undecided: readonly { readonly key: string; readonly why: string }[];
  /** Runs in no pool: they have no best epoch. */
  readonly leftOut: readonly string[];
}

export interface CompareOptions {
  readonly runs: readonly RunRecord[];
  /** By run id; a run that was never tested has none. */
  readonly breakdowns: ReadonlyMap<string, Breakdown>;
  /** Ids of runs whose stored breakdowns cannot be read. */
  readonly damaged?: ReadonlySet<string>;
  /** Key of the pool to use as the baseline; with null or an unknown key it is chosen automatically. */
  readonly baseline?: string | null;
}

export function compareRuns(options: CompareOptions): Comparison {
  const { runs, breakdowns, damaged = new Set() } = options;
  const pools = poolRuns(runs);
  const pooled = new Set(pools.flatMap(({ runIds }) => runIds));
  const baseline = pools.find(({ key }) => key === options.baseline) ?? chooseBaseline(pools, runs);
  const differences: RunDifference[] = [];
  const undecided: { key: string; why: string }[] = [];
  for (const pool of pools) {
    if (!baseline || pool === baseline) continue;
    const why = incomparableReason(baseline, pool, breakdowns, damaged);
    if (why === null) differences.push(differenceOf(baseline, pool, options));
    else undecided.push({ key: pool.key, why });
  }
  return {
    pools,
    baseline: baseline?.key ?? null,
    differences,
    undecided,
    leftOut: runs.filter(({ id }) => !pooled.has(id)).map(({ id }) => id),
  };
}

/**
 * The baseline that the first residual model extends, with the same configuration if there is one. Without it the better of the
 * baselines, else the first of all.
 */
function chooseBaseline(pools: readonly Pool[], runs: readonly RunRecord[]): Pool | undefined {
  const plain = pools.filter(({ model }) => isBaseline(model));
  const best = better(plain, ({ validation }) => validation.loss.mean) ?? pools[0];
  const extended = firstExtended(pools);
  const run = runs.find(({ id }) => id === extended?.runIds[0]);
  const baseline = run && modelOf(run.model).baseline;
  if (!run || !baseline) return best;
  const twin = poolKey({ ...run, model: baseline });
  return plain.find(({ key }) => key === twin) ?? baselineAmong(plain, run.model) ?? best;
}

/** @returns a sentence that says why no difference can be computed; null if one can */
function incomparableReason(
  baseline: Pool,
  pool: Pool,
  breakdowns: ReadonlyMap<string, Breakdown>,
  damaged: ReadonlySet<string>,
): string | null {
  if (baseline.dataset.sha256 !== pool.dataset.sha256)
    return 'It was trained on a different data set than the baseline.';
  if (baseline.length !== pool.length) return 'Its row length differs from the baseline’s.';
  if (pool.runIds.some((id) => damaged.has(id))) return 'Its test results per file are damaged.';
  if (baseline.runIds.some((id) => damaged.has(id))) return 'The baseline’s test results per file are damaged.';
  const [ours, theirs] = [breakdownsOf(baseline, breakdowns), breakdownsOf(pool, breakdowns)];
  if (theirs.length === 0)
    return 'It has no test results per file: it was not tested, or an older version of the lab tested it.';
  const [first, ...others] = [...ours, ...theirs];
  if (ours.length === 0 || !first) return 'The baseline has no test results per file.';
  if (!others.every((other) => agree(first, other, 'counted')))
    return 'It was tested on different files than the baseline.';
  if (!others.every((other) => agree(first, other, 'unknown')))
    return 'Its vocabulary differs from the baseline’s, so different targets are unknown to it.';
  return null;
}

function breakdownsOf({ runIds }: Pool, breakdowns: ReadonlyMap<string, Breakdown>): readonly Breakdown[] {
  return runIds.flatMap((id) => {
    const breakdown = breakdowns.get(id);
    return breakdown ? [breakdown] : [];
  });
}

/** Whether both have the same number of these in every file. */
function agree(a: Breakdown, b: Breakdown, sum: SumName): boolean {
  if (a.files !== b.files) return false;
  const [columnA, columnB] = [a.sums.indexOf(sum), b.sums.indexOf(sum)];
  for (let file = 0; file < a.files; file++) {
    if (a.overall[file * a.sums.length + columnA] !== b.overall[file * b.sums.length + columnB]) return false;
  }
  return true;
}

function differenceOf(baseline: Pool, pool: Pool, { runs, breakdowns }: CompareOptions): RunDifference {
  const [ours, theirs] = [breakdownsOf(baseline, breakdowns), breakdownsOf(pool, breakdowns)];
  const groups = sharedGroups([...ours, ...theirs]);
  const sampleOf = (one: Pool, own: readonly Breakdown[]): Sample => ({
    files: meanSums(own, groups),
    seeds: breakdownsBySeed(one, runs, breakdowns).map((ofSeed) => totalsOf(meanSums(ofSeed, groups))),
  });
  const [a, b] = [sampleOf(baseline, ours), sampleOf(pool, theirs)];
  const metric = (name: MetricName) => (totals: Float64Array) => metricOf(name).formula(namedSums(SUM_NAMES, totals));
  const shareOf = (sum: (typeof COMPARED)[number]) => (group: number) => (totals: Float64Array) =>
    totals[columnOf(group) + COMPARED.indexOf(sum)]! / totals[columnOf(group)]!;
  const [top5, cacheTop5] = [shareOf('top5'), shareOf('cacheTop5')];
  const statistics = [
    ...METRIC_NAMES.map(metric),
    ...groups.map((_, group) => top5(group)),
    ...groups.map((_, group) => cacheTop5(group)),
  ];
  const estimates = estimateDifferences(a, b, statistics);
  const [firstGroup, firstCached] = [METRIC_NAMES.length, METRIC_NAMES.length + groups.length];
  const plainFamily = simultaneousIntervals(estimates.slice(firstGroup, firstCached));
  const cachedFamily = simultaneousIntervals(estimates.slice(firstCached));
  const [totalsA, totalsB] = [totalsOf(a.files), totalsOf(b.files)];
  return {
    key: pool.key,
    files: a.files.files,
    lowerLossFiles: countLowerLoss(a.files, b.files),
    covers: coversSeeds(a, b) ? 'seeds and files' : 'files only',
    seeds: { baseline: a.seeds.length, candidate: b.seeds.length },
    metrics: recordOf(METRIC_NAMES, (name) => intervalOf(estimates[METRIC_NAMES.indexOf(name)]!)),
    familySize: plainFamily.size,
    groups: groups.flatMap((group, at) => {
      const counted = totalsA[columnOf(at)]!;
      if (counted === 0) return [];
      const accuracyOf = (share: typeof top5, difference: Interval): AccuracyDifference => ({
        baseline: share(at)(totalsA),
        candidate: share(at)(totalsB),
        difference,
      });
      const cached = accuracyOf(cacheTop5, cachedFamily.intervals[at]!);
      const wasCached = !Number.isNaN(cached.difference.estimate);
      const plain = accuracyOf(top5, plainFamily.intervals[at]!);
      return [{ ...group, counted, ...plain, cached: wasCached ? cached : null }];
    }),
  };
}

/** `3 seeds each`, or where they differ `3 seeds against 1`, the baseline's last. */
export function seedsText({ baseline, candidate }: RunDifference['seeds']): string {
  const own = formatCounted(candidate, 'seed');
  return baseline === candidate ? `${own} each` : `${own} against ${baseline}`;
}

/** The breakdowns of each seed: more than one where a seed was trained again. */
function breakdownsBySeed(
  { runIds }: Pool,
  runs: readonly RunRecord[],
  breakdowns: ReadonlyMap<string, Breakdown>,
): readonly (readonly Breakdown[])[] {
  const bySeed = new Map<number, Breakdown[]>();
  for (const { id, config } of runs) {
    const breakdown = runIds.includes(id) ? breakdowns.get(id) : undefined;
    if (breakdown) bySeed.set(config.seed, [...(bySeed.get(config.seed) ?? []), breakdown]);
  }
  return [...bySeed.values()];
}

/** Both have the same number of targets in every file, so sums can be compared like means. */
function countLowerLoss(baseline: FileSums, candidate: FileSums): number {
  const column = SUM_NAMES.indexOf('loss');
  let count = 0;
  for (let at = column; at < baseline.sums.length; at += baseline.columns) {
    if (candidate.sums[at]! < baseline.sums[at]!) count++;
  }
  return count;
}

/** Those that all have: a later lab may count others. @param breakdowns at least one */
function sharedGroups([first, ...others]: readonly Breakdown[]): readonly BreakdownGroup[] {
  return first!.groups.filter((one) => others.every((other) => indexOfGroup(other.groups, one) >= 0));
}

function indexOfGroup(groups: readonly BreakdownGroup[], { dimension, name }: BreakdownGroup): number {
  return groups.findIndex((one) => one.dimension === dimension && one.name === name);
}

/** Only these sums of each group are compared: fewer columns take less time. */
const COMPARED = ['counted', 'top5', 'cacheTop5'] as const satisfies readonly SumName[];

function columnOf(group: number): number {
  return SUM_NAMES.length + group * COMPARED.length;
}

/**
 * Sums a file, overall and then those of `COMPARED` of each group, as means over runs. Sums that one of the runs does not have are NaN.
 */
function meanSums(breakdowns: readonly Breakdown[], groups: readonly BreakdownGroup[]): FileSums {
  const { files } = breakdowns[0]!;
  const columns = columnOf(groups.length);
  const sums = new Float64Array(files * columns);
  for (const { groups: all, sums: names, groupSums, overall, grouped } of breakdowns) {
    const places = groups.map((group) => indexOfGroup(all, group));
    const overallColumns = SUM_NAMES.map((name) => names.indexOf(name));
    const groupColumns = COMPARED.map((name) => groupSums.indexOf(name));
    for (let file = 0; file < files; file++) {
      const to = file * columns;
      for (const [i, column] of overallColumns.entries()) {
        const value = column < 0 ? Number.NaN : overall[file * names.length + column]!;
        sums[to + i]! += value / breakdowns.length;
      }
      for (let group = 0; group < places.length; group++) {
        const from = (file * all.length + places[group]!) * groupSums.length;
        for (const [i, column] of groupColumns.entries()) {
          const value = column < 0 ? Number.NaN : grouped[from + column]!;
          sums[to + columnOf(group) + i]! += value / breakdowns.length;
        }
      }
    }
  }
  return { files, columns, sums };
}
