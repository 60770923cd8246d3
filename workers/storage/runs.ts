/** Runs and their best weights in IndexedDB. */
import { runSchema, type RunRecord } from '../../src/core/run.ts';
import { writing, type Database } from './database.ts';

/** All runs, oldest first. Records of another version are left alone and not listed. */
export async function listRuns(database: Database): Promise<RunRecord[]> {
  const rows: unknown[] = await database.getAll('runs');
  return rows
    .flatMap((row) => {
      const parsed = runSchema.safeParse(row);
      return parsed.success ? [parsed.data] : [];
    })
    .toSorted((a, b) => a.createdAt - b.createdAt);
}

export async function findRun(database: Database, id: string): Promise<RunRecord | undefined> {
  const parsed = runSchema.safeParse(await database.get('runs', id));
  return parsed.success ? parsed.data : undefined;
}

export async function storeRun(database: Database, run: RunRecord): Promise<void> {
  await writing('the run', () => database.put('runs', run));
}

/** The run and the weights that its measures belong to, in one transaction: neither is ever newer than the other. */
export async function storeRunWithWeights(
  database: Database,
  run: RunRecord,
  weights: Uint8Array<ArrayBuffer>,
): Promise<void> {
  await writing('the run and its weights', async () => {
    const transaction = database.transaction(['runs', 'weights'], 'readwrite');
    await Promise.all([
      transaction.objectStore('runs').put(run),
      transaction.objectStore('weights').put(weights, run.id),
      transaction.done,
    ]);
  });
}

export async function readWeights(database: Database, runId: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return database.get('weights', runId);
}

export async function deleteRun(database: Database, id: string): Promise<void> {
  const transaction = database.transaction(['runs', 'weights'], 'readwrite');
  await Promise.all([
    transaction.objectStore('runs').delete(id),
    transaction.objectStore('weights').delete(id),
    transaction.done,
  ]);
}
