/**
 * Data sets in IndexedDB. Shards are stored under an owner, the name of the download or import that wrote them, so two data sets never
 * share one. A data set is listed, with its owner, once all its shards are stored.
 */
import { z } from 'zod';
import { MANIFEST_SCHEMA, manifestSchema, shardsOf, type Manifest } from '#core/data/manifest.ts';
import { fail } from '#core/failure.ts';
import type { DamagedRecord } from '#core/runs/damagedRecord.ts';
import type { StoredDataset } from '#core/data/stored.ts';
import { check } from './damaged.ts';
import { writing, type Database, type DatasetRow } from './database.ts';

/** The owner of a download. It is the same each time, so that an interrupted download resumes. */
export function downloadOwner({ id, sha256 }: Pick<Manifest, 'id' | 'sha256'>): string {
  return `download/${id}/${sha256}`;
}

/** The owner of an import. It is new each time, since an import cannot resume. */
export function importOwner(startedAt: number): string {
  return `${IMPORTS}${startedAt}`;
}

const IMPORTS = 'import/';

export function describeDataset({ manifest, storedAt }: DatasetRow): StoredDataset {
  return { manifest, storedAt, bytes: shardsOf(manifest).reduce((sum, shard) => sum + shard.bytes, 0) };
}

const rowSchema = z.object({ id: z.string(), manifest: manifestSchema, owner: z.string(), storedAt: z.number() });
const ownedRow = z.looseObject({ owner: z.string() });
const titledRow = z.looseObject({ manifest: z.looseObject({ title: z.string() }) });
const namedRow = z.looseObject({ manifest: z.looseObject({ title: z.string(), sha256: z.string() }) });

export interface StoredDatasets {
  readonly datasets: readonly StoredDataset[];
  /** Rows that cannot be read. */
  readonly damaged: readonly DamagedRecord[];
}

export async function readDatasets(database: Database): Promise<StoredDatasets> {
  const datasets: StoredDataset[] = [];
  const damaged: DamagedRecord[] = [];
  for (const row of await database.getAll('datasets')) {
    const what = whatIsWrong(row);
    if (what === null) datasets.push(describeDataset(row));
    else {
      const title = `The data set ${titledRow.safeParse(row).data?.manifest.title ?? row.id}`;
      damaged.push({ store: 'datasets', id: row.id, title, what });
    }
  }
  return { datasets, damaged };
}

/** What is wrong with a row; null if it can be read. */
function whatIsWrong(row: DatasetRow): string | null {
  const whole = check(rowSchema, row);
  if (whole.ok) return null;
  // a manifest has a version, and a message about its version is more helpful than one about missing fields
  const manifest = check(manifestSchema, row.manifest, MANIFEST_SCHEMA);
  return manifest.ok ? whole.what : manifest.what;
}

export async function listDatasets(database: Database): Promise<readonly StoredDataset[]> {
  return (await readDatasets(database)).datasets;
}

/** @returns undefined if it is not stored @throws LabError `bad-input` if it cannot be read */
export async function findDataset(database: Database, id: string): Promise<DatasetRow | undefined> {
  const row = await database.get('datasets', id);
  const what = row ? whatIsWrong(row) : null;
  if (what !== null) {
    fail(
      'bad-input',
      `The data set ${id} is damaged. ${what}`,
      'It is listed under “Damaged records” on the Data page, where you can download or delete its data. Then download or import it again.',
    );
  }
  return row;
}

/** File names of an owner's shards. */
export async function storedShards(database: Database, owner: string): Promise<ReadonlySet<string>> {
  const keys = await database.getAllKeys('shards', shardsOfOwner(owner));
  return new Set(keys.map(([, file]) => file));
}

export async function storeShard(database: Database, owner: string, file: string, bytes: ArrayBuffer): Promise<void> {
  await writing(`the shard ${file}`, () => database.put('shards', bytes, [owner, file]));
}

export async function readShard(database: Database, owner: string, file: string): Promise<ArrayBuffer | undefined> {
  return database.get('shards', [owner, file]);
}

/**
 * Lists a data set whose shards are all stored, and deletes the shards of an older one with its id, in one transaction.
 * @param replaces SHA-256 of the data set that may be replaced; null for none, any if left out. The same content may always be replaced.
 * @throws LabError `bad-input` if a data set that may not be replaced is stored under its id
 */
export async function completeDataset(
  database: Database,
  row: DatasetRow,
  replaces?: string | null,
): Promise<StoredDataset> {
  await writing(`the data set ${row.id}`, async () => {
    const transaction = database.transaction(['datasets', 'shards'], 'readwrite');
    const previous = await transaction.objectStore('datasets').get(row.id);
    const before = namedRow.safeParse(previous).data?.manifest; // a damaged one cannot be used, so it may be replaced
    const expected = [replaces, row.manifest.sha256];
    if (before && replaces !== undefined && !expected.includes(before.sha256)) {
      fail(
        'bad-input',
        `Another data set, “${before.title}”, was stored with this name in the meantime.`,
        'Import it again under another name, or press Import again to replace that one.',
      );
    }
    await transaction.objectStore('datasets').put(row);
    const owner = ownedRow.safeParse(previous).data?.owner;
    if (owner !== undefined && owner !== row.owner) {
      await transaction.objectStore('shards').delete(shardsOfOwner(owner));
    }
    await transaction.done;
  });
  return describeDataset(row);
}

export async function deleteDataset(database: Database, id: string): Promise<void> {
  const transaction = database.transaction(['datasets', 'shards'], 'readwrite');
  const row = await transaction.objectStore('datasets').get(id);
  const owner = ownedRow.safeParse(row).data?.owner;
  if (row) await transaction.objectStore('datasets').delete(id);
  if (owner !== undefined) await transaction.objectStore('shards').delete(shardsOfOwner(owner));
  await transaction.done;
}

/** Deletes the shards of an owner, such as a failed or cancelled import. */
export async function dropShards(database: Database, owner: string): Promise<void> {
  await database.delete('shards', shardsOfOwner(owner));
}

/** Deletes the shards of imports that ended when a tab was closed. Call only while no import is in progress. */
export async function dropAbandonedImports(database: Database): Promise<void> {
  const owners = (await database.getAll('datasets')).map((row) => ownedRow.safeParse(row).data?.owner);
  // a damaged data set may lack its owner, so its shards could be taken for abandoned ones
  if (owners.includes(undefined)) return;
  const listed = new Set(owners);
  const keys = await database.getAllKeys('shards', IDBKeyRange.bound([IMPORTS, ''], [`${IMPORTS}\uffff`, '']));
  for (const owner of new Set(keys.map(([owner]) => owner))) {
    if (!listed.has(owner)) await dropShards(database, owner);
  }
}

function shardsOfOwner(owner: string): IDBKeyRange {
  return IDBKeyRange.bound([owner, ''], [owner, '\uffff']);
}
