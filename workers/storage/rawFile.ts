/** Everything stored of a run, experiment or data set as a .zip, even if the lab cannot read it: data as JSON, bytes as files. */
import { BlobWriter, TextReader, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js';
import { writeJson } from '#core/json.ts';
import { readRaw, type RecordKey } from './damaged.ts';
import type { Database } from './database.ts';
import { readShard, storedShards } from './datasets.ts';

/** The stores that have a part of a run, and the name of each part in the file. */
const PARTS: readonly (readonly [store: RecordKey['store'], name: string])[] = [
  ['runs', 'run'],
  ['labels', 'label'],
  ['steps', 'steps'],
  ['breakdowns', 'breakdown'],
  ['weights', 'weights'],
  ['checkpoints', 'checkpoint'],
];

/** @returns the .zip; a browser may keep it on disk */
export async function packRaw(database: Database, { store, id }: RecordKey): Promise<Blob> {
  const zip = new ZipWriter(new BlobWriter('application/zip'), { useWebWorkers: false });
  if (store === 'datasets') await addDataset(zip, database, id);
  else if (store === 'experiments') {
    for (const { value } of await readRaw(database, { store, id })) await addValue(zip, 'experiment', value);
  } else {
    for (const [part, name] of PARTS) {
      const rows = await readRaw(database, { store: part, id });
      for (const [at, { value }] of rows.entries()) {
        await addValue(zip, rows.length > 1 ? `${name}-${at + 1}` : name, value);
      }
    }
  }
  return zip.close();
}

async function addDataset(zip: ZipWriter<Blob>, database: Database, id: string): Promise<void> {
  for (const { value } of await readRaw(database, { store: 'datasets', id })) {
    await addValue(zip, 'dataset', value);
    const owner = isRecord(value) ? value['owner'] : undefined;
    if (typeof owner !== 'string') continue;
    for (const file of await storedShards(database, owner)) {
      const shard: unknown = await readShard(database, owner, file);
      if (shard instanceof ArrayBuffer) await addBytes(zip, `shards/${file}`, new Uint8Array(shard));
    }
  }
}

/** Adds bytes unchanged, and other values as JSON. The `bytes` of an object, such as a checkpoint, become a separate file. */
async function addValue(zip: ZipWriter<Blob>, name: string, value: unknown): Promise<void> {
  if (value instanceof Uint8Array) {
    await addBytes(zip, `${name}.safetensors`, value);
    return;
  }
  let rest = value;
  if (isRecord(value) && value['bytes'] instanceof Uint8Array) {
    await addBytes(zip, `${name}.safetensors`, value['bytes']);
    rest = { ...value, bytes: `${name}.safetensors` };
  }
  await zip.add(`${name}.json`, new TextReader(writeJson(plain(rest, []), 1)), { level: 6 });
}

async function addBytes(zip: ZipWriter<Blob>, name: string, bytes: Uint8Array): Promise<void> {
  await zip.add(name, new Uint8ArrayReader(bytes), { level: 0 });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Converts any stored value for JSON: typed arrays become lists, and cycles a text. @param within objects that contain the value */
function plain(value: unknown, within: readonly unknown[]): unknown {
  if (typeof value === 'bigint') return String(value);
  if (!isRecord(value) || value instanceof Date) return value;
  if (within.includes(value)) return 'an object that contains itself';
  const inside = [...within, value];
  if (value instanceof ArrayBuffer) return [...new Uint8Array(value)];
  if (Array.isArray(value) || value instanceof Set) return [...value].map((one) => plain(one, inside));
  // the values of a typed array are its numbers
  if (ArrayBuffer.isView(value)) return Object.values(value).map((one) => plain(one, inside));
  const entries: readonly (readonly [unknown, unknown])[] = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, one]) => [String(key), plain(one, inside)]));
}
