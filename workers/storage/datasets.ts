/**
 * Data sets in IndexedDB. Shards lie under an owner, the name of the one download or import that brought them, so that two
 * data sets never share one; a data set is listed, with its owner, once all its shards are there.
 */
import { shardsOf, type Manifest } from '../../src/core/dataset/manifest.ts';
import type { StoredDataset } from '../protocol.ts';
import { writing, type Database, type DatasetRow } from './database.ts';

/** The owner of a download: the same each time, so that an interrupted one goes on. */
export function downloadOwner({ id, sha256 }: Pick<Manifest, 'id' | 'sha256'>): string {
  return `download/${id}/${sha256}`;
}

/** The owner of an import: a new one each time, since an import begins anew. */
export function importOwner(startedAt: number): string {
  return `${IMPORTS}${startedAt}`;
}

const IMPORTS = 'import/';

export function describeDataset({ manifest, storedAt }: DatasetRow): StoredDataset {
  return { manifest, storedAt, bytes: shardsOf(manifest).reduce((sum, shard) => sum + shard.bytes, 0) };
}

export async function listDatasets(database: Database): Promise<StoredDataset[]> {
  return (await database.getAll('datasets')).map(describeDataset);
}

export async function findDataset(database: Database, id: string): Promise<DatasetRow | undefined> {
  return database.get('datasets', id);
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

/** Lists a data set whose shards are all stored, and drops those of an older one of its id, in one transaction. */
export async function completeDataset(database: Database, row: DatasetRow): Promise<StoredDataset> {
  await writing(`the data set ${row.id}`, async () => {
    const transaction = database.transaction(['datasets', 'shards'], 'readwrite');
    const previous = await transaction.objectStore('datasets').get(row.id);
    await transaction.objectStore('datasets').put(row);
    if (previous && previous.owner !== row.owner) {
      await transaction.objectStore('shards').delete(shardsOfOwner(previous.owner));
    }
    await transaction.done;
  });
  return describeDataset(row);
}

export async function deleteDataset(database: Database, id: string): Promise<void> {
  const transaction = database.transaction(['datasets', 'shards'], 'readwrite');
  const row = await transaction.objectStore('datasets').get(id);
  if (row) {
    await transaction.objectStore('datasets').delete(id);
    await transaction.objectStore('shards').delete(shardsOfOwner(row.owner));
  }
  await transaction.done;
}

/** Forgets what a failed or cancelled import stored. */
export async function dropShards(database: Database, owner: string): Promise<void> {
  await database.delete('shards', shardsOfOwner(owner));
}

/** Forgets what imports left behind that a closed tab cut off; call while none is under way. */
export async function dropAbandonedImports(database: Database): Promise<void> {
  const listed = new Set((await database.getAll('datasets')).map(({ owner }) => owner));
  const keys = await database.getAllKeys('shards', IDBKeyRange.bound([IMPORTS, ''], [`${IMPORTS}\uffff`, '']));
  for (const owner of new Set(keys.map(([owner]) => owner))) {
    if (!listed.has(owner)) await dropShards(database, owner);
  }
}

function shardsOfOwner(owner: string): IDBKeyRange {
  return IDBKeyRange.bound([owner, ''], [owner, '\uffff']);
}
