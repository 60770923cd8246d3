/**
 * Runs in IndexedDB, each in up to five places under its id: the record, its best weights, its steps, what it does on each
 * test file, and what a person says of it. What is read back is checked, since an older or a foreign lab may have written it.
 */
import { parseBreakdown, type Breakdown } from '../../src/core/breakdown.ts';
import { fail } from '../../src/core/failure.ts';
import { runLabelSchema, emptyLabel, type RunLabel } from '../../src/core/runLabel.ts';
import { runSchema, type RunRecord } from '../../src/core/run.ts';
import { NO_STEPS, parseStepTable, type StepTable } from '../../src/core/stepTable.ts';
import type { IDBPObjectStore } from 'idb';
import { checkpointsOf, MOST_CHECKPOINTS, type StoredCheckpoint } from './checkpoints.ts';
import { writing, type Database, type LabSchema } from './database.ts';

/** What is written together with a run. */
export interface RunParts {
  readonly weights?: Uint8Array<ArrayBuffer> | undefined;
  readonly steps?: StepTable | undefined;
  readonly breakdown?: Breakdown | undefined;
  readonly label?: RunLabel | undefined;
  /** Replaces the oldest of the last two; null drops them all. */
  readonly checkpoint?: StoredCheckpoint | null | undefined;
}

const PLACES = ['runs', 'weights', 'steps', 'breakdowns', 'labels', 'checkpoints'] as const;

/** Milliseconds for which a deleted run can be brought back, in another tab too. */
const UNDO_MS = 10 * 60 * 1000;

/** All runs that are not deleted, oldest first. Records of another version are left alone and not listed. */
export async function listRuns(database: Database): Promise<RunRecord[]> {
  const rows: unknown[] = await database.getAll('runs');
  const deleted = new Set(
    (await listLabels(database)).flatMap(({ id, deletedAt }) => (deletedAt === null ? [] : [id])),
  );
  return rows
    .flatMap((row) => {
      const parsed = runSchema.safeParse(row);
      return parsed.success && !deleted.has(parsed.data.id) ? [parsed.data] : [];
    })
    .toSorted((a, b) => a.createdAt - b.createdAt || a.number - b.number);
}

export async function listLabels(database: Database): Promise<RunLabel[]> {
  const rows: unknown[] = await database.getAll('labels');
  return rows.flatMap((row) => {
    const parsed = runLabelSchema.safeParse(row);
    return parsed.success ? [parsed.data] : [];
  });
}

export async function findRun(database: Database, id: string): Promise<RunRecord | undefined> {
  const parsed = runSchema.safeParse(await database.get('runs', id));
  return parsed.success ? parsed.data : undefined;
}

/** @throws LabError `not-found` */
export async function requireRun(database: Database, id: string): Promise<RunRecord> {
  const run = await findRun(database, id);
  return (
    run ?? fail('not-found', `The run ${id} is not stored here.`, 'It may have been deleted in another tab: reload.')
  );
}

/** The number of the next run: one more than the highest there ever was among those stored. */
export async function nextNumber(database: Database): Promise<number> {
  const rows: unknown[] = await database.getAll('runs');
  const numbers = rows.flatMap((row) => {
    const parsed = runSchema.safeParse(row);
    return parsed.success ? [parsed.data.number] : [];
  });
  return Math.max(0, ...numbers) + 1;
}

/** The run and what belongs to it, in one transaction: none is ever newer than the others. */
export async function storeRun(database: Database, run: RunRecord, parts: RunParts = {}): Promise<void> {
  await writing('the run', async () => {
    const transaction = database.transaction(PLACES, 'readwrite');
    const { weights, steps, breakdown, label, checkpoint } = parts;
    await Promise.all([
      ...(checkpoint === undefined ? [] : [keepCheckpoint(transaction.objectStore('checkpoints'), run.id, checkpoint)]),
      transaction.objectStore('runs').put(run),
      ...(weights ? [transaction.objectStore('weights').put(weights, run.id)] : []),
      ...(steps ? [transaction.objectStore('steps').put(steps, run.id)] : []),
      ...(breakdown ? [transaction.objectStore('breakdowns').put(breakdown, run.id)] : []),
      ...(label ? [transaction.objectStore('labels').put(label)] : []),
      transaction.done,
    ]);
  });
}

type CheckpointStore = IDBPObjectStore<LabSchema, typeof PLACES, 'checkpoints', 'readwrite'>;

async function keepCheckpoint(
  store: CheckpointStore,
  runId: string,
  checkpoint: StoredCheckpoint | null,
): Promise<void> {
  const keys = await store.getAllKeys(checkpointsOf(runId));
  const dropped = checkpoint === null ? keys : keys.slice(0, Math.max(0, keys.length - MOST_CHECKPOINTS + 1));
  await Promise.all([
    ...dropped.map((key) => store.delete(key)),
    ...(checkpoint === null ? [] : [store.put(checkpoint, [runId, (keys.at(-1)?.[1] ?? 0) + 1])]),
  ]);
}

export async function readWeights(database: Database, runId: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return database.get('weights', runId);
}

/** @throws LabError `bad-input` where they are damaged */
export async function readSteps(database: Database, runId: string): Promise<StepTable> {
  const stored: unknown = await database.get('steps', runId);
  return stored === undefined ? NO_STEPS : parseStepTable(stored, `the run ${runId}`);
}

/** Undefined for a run that was never tested. @throws LabError `bad-input` where it is damaged */
export async function readBreakdown(database: Database, runId: string): Promise<Breakdown | undefined> {
  const stored: unknown = await database.get('breakdowns', runId);
  return stored === undefined ? undefined : parseBreakdown(stored, `the run ${runId}`);
}

export async function readLabel(database: Database, runId: string): Promise<RunLabel> {
  const parsed = runLabelSchema.safeParse(await database.get('labels', runId));
  return parsed.success ? parsed.data : emptyLabel(runId);
}

/** Keeps all of a label but whether the run is deleted, which is not a label's to say. */
export async function storeLabel(database: Database, label: RunLabel): Promise<void> {
  await changeLabels(database, [label.id], ({ deletedAt }) => ({ ...label, deletedAt }));
}

/** Hides runs, so that they can be brought back; they go for good when `purgeDeleted` is next called. */
export async function markDeleted(database: Database, ids: readonly string[], now: number): Promise<void> {
  await changeLabels(database, ids, (label) => ({ ...label, deletedAt: now }));
}

export async function unmarkDeleted(database: Database, ids: readonly string[]): Promise<void> {
  await changeLabels(database, ids, (label) => ({ ...label, deletedAt: null }));
}

async function changeLabels(
  database: Database,
  ids: readonly string[],
  change: (label: RunLabel) => RunLabel,
): Promise<void> {
  await writing('what you say of the run', async () => {
    const transaction = database.transaction('labels', 'readwrite');
    for (const id of ids) {
      const parsed = runLabelSchema.safeParse(await transaction.store.get(id));
      await transaction.store.put(change(parsed.success ? parsed.data : emptyLabel(id)));
    }
    await transaction.done;
  });
}

/** Forgets what was deleted long enough ago that nobody is about to bring it back. */
export async function purgeDeleted(database: Database, now: number): Promise<void> {
  for (const { id, deletedAt } of await listLabels(database)) {
    if (deletedAt === null || now - deletedAt < UNDO_MS) continue;
    const transaction = database.transaction(PLACES, 'readwrite');
    await Promise.all([
      ...PLACES.map((place) => transaction.objectStore(place).delete(place === 'checkpoints' ? checkpointsOf(id) : id)),
      transaction.done,
    ]);
  }
}
