/**
 * Runs in IndexedDB. Each has up to six parts under its id: the record, its best weights, its steps, its results per test file, its
 * label and its checkpoints. Parts are checked when they are read, since another version of the lab may have written them.
 */
import { parseBreakdown, type Breakdown } from '#core/metrics/breakdown.ts';
import { fail } from '#core/failure.ts';
import { z } from 'zod';
import { MODEL_NAMES } from '#core/models/registry.ts';
import { runLabelSchema, emptyLabel, type RunLabel } from '#core/runs/runLabel.ts';
import { runName } from '#core/runs/runNames.ts';
import { RUN_SCHEMA, runSchema, type RunRecord } from '#core/runs/run.ts';
import { NO_STEPS, parseStepTable, type StepTable } from '#core/runs/stepTable.ts';
import type { IDBPObjectStore, StoreNames } from 'idb';
import type { ExperimentRecord } from '#core/experiments/record.ts';
import { checkpointsOf, MAX_CHECKPOINTS, type StoredCheckpoint } from './checkpoints.ts';
import { check } from './damaged.ts';
import { changeStored } from './experiments.ts';
import { writing, type Database, type LabSchema } from './database.ts';
import type { DamagedRecord } from '#core/runs/damagedRecord.ts';

/** Parts that are written together with a run. */
export interface RunParts {
  readonly weights?: Uint8Array<ArrayBuffer> | undefined;
  readonly steps?: StepTable | undefined;
  readonly breakdown?: Breakdown | undefined;
  readonly label?: RunLabel | undefined;
  /** Replaces the older of the last two; null deletes both. */
  readonly checkpoint?: StoredCheckpoint | null | undefined;
  /** Change of the queue in the same transaction. */
  readonly queue?: QueueChange | undefined;
}

/** A change of the stored experiments, in the transaction that stores a run, so that the two always match. */
export type QueueChange = (stored: readonly ExperimentRecord[]) => {
  readonly experiments: readonly ExperimentRecord[];
  /** The run that is trained next, stored as waiting. Whenever the lab is closed, one stored run can then continue the rest. */
  readonly next: RunRecord | null;
};

const RUN_STORES = ['runs', 'weights', 'steps', 'breakdowns', 'labels', 'checkpoints'] as const;

/** Milliseconds before a deleted run may be purged. Until then it can be restored, in another tab too. */
const UNDO_MS = 10 * 60 * 1000;

export interface StoredRuns {
  /** Oldest first. */
  readonly runs: readonly RunRecord[];
  readonly labels: readonly RunLabel[];
  /** Records and labels that cannot be read. */
  readonly damaged: readonly DamagedRecord[];
}

/** Fields that every version of the lab writes. They can be read even if the rest of a row is damaged. */
const anyRow = z.looseObject({ id: z.string() });
const namedRun = z.looseObject({ model: z.enum(MODEL_NAMES), number: z.int() });
const numberedRow = z.looseObject({ number: z.int() });
const deletedRow = z.looseObject({ id: z.string(), deletedAt: z.number() });

/** All runs that are not deleted, all labels, and the damaged ones among them. */
export async function readRuns(database: Database): Promise<StoredRuns> {
  const rows: unknown[] = await database.getAll('runs');
  const labelRows: unknown[] = await database.getAll('labels');
  const deleted = new Set(labelRows.map(deletedIdOf));
  const titles = new Map<string, string>();
  const runs: RunRecord[] = [];
  const labels: RunLabel[] = [];
  const damaged: DamagedRecord[] = [];
  for (const row of rows) {
    const id = idOf(row);
    titles.set(id, titleOf(row));
    if (deleted.has(id)) continue;
    const checked = check(runSchema, row, RUN_SCHEMA);
    if (checked.ok) runs.push(checked.value);
    else damaged.push({ store: 'runs', id, title: titleOf(row), what: checked.what });
  }
  for (const row of labelRows) {
    const id = idOf(row);
    const checked = check(runLabelSchema, row);
    if (checked.ok) labels.push(checked.value);
    else if (!deleted.has(id)) {
      const title = `The name and notes of ${titles.get(id) ?? 'a run'}`;
      damaged.push({ store: 'labels', id, title, what: checked.what });
    }
  }
  return { runs: runs.toSorted((a, b) => a.createdAt - b.createdAt || a.number - b.number), labels, damaged };
}

function idOf(row: unknown): string {
  return anyRow.safeParse(row).data?.id ?? '';
}

function deletedIdOf(row: unknown): string | undefined {
  return deletedRow.safeParse(row).data?.id;
}

/** The model and number of a record; `A run` if they cannot be read. */
function titleOf(row: unknown): string {
  const named = namedRun.safeParse(row).data;
  return named ? runName(named) : 'A run';
}

/** All runs that are not deleted and can be read, oldest first. */
export async function listRuns(database: Database): Promise<readonly RunRecord[]> {
  return (await readRuns(database)).runs;
}

/** Name of a stored run in sentences. */
export async function runTitle(database: Database, id: string): Promise<string> {
  return titleOf(await database.get('runs', id));
}

/** @returns undefined if it is not stored @throws LabError `bad-input` if it cannot be read */
export async function findRun(database: Database, id: string): Promise<RunRecord | undefined> {
  const row: unknown = await database.get('runs', id);
  if (row === undefined) return undefined;
  const checked = check(runSchema, row, RUN_SCHEMA);
  if (checked.ok) return checked.value;
  fail('bad-input', `The record of ${titleOf(row)} is damaged. ${checked.what}`, DAMAGED_REMEDY);
}

const DAMAGED_REMEDY = 'It is listed under “Damaged records” in Compare, where you can download or delete its data.';

/** @throws LabError `not-found`, or `bad-input` if it cannot be read */
export async function requireRun(database: Database, id: string): Promise<RunRecord> {
  const run = await findRun(database, id);
  return (
    run ??
    fail('not-found', `The run ${id} is not stored here.`, 'It may have been deleted in another tab. Reload the page.')
  );
}

/** The number of the next run: one more than the highest among all stored runs, even if deleted or damaged. */
export async function nextNumber(database: Database): Promise<number> {
  const rows: unknown[] = await database.getAll('runs');
  return rows.reduce<number>((highest, row) => Math.max(highest, numberedRow.safeParse(row).data?.number ?? 0), 0) + 1;
}

/** Stores a run and its parts in one transaction, so that they always match. */
export async function storeRun(database: Database, run: RunRecord, parts: RunParts = {}): Promise<void> {
  await writing('the run', async () => {
    const stores: StoreNames<LabSchema>[] = [...RUN_STORES, 'experiments'];
    const transaction = database.transaction(stores, 'readwrite');
    const { weights, steps, breakdown, label, checkpoint, queue } = parts;
    let next: RunRecord | null = null;
    if (queue) {
      await changeStored(transaction.objectStore('experiments'), (stored) => {
        const changed = queue(stored);
        ({ next } = changed);
        return changed.experiments;
      });
    }
    await Promise.all([
      ...(checkpoint === undefined ? [] : [keepCheckpoint(transaction.objectStore('checkpoints'), run.id, checkpoint)]),
      transaction.objectStore('runs').put(run),
      ...(next ? [transaction.objectStore('runs').put(next)] : []),
      ...(weights ? [transaction.objectStore('weights').put(weights, run.id)] : []),
      ...(steps ? [transaction.objectStore('steps').put(steps, run.id)] : []),
      ...(breakdown ? [transaction.objectStore('breakdowns').put(breakdown, run.id)] : []),
      ...(label ? [transaction.objectStore('labels').put(label)] : []),
      transaction.done,
    ]);
  });
}

type CheckpointStore = IDBPObjectStore<LabSchema, StoreNames<LabSchema>[], 'checkpoints', 'readwrite'>;

async function keepCheckpoint(
  store: CheckpointStore,
  runId: string,
  checkpoint: StoredCheckpoint | null,
): Promise<void> {
  const keys = await store.getAllKeys(checkpointsOf(runId));
  const dropped = checkpoint === null ? keys : keys.slice(0, Math.max(0, keys.length - MAX_CHECKPOINTS + 1));
  await Promise.all([
    ...dropped.map((key) => store.delete(key)),
    ...(checkpoint === null ? [] : [store.put(checkpoint, [runId, (keys.at(-1)?.[1] ?? 0) + 1])]),
  ]);
}

export async function readWeights(database: Database, runId: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return database.get('weights', runId);
}

/** @throws LabError `bad-input` if they are damaged */
export async function readSteps(database: Database, runId: string): Promise<StepTable> {
  const stored: unknown = await database.get('steps', runId);
  return stored === undefined ? NO_STEPS : parseStepTable(stored, `the run ${runId}`);
}

/** @returns undefined for a run that was never tested @throws LabError `bad-input` if it is damaged */
export async function readBreakdown(database: Database, runId: string): Promise<Breakdown | undefined> {
  const stored: unknown = await database.get('breakdowns', runId);
  return stored === undefined ? undefined : parseBreakdown(stored, `the run ${runId}`);
}

/** @returns an empty label for a run without one @throws LabError `bad-input` if it cannot be read */
export async function readLabel(database: Database, runId: string): Promise<RunLabel> {
  return labelOf(await database.get('labels', runId), runId);
}

function labelOf(row: unknown, runId: string): RunLabel {
  if (row === undefined) return emptyLabel(runId);
  const checked = check(runLabelSchema, row);
  if (checked.ok) return checked.value;
  fail('bad-input', `The name and notes of this run are damaged. ${checked.what}`, DAMAGED_REMEDY);
}

/**
 * Stores a label, except for `deletedAt`, which only `markDeleted` and `unmarkDeleted` change.
 * @throws LabError `bad-input` if the stored label cannot be read, instead of overwriting it
 */
export async function storeLabel(database: Database, label: RunLabel): Promise<void> {
  await changeLabels(database, [label.id], (row, id) => ({ ...label, deletedAt: labelOf(row, id).deletedAt }));
}

/** Hides runs, which can still be restored. `purgeDeleted` deletes them once `UNDO_MS` have passed. */
export async function markDeleted(database: Database, ids: readonly string[], now: number): Promise<void> {
  await changeLabels(database, ids, (row, id) => marked(row, id, now));
}

export async function unmarkDeleted(database: Database, ids: readonly string[]): Promise<void> {
  await changeLabels(database, ids, (row, id) => marked(row, id, null));
}

/** Sets `deletedAt`. The rest of the row is kept, even if it is not a valid label. */
function marked(row: RunLabel | undefined, id: string, deletedAt: number | null): RunLabel {
  return { ...(row ?? emptyLabel(id)), deletedAt };
}

async function changeLabels(
  database: Database,
  ids: readonly string[],
  change: (row: RunLabel | undefined, id: string) => RunLabel,
): Promise<void> {
  await writing('the name and notes of the run', async () => {
    const transaction = database.transaction('labels', 'readwrite');
    for (const id of ids) await transaction.store.put(change(await transaction.store.get(id), id));
    await transaction.done;
  });
}

/** Purges runs that were deleted at least `UNDO_MS` ago. */
export async function purgeDeleted(database: Database, now: number): Promise<void> {
  const rows: unknown[] = await database.getAll('labels');
  for (const row of rows) {
    const deleted = deletedRow.safeParse(row).data;
    if (!deleted || now - deleted.deletedAt < UNDO_MS) continue;
    const { id } = deleted;
    const transaction = database.transaction(RUN_STORES, 'readwrite');
    await Promise.all([
      ...RUN_STORES.map((store) =>
        transaction.objectStore(store).delete(store === 'checkpoints' ? checkpointsOf(id) : id),
      ),
      transaction.done,
    ]);
  }
}
