/**
 * Upgrades the lab's IndexedDB from each older version to the current one, in one step per version. All steps run in one transaction,
 * so an upgrade is complete or does not happen. Only this file describes the database formats of older versions.
 */
import type { IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import { z } from 'zod';
import { anyNumber } from '#core/json.ts';
import { stepTable } from '#core/runs/stepTable.ts';
import type { LabSchema } from './database.ts';

type Upgrade = IDBPTransaction<LabSchema, StoreNames<LabSchema>[], 'versionchange'>;

/** @param from the existing version; 0 if there is none */
export async function migrate(database: IDBPDatabase<LabSchema>, upgrade: Upgrade, from: number): Promise<void> {
  if (from < 1) {
    database.createObjectStore('datasets', { keyPath: 'id' });
    database.createObjectStore('shards');
    database.createObjectStore('runs', { keyPath: 'id' });
    database.createObjectStore('weights');
  }
  if (from < 2) {
    database.createObjectStore('steps');
    database.createObjectStore('breakdowns');
    database.createObjectStore('labels', { keyPath: 'id' });
    await moveStepsOutOfRuns(upgrade);
  }
  if (from < 3) database.createObjectStore('checkpoints');
  if (from < 4) database.createObjectStore('experiments', { keyPath: 'id' });
}

const runOfVersion1 = z.looseObject({
  schema: z.literal(1),
  id: z.string(),
  createdAt: z.number(),
  steps: z.array(z.object({ step: z.int().min(1), loss: anyNumber, gradientNorm: anyNumber })),
});

/** Version 1 stored a run's steps in its record, and did not number runs. Other records are not changed. */
async function moveStepsOutOfRuns(upgrade: Upgrade): Promise<void> {
  const runs = upgrade.objectStore('runs');
  const steps = upgrade.objectStore('steps');
  const rows: unknown[] = await runs.getAll();
  const known = rows.flatMap((row) => {
    const parsed = runOfVersion1.safeParse(row);
    return parsed.success ? [parsed.data] : [];
  });
  const inOrder = known.toSorted((a, b) => a.createdAt - b.createdAt);
  for (const [index, { steps: records, ...run }] of inOrder.entries()) {
    const unmeasured = { tokens: Number.NaN, seconds: Number.NaN, layerNorms: null };
    await steps.put(stepTable(records.map((record) => ({ ...record, ...unmeasured }))), run.id);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the rest is what version 2 has, and is checked when it is read
    await runs.put({ ...run, schema: 2, number: index + 1 } as unknown as LabSchema['runs']['value']);
  }
}
