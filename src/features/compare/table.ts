/** The comparison as plain rows: what each model reached, where it is best, and what the yardsticks reach. */
import type { Measures } from '../../core/measures.ts';
import type { EpochRecord, RunRecord, Yardstick } from '../../core/run.ts';
import { cellOf } from '../../core/config.ts';

/** On which part of the data the accuracies are: test is measured once, on the best weights, after training. */
export type Part = 'validation' | 'test';

export interface CompareRow {
  readonly run: RunRecord;
  readonly best: EpochRecord | null;
  readonly measures: Measures | null;
  /** Of all its epochs. */
  readonly tokensPerSecond: number | null;
  readonly seconds: number;
  /** Against the baseline with the same cell; null where it has none here. */
  readonly difference: { readonly baseline: RunRecord; readonly top5: number; readonly perplexity: number } | null;
}

export function measuresOf(run: RunRecord, part: Part): Measures | null {
  return part === 'test' ? run.test : (bestEpochOf(run)?.validation ?? null);
}

export function bestEpochOf({ epochs, bestEpoch }: RunRecord): EpochRecord | null {
  return epochs.find(({ epoch }) => epoch === bestEpoch) ?? null;
}

export function compareRows(runs: readonly RunRecord[], part: Part): readonly CompareRow[] {
  return runs.map((run) => {
    const measures = measuresOf(run, part);
    const seconds = run.epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
    const tokens = run.epochs.reduce((sum, epoch) => sum + epoch.tokensPerSecond * epoch.seconds, 0);
    return {
      run,
      best: bestEpochOf(run),
      measures,
      seconds,
      tokensPerSecond: seconds > 0 ? tokens / seconds : null,
      difference: differenceOf(run, measures, runs, part),
    };
  });
}

function differenceOf(
  run: RunRecord,
  measures: Measures | null,
  runs: readonly RunRecord[],
  part: Part,
): CompareRow['difference'] {
  if (!run.model.startsWith('residual') || !measures) return null;
  const baseline = runs.find(({ model }) => model === cellOf(run.model));
  const theirs = baseline && measuresOf(baseline, part);
  if (!baseline || !theirs) return null;
  return { baseline, top5: measures.top5 - theirs.top5, perplexity: measures.perplexity - theirs.perplexity };
}

/**
 * Places of the best values in a column, to be marked; none where only one model has a value.
 * @param better whether more is better or less
 */
export function bestPlaces(values: readonly (number | null)[], better: 'more' | 'less'): ReadonlySet<number> {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  if (known.length < 2) return new Set();
  const best = better === 'more' ? Math.max(...known) : Math.min(...known);
  return new Set(values.flatMap((value, i) => (value === best ? [i] : [])));
}

/** One of each kind: all runs of an experiment are judged by the same. */
export function yardsticksOf(runs: readonly RunRecord[]): readonly Yardstick[] {
  const byName = new Map(runs.flatMap(({ yardsticks }) => yardsticks).map((one) => [one.name, one]));
  return [...byName.values()];
}
