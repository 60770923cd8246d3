/** Experiments in IndexedDB, one record each. Records are checked when they are read. */
import type { IDBPObjectStore, StoreNames } from 'idb';
import { hasPending } from '#core/experiments/pending.ts';
import { EXPERIMENT_SCHEMA, experimentRecordSchema, type ExperimentRecord } from '#core/experiments/record.ts';
import type { DamagedRecord } from '#core/runs/damagedRecord.ts';
import { check } from './damaged.ts';
import { writing, type Database, type LabSchema } from './database.ts';

export interface StoredExperiments {
  /** Oldest first. */
  readonly experiments: readonly ExperimentRecord[];
  /** Records that cannot be read; they are not changed. */
  readonly damaged: readonly DamagedRecord[];
}

type ExperimentStore = IDBPObjectStore<LabSchema, StoreNames<LabSchema>[], 'experiments', 'readwrite'>;

export async function readExperiments(database: Database): Promise<StoredExperiments> {
  return readable(await database.getAll('experiments'));
}

/**
 * Reads all experiments, changes them, and stores those that changed. All of it is one transaction, so changes of other tabs are not
 * lost. An experiment that the change leaves out is deleted.
 * @returns all experiments after the change, in the order that `change` returns
 */
export async function changeExperiments(
  database: Database,
  change: (stored: readonly ExperimentRecord[]) => readonly ExperimentRecord[],
): Promise<readonly ExperimentRecord[]> {
  return writing('the queue', async () => {
    const stores: StoreNames<LabSchema>[] = ['experiments'];
    const transaction = database.transaction(stores, 'readwrite');
    const changed = await changeStored(transaction.objectStore('experiments'), change);
    await transaction.done;
    return changed;
  });
}

/** Deletes the records of experiments that are finished and have no stored runs. */
export async function dropForgotten(database: Database): Promise<void> {
  const stored = new Set(await database.getAllKeys('runs'));
  const isKept = ({ items }: ExperimentRecord) => items.some(({ runId }) => runId !== null && stored.has(runId));
  await changeExperiments(database, (records) => records.filter((record) => hasPending(record) || isKept(record)));
}

/** Like `changeExperiments`, in an existing transaction. */
export async function changeStored(
  store: ExperimentStore,
  change: (stored: readonly ExperimentRecord[]) => readonly ExperimentRecord[],
): Promise<readonly ExperimentRecord[]> {
  const { experiments } = readable(await store.getAll());
  let changed: readonly ExperimentRecord[];
  try {
    changed = change(experiments);
  } catch (error) {
    store.transaction.abort();
    // the rejection adds nothing to the error
    store.transaction.done.catch(() => {});
    throw error;
  }
  const before = new Set(experiments);
  const ids = new Set(changed.map(({ id }) => id));
  await Promise.all([
    ...changed.filter((record) => !before.has(record)).map((record) => store.put(record)),
    ...experiments.filter(({ id }) => !ids.has(id)).map(({ id }) => store.delete(id)),
  ]);
  return changed;
}

function readable(rows: readonly unknown[]): StoredExperiments {
  const experiments: ExperimentRecord[] = [];
  const damaged: DamagedRecord[] = [];
  for (const row of rows) {
    const checked = check(experimentRecordSchema, row, EXPERIMENT_SCHEMA);
    if (checked.ok) experiments.push(checked.value);
    else damaged.push({ store: 'experiments', id: idOf(row), title: 'The queue of an experiment', what: checked.what });
  }
  return { experiments: experiments.toSorted((a, b) => a.createdAt - b.createdAt), damaged };
}

function idOf(row: unknown): string {
  const id: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, 'id') : undefined;
  return typeof id === 'string' ? id : '';
}
