/** Data sets in IndexedDB: complete ones listed, missing shards added, all of one deleted. */
import type { Manifest, ShardEntry } from '../../src/core/dataset/manifest.ts';
import { SPLITS } from '../../src/core/dataset/manifest.ts';
import type { StoredDataset } from '../protocol.ts';
import { writing, type Database } from './database.ts';

export function shardsOf(manifest: Manifest): readonly ShardEntry[] {
  return SPLITS.flatMap((split) => manifest.splits[split].shards);
}

function bytesOf(manifest: Manifest): number {
  return shardsOf(manifest).reduce((sum, shard) => sum + shard.bytes, 0);
}

export async function listDatasets(database: Database): Promise<StoredDataset[]> {
  const rows = await database.getAll('datasets');
  return rows.map(({ manifest, storedAt }) => ({ manifest, storedAt, bytes: bytesOf(manifest) }));
}

export async function findDataset(database: Database, id: string): Promise<StoredDataset | undefined> {
  const row = await database.get('datasets', id);
  return row && { manifest: row.manifest, storedAt: row.storedAt, bytes: bytesOf(row.manifest) };
}

/** File names of the shards of a data set that are already here, from an earlier, interrupted download. */
export async function storedShards(database: Database, sha256: string): Promise<ReadonlySet<string>> {
  const keys = await database.getAllKeys('shards', shardRange(sha256));
  return new Set(keys.map(([, file]) => file));
}

export async function storeShard(database: Database, sha256: string, file: string, bytes: ArrayBuffer): Promise<void> {
  await writing(`the shard ${file}`, () => database.put('shards', bytes, [sha256, file]));
}

export async function readShard(database: Database, sha256: string, file: string): Promise<ArrayBuffer | undefined> {
  return database.get('shards', [sha256, file]);
}

/** Lists the data set as complete, and drops the shards of an older version under the same id, in one transaction. */
export async function completeDataset(database: Database, manifest: Manifest, storedAt: number): Promise<void> {
  await writing(`the data set ${manifest.id}`, async () => {
    const transaction = database.transaction(['datasets', 'shards'], 'readwrite');
    const previous = await transaction.objectStore('datasets').get(manifest.id);
    await transaction.objectStore('datasets').put({ id: manifest.id, manifest, storedAt });
    if (previous && previous.manifest.sha256 !== manifest.sha256) {
      await transaction.objectStore('shards').delete(shardRange(previous.manifest.sha256));
    }
    await transaction.done;
  });
}

export async function deleteDataset(database: Database, id: string): Promise<void> {
  const transaction = database.transaction(['datasets', 'shards'], 'readwrite');
  const row = await transaction.objectStore('datasets').get(id);
  if (row) {
    await transaction.objectStore('datasets').delete(id);
    await transaction.objectStore('shards').delete(shardRange(row.manifest.sha256));
  }
  await transaction.done;
}

function shardRange(sha256: string): IDBKeyRange {
  return IDBKeyRange.bound([sha256, ''], [sha256, '\uffff']);
}
