/**
 * The queue: items of all stored experiments that wait to be trained, in one order. Pure: each change gives new records, which the
 * worker stores (workers/storage/experiments.ts).
 */
import { fail } from '../failure.ts';
import { isBaseline, isVariant } from '../models/registry.ts';
import { configKey } from '../settings/sameConfig.ts';
import { rungEpochs, survivorsOf } from './halving.ts';
import { combinationCount, hasPending, isPending } from './pending.ts';
import { configOf, type ExperimentItem, type ExperimentRecord, type Halt } from './record.ts';

/** Names an item. */
export interface ItemRef {
  readonly experiment: string;
  readonly item: number;
}

export interface Found {
  readonly experiment: ExperimentRecord;
  readonly item: ExperimentItem;
}

type Records = readonly ExperimentRecord[];

/** The user's commands to the queue. */
export type QueueEdit =
  /** Leaves a queued item out; it stays listed. */
  | { readonly type: 'skip'; readonly ref: ItemRef }
  /** Queues an item again that was skipped, dropped or failed; its training resumes if possible. */
  | { readonly type: 'requeue'; readonly ref: ItemRef }
  /** Removes a queued or skipped item from the list. */
  | { readonly type: 'remove'; readonly ref: ItemRef }
  /** Moves a queued item by this number of places among the queued ones. */
  | { readonly type: 'move'; readonly ref: ItemRef; readonly by: number }
  /** Removes all waiting items of an experiment from the list. */
  | { readonly type: 'clear'; readonly experiment: string };

/** Experiments whose items are trained one after the other, unless the user intervenes. */
export function activeExperiments(records: Records): Records {
  return records.filter((record) => record.halt === null && hasPending(record));
}

/** A queue of several configurations resumes automatically when the lab is opened again; a single training waits for a click. */
export function goesOnByItself(records: Records): boolean {
  return activeExperiments(records).reduce((sum, record) => sum + combinationCount(record), 0) > 1;
}

/** Items that wait or train, in the order they will be trained. */
export function queuedItems(records: Records): readonly Found[] {
  return activeExperiments(records)
    .flatMap((experiment) => experiment.items.filter(isTrainable).map((item) => ({ experiment, item })))
    .toSorted((a, b) => rank(a.item) - rank(b.item));
}

function isTrainable({ state }: ExperimentItem): boolean {
  return state === 'queued' || state === 'running';
}

function rank({ state, order }: ExperimentItem): number {
  return state === 'running' ? -Infinity : order;
}

/** The item to train now: the one already begun, otherwise the first. A variant waits for the baselines of its configuration. */
export function nextItem(records: Records): Found | null {
  const [first] = queuedItems(records);
  if (!first) return null;
  const { experiment, item } = first;
  if (item.state === 'running' || !isVariant(item.model)) return first;
  const baseline = experiment.items
    .filter((one) => one.combination === item.combination && one.state === 'queued' && isBaseline(one.model))
    .toSorted((a, b) => a.order - b.order)[0];
  return baseline ? { experiment, item: baseline } : first;
}

export function findItem(records: Records, { experiment: id, item: number }: ItemRef): Found | null {
  const experiment = records.find((one) => one.id === id);
  const item = experiment?.items.find((one) => one.number === number);
  return experiment && item ? { experiment, item } : null;
}

export function itemOfRun(records: Records, runId: string): Found | null {
  for (const experiment of records) {
    const item = experiment.items.find((one) => one.runId === runId);
    if (item) return { experiment, item };
  }
  return null;
}

/** The last place in use: new items are added after it. */
export function lastOrder(records: Records): number {
  return Math.max(0, ...records.flatMap(({ items }) => items.map(({ order }) => order)));
}

export function withItem(records: Records, { experiment, item }: ItemRef, change: Partial<ExperimentItem>): Records {
  return records.map((record) =>
    record.id === experiment
      ? { ...record, items: record.items.map((one) => (one.number === item ? { ...one, ...change } : one)) }
      : record,
  );
}

/** Records an item's outcome. If it was the last run of its rung, the rung is decided. */
export function withOutcome(
  records: Records,
  ref: ItemRef,
  change: Partial<ExperimentItem> & Pick<ExperimentItem, 'state'>,
): Records {
  return withItem(records, ref, change).map((record) => (record.id === ref.experiment ? settleRungs(record) : record));
}

/** @param experiments ids; all that are active where not given */
export function halted(
  records: Records,
  halt: Halt,
  experiments = activeExperiments(records).map(({ id }) => id),
): Records {
  return records.map((record) =>
    experiments.includes(record.id) && hasPending(record) ? { ...record, halt } : record,
  );
}

export function released(records: Records, experiment: string): Records {
  return records.map((record) => (record.id === experiment ? { ...record, halt: null } : record));
}

/** The halving rung that trains to the end; 0 without halving. */
export function lastRung({ plan, ...experiment }: ExperimentRecord, item: ExperimentItem): number {
  return plan.halving ? rungEpochs(plan.halving, configOf(experiment, item).epochs).length - 1 : 0;
}

/** How many epochs an item trains before it is held for its rung's verdict; undefined where it trains to its end. */
export function epochsOfRung(experiment: ExperimentRecord, item: ExperimentItem): number | undefined {
  const { halving } = experiment.plan;
  if (!halving) return undefined;
  const rungs = rungEpochs(halving, configOf(experiment, item).epochs);
  return item.rung < rungs.length - 1 ? rungs[item.rung] : undefined;
}

/** Promotes the better candidates of each model once all have reached the rung, and drops the others. */
function settleRungs(record: ExperimentRecord): ExperimentRecord {
  const { halving } = record.plan;
  if (!halving) return record;
  let { items } = record;
  for (const model of new Set(items.map((item) => item.model))) {
    const own = items.filter((item) => item.model === model);
    if (own.some(isTrainable) || !own.some(({ state }) => state === 'held')) continue;
    const rung = Math.min(...own.filter(({ state }) => state === 'held').map((item) => item.rung));
    const keyOf = (item: ExperimentItem) => configKey(configOf(record, item), ['seed']);
    const losses = new Map<string, number[]>();
    for (const item of own.toSorted((a, b) => a.combination - b.combination)) {
      if (item.rung !== rung || item.state === 'skipped' || item.state === 'dropped') continue;
      losses.set(keyOf(item), [...(losses.get(keyOf(item)) ?? []), item.state === 'failed' ? Number.NaN : item.loss]);
    }
    const survivors = survivorsOf(
      [...losses].map(([key, values]) => ({ key, losses: values })),
      halving.eta,
    );
    items = items.map((item) => {
      if (item.model !== model || item.rung !== rung) return item;
      const goesOn = survivors.has(keyOf(item));
      // one that stopped early is done, and competes on as it is
      if (item.state === 'done') return goesOn ? { ...item, rung: rung + 1 } : item;
      if (item.state !== 'held') return item;
      return goesOn ? { ...item, state: 'queued' as const, rung: rung + 1 } : { ...item, state: 'dropped' as const };
    });
  }
  return { ...record, items };
}

/** @throws LabError `busy` for an item that trains, `not-found` for one that is not there */
export function edited(records: Records, edit: QueueEdit): Records {
  if (edit.type === 'clear') {
    return records.map((record) =>
      record.id === edit.experiment
        ? {
            ...record,
            halt: null,
            items: record.items.filter((item) => !isPending(item) || item.runId !== null).map(given),
          }
        : record,
    );
  }
  const found = findItem(records, edit.ref);
  if (!found) fail('not-found', 'This run is not in the queue any more.', 'It may have been removed in another tab.');
  const { item, experiment } = found;
  if (item.state === 'running' && (experiment.halt === null || experiment.halt.reason === 'paused')) {
    fail('busy', 'This run is training.', 'Skip it, or wait for its end.');
  }
  switch (edit.type) {
    case 'skip':
      return withOutcome(records, edit.ref, { state: 'skipped' });
    case 'requeue': {
      if (isPending(item) || item.state === 'done')
        fail('busy', 'This run is done, or in the queue already.', 'Nothing is lost.');
      // an item dropped by halving trains to its end
      const rung = lastRung(experiment, item);
      return withItem(records, edit.ref, { state: 'queued', failure: null, rung, order: lastOrder(records) + 1 });
    }
    case 'remove':
      return records.map((record) =>
        record.id === edit.ref.experiment
          ? settleRungs({ ...record, items: record.items.filter(({ number }) => number !== edit.ref.item) })
          : record,
      );
    case 'move':
      return moved(records, edit.ref, edit.by);
    default:
      return edit satisfies never;
  }
}

/** Items already begun keep their runs but are not resumed. */
function given(item: ExperimentItem): ExperimentItem {
  return isPending(item) ? { ...item, state: 'skipped' } : item;
}

function moved(records: Records, { experiment, item }: ItemRef, by: number): Records {
  const queued = records
    .filter(hasPending)
    .flatMap((record) =>
      record.items.filter(({ state }) => state === 'queued').map((one) => ({ experiment: record.id, one })),
    )
    .toSorted((a, b) => a.one.order - b.one.order);
  const from = queued.findIndex((entry) => entry.experiment === experiment && entry.one.number === item);
  const entry = queued[from];
  if (!entry) return records;
  const orders = queued.map(({ one }) => one.order);
  const rest = queued.toSpliced(from, 1);
  const places = rest.toSpliced(Math.min(rest.length, Math.max(0, from + by)), 0, entry);
  let changed = records;
  for (const [at, place] of places.entries()) {
    changed = withItem(changed, { experiment: place.experiment, item: place.one.number }, { order: orders[at]! });
  }
  return changed;
}
