/** Runs held against a baseline: pools over seeds, and differences with intervals over test files. Plain data. */
import { GROUP_SUMS, measuresOfSums, OVERALL_SUMS, type Breakdown, type BreakdownGroup } from '../breakdown.ts';
import { cellOf } from '../config.ts';
import type { RunRecord } from '../run.ts';
import { pairedBootstrap, RESAMPLES, type FileSums, type Interval } from '../statistics/bootstrap.ts';
import { FIGURES, figuresBy, poolRuns, type Figure, type Pool } from './pools.ts';

export interface GroupDifference extends BreakdownGroup {
  /** Test targets of the group. */
  readonly counted: number;
  /** Top-5 accuracies, as fractions. */
  readonly baseline: number;
  readonly candidate: number;
  /** Of top-5. */
  readonly difference: Interval;
}

export interface Difference {
  /** Of the pool that is held against the baseline. */
  readonly key: string;
  /** Test files over which the intervals are. */
  readonly files: number;
  /** Candidate less baseline, on the test split. */
  readonly figures: Readonly<Record<Figure, Interval>>;
  readonly groups: readonly GroupDifference[];
}

export interface Comparison {
  readonly pools: readonly Pool[];
  /** Key of the pool that the others are held against; null where there is none to choose. */
  readonly baseline: string | null;
  readonly differences: readonly Difference[];
  /** Pools without a difference, and in a sentence why. */
  readonly undecided: readonly { readonly key: string; readonly why: string }[];
  /** Runs in no pool: they finished no epoch. */
  readonly leftOut: readonly string[];
  readonly resamples: number;
}

export interface CompareOptions {
  readonly runs: readonly RunRecord[];
  /** By run id; a run that was never tested has none. */
  readonly breakdowns: ReadonlyMap<string, Breakdown>;
  /** Key of the pool that is to be the baseline; null or an unknown one takes it by itself. */
  readonly baseline?: string | null;
  readonly resamples?: number;
  readonly seed?: number;
}

const SEED = 42;

export function compareRuns(options: CompareOptions): Comparison {
  const { runs, breakdowns, resamples = RESAMPLES, seed = SEED } = options;
  const pools = poolRuns(runs);
  const pooled = new Set(pools.flatMap(({ runIds }) => runIds));
  const baseline = pools.find(({ key }) => key === options.baseline) ?? chooseBaseline(pools);
  const byId = new Map(runs.map((run) => [run.id, run]));
  const differences: Difference[] = [];
  const undecided: { key: string; why: string }[] = [];
  for (const pool of pools) {
    if (!baseline || pool === baseline) continue;
    const why = whyNot(baseline, pool, byId, breakdowns);
    if (why === null) differences.push(differenceOf(baseline, pool, breakdowns, resamples, seed));
    else undecided.push({ key: pool.key, why });
  }
  return {
    pools,
    baseline: baseline?.key ?? null,
    differences,
    undecided,
    leftOut: runs.filter(({ id }) => !pooled.has(id)).map(({ id }) => id),
    resamples,
  };
}

/** The plain model of the first residual one's cell; without one the better of the plain models, else the first of all. */
function chooseBaseline(pools: readonly Pool[]): Pool | undefined {
  const residual = pools.find(({ model }) => model.startsWith('residual'));
  const plain = pools.filter(({ model }) => !model.startsWith('residual'));
  const own = residual && plain.find(({ model }) => model === cellOf(residual.model));
  return own ?? plain.toSorted((a, b) => a.validation.loss.mean - b.validation.loss.mean)[0] ?? pools[0];
}

function whyNot(
  baseline: Pool,
  pool: Pool,
  runs: ReadonlyMap<string, RunRecord>,
  breakdowns: ReadonlyMap<string, Breakdown>,
): string | null {
  const [ours, theirs] = [runs.get(baseline.runIds[0]!)!, runs.get(pool.runIds[0]!)!];
  if (ours.dataset.sha256 !== theirs.dataset.sha256) return 'It was trained on another data set than the baseline.';
  if (ours.config.length !== theirs.config.length) return 'Its rows are cut at another length than the baseline’s.';
  const tested = (of: Pool) => of.runIds.filter((id) => breakdowns.has(id)).length;
  if (tested(pool) === 0)
    return 'It has no test figures by file: it was not tested, or by an older version of the lab.';
  if (tested(baseline) === 0) return 'The baseline has no test figures by file.';
  const files = (of: Pool) => new Set(of.runIds.map((id) => breakdowns.get(id)?.files));
  const all = new Set([...files(pool), ...files(baseline)].filter((count) => count !== undefined));
  return all.size === 1 ? null : 'Its test files are not the baseline’s.';
}

function differenceOf(
  baseline: Pool,
  pool: Pool,
  breakdowns: ReadonlyMap<string, Breakdown>,
  resamples: number,
  seed: number,
): Difference {
  const [ours, theirs] = [baseline, pool].map(({ runIds }) =>
    runIds.flatMap((id) => {
      const breakdown = breakdowns.get(id);
      return breakdown ? [breakdown] : [];
    }),
  );
  const groups = sharedGroups(ours![0]!, theirs![0]!);
  const [a, b] = [meanSums(ours!, groups), meanSums(theirs!, groups)];
  const figure = (name: Figure) => (totals: Float64Array) =>
    measuresOfSums(totals.subarray(0, OVERALL_SUMS.length))[name];
  const top5 = (group: number) => (totals: Float64Array) => {
    const at = OVERALL_SUMS.length + group * GROUP_SUMS.length;
    return totals[at + GROUP_SUMS.indexOf('top5')]! / totals[at]!;
  };
  const statistics = [...FIGURES.map(figure), ...groups.map((_, group) => top5(group))];
  const intervals = pairedBootstrap({ baseline: a, candidate: b, statistics, resamples, seed });
  const [totalsA, totalsB] = [totalsOf(a), totalsOf(b)];
  return {
    key: pool.key,
    files: a.files,
    figures: figuresBy((name) => intervals[FIGURES.indexOf(name)]!),
    groups: groups.flatMap((group, at) => {
      const counted = totalsA[OVERALL_SUMS.length + at * GROUP_SUMS.length]!;
      const difference = intervals[FIGURES.length + at]!;
      if (counted === 0) return [];
      return [{ ...group, counted, baseline: top5(at)(totalsA), candidate: top5(at)(totalsB), difference }];
    }),
  };
}

/** Those that both have: a later lab may count others. */
function sharedGroups(a: Breakdown, b: Breakdown): readonly BreakdownGroup[] {
  return a.groups.filter((one) => indexOfGroup(b, one) >= 0);
}

function indexOfGroup({ groups }: Breakdown, { dimension, name }: BreakdownGroup): number {
  return groups.findIndex((one) => one.dimension === dimension && one.name === name);
}

/** Sums a file, overall and then of each group, as means over seeds. */
function meanSums(breakdowns: readonly Breakdown[], groups: readonly BreakdownGroup[]): FileSums {
  const { files } = breakdowns[0]!;
  const columns = OVERALL_SUMS.length + groups.length * GROUP_SUMS.length;
  const sums = new Float64Array(files * columns);
  for (const breakdown of breakdowns) {
    const places = groups.map((group) => indexOfGroup(breakdown, group));
    for (let file = 0; file < files; file++) {
      const to = file * columns;
      for (let i = 0; i < OVERALL_SUMS.length; i++) {
        sums[to + i]! += breakdown.overall[file * OVERALL_SUMS.length + i]! / breakdowns.length;
      }
      for (const [at, place] of places.entries()) {
        const from = (file * breakdown.groups.length + place) * GROUP_SUMS.length;
        for (let i = 0; i < GROUP_SUMS.length; i++) {
          sums[to + OVERALL_SUMS.length + at * GROUP_SUMS.length + i]! +=
            breakdown.grouped[from + i]! / breakdowns.length;
        }
      }
    }
  }
  return { files, columns, sums };
}

function totalsOf({ files, columns, sums }: FileSums): Float64Array {
  const totals = new Float64Array(columns);
  for (let file = 0; file < files; file++) {
    for (let column = 0; column < columns; column++) totals[column]! += sums[file * columns + column]!;
  }
  return totals;
}
