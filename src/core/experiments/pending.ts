/** The part of an experiment that is still to be trained, and its size. */
import type { ExperimentItem, ExperimentRecord, ItemState } from './record.ts';

const PENDING: ReadonlySet<ItemState> = new Set(['queued', 'running', 'held']);

export function isPending({ state }: Pick<ExperimentItem, 'state'>): boolean {
  return PENDING.has(state);
}

/** Whether any of its items is still to be trained. */
export function hasPending({ items }: Pick<ExperimentRecord, 'items'>): boolean {
  return items.some(isPending);
}

/** How many combinations it has; a plain click has one. */
export function combinationCount({ items }: Pick<ExperimentRecord, 'items'>): number {
  return new Set(items.map(({ combination }) => combination)).size;
}
