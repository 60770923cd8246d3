/** The queue as the page counts and shows it. */
import { useShallow } from 'zustand/react/shallow';
import { hasPending } from '#core/experiments/pending.ts';
import { combinationCount } from '#core/experiments/pending.ts';
import type { ExperimentRecord, ItemState } from '#core/experiments/record.ts';
import { useQueue } from './stores.ts';

/** Experiments that have a panel: a single training is shown by its runs alone. */
export function shownInQueue(experiments: readonly ExperimentRecord[]): readonly ExperimentRecord[] {
  const pending = experiments.filter(hasPending);
  const isSeveral = pending.length > 1;
  return experiments.filter((record, index) => {
    if (hasPending(record)) return combinationCount(record) > 1 || isSeveral || wasSkipped(record);
    // one that has ended is shown until there is another, or as long as it says what failed
    const isNewest = index === experiments.length - 1;
    return combinationCount(record) > 1 && (isNewest || record.items.some(({ state }) => state === 'failed'));
  });
}

/** Of such an experiment no interrupted run says that something is left. */
function wasSkipped({ items }: ExperimentRecord): boolean {
  return items.some(({ state }) => state === 'skipped');
}

export function useShownQueue(): readonly ExperimentRecord[] {
  return useQueue(useShallow(({ experiments }) => shownInQueue(experiments)));
}

export interface QueueCounts {
  readonly all: number;
  /** Ended, with or without success. */
  readonly ended: number;
  readonly failed: number;
  readonly queued: number;
}

export function countItems(experiments: readonly ExperimentRecord[]): QueueCounts {
  const items = experiments.flatMap((record) => record.items);
  const count = (...states: readonly ItemState[]) => items.filter(({ state }) => states.includes(state)).length;
  return {
    all: items.length,
    ended: count('done', 'failed', 'skipped', 'dropped'),
    failed: count('failed'),
    queued: count('queued', 'running', 'held'),
  };
}

/** `12 runs: 11 done, 1 failed.` */
export function outcomeInWords(experiments: readonly ExperimentRecord[]): string {
  const items = experiments.flatMap((record) => record.items);
  const states: readonly ItemState[] = ['done', 'failed', 'skipped', 'dropped'];
  const parts = states.flatMap((state) => {
    const count = items.filter((item) => item.state === state).length;
    return count > 0 ? [`${count} ${state}`] : [];
  });
  return `${items.length} ${items.length === 1 ? 'run' : 'runs'}: ${parts.join(', ')}.`;
}
