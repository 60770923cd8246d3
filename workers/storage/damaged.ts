/**
 * Stored records that cannot be read. They are distinguished from missing ones, can be exported unchanged, deleted and restored. A record
 * that does not parse is never silently left out, since it may be the user's training.
 */
import { unwrap, wrap, type IDBPDatabase } from 'idb';
import { z } from 'zod';
import type { DamagedRecord } from '#core/runs/damagedRecord.ts';
import { checkpointsOf } from './checkpoints.ts';
import { writing, type Database } from './database.ts';

/** A record that parsed, or what is wrong with it in a sentence. */
export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly what: string };

const versioned = z.looseObject({ schema: z.number() });

/** @param version format version that this lab reads, if its records have one */
export function check<T>(schema: z.ZodType<T>, row: unknown, version?: number): Checked<T> {
  const parsed = schema.safeParse(row);
  if (parsed.success) return { ok: true, value: parsed.data };
  const marked = versioned.safeParse(row);
  if (version !== undefined && marked.success && marked.data.schema !== version) {
    const what = `Another version of the lab wrote it: its format is ${marked.data.schema}, but this version reads ${version}.`;
    return { ok: false, what };
  }
  const [first, ...others] = parsed.error.issues;
  const more = others.length === 0 ? '' : `; ${others.length} more like this`;
  return { ok: false, what: `It cannot be read: ${first ? issueIn(row, first) : 'it is not a record'}${more}.` };
}

/** Describes an issue: `epochs[0].seconds is "ten" (expected a number)`. */
function issueIn(row: unknown, { path, message }: z.core.$ZodIssue): string {
  let value = row;
  for (const step of path) value = isObject(value) ? value[step] : undefined;
  const where = path.length === 0 ? 'it' : z.core.toDotPath(path);
  return `${where} ${value === undefined ? 'is missing' : `is ${shown(value)}`} (${message})`;
}

function isObject(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return typeof value === 'object' && value !== null;
}

const MAX_SHOWN = 40;

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isObject(value)) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** The rows of a record, with their keys in its object store. */
export type RawRows = readonly { readonly key: IDBValidKey; readonly value: unknown }[];

/** Identifies a record by its object store and id. */
export interface RecordKey {
  readonly store: DamagedRecord['store'] | 'weights';
  /** Id of the run, experiment or data set. */
  readonly id: string;
}

/** The database without its typed schema, so that records are `unknown`. */
function untyped(database: Database): IDBPDatabase {
  return wrap(unwrap(database));
}

function keysOf({ store, id }: RecordKey): IDBKeyRange {
  return store === 'checkpoints' ? checkpointsOf(id) : IDBKeyRange.only(id);
}

export async function readRaw(database: Database, record: RecordKey): Promise<RawRows> {
  const { store, done } = untyped(database).transaction(record.store);
  const asked = [store.getAllKeys(keysOf(record)), store.getAll(keysOf(record)), done] as const;
  const [keys, values]: readonly [IDBValidKey[], unknown[], void] = await Promise.all(asked);
  return keys.map((key, row) => ({ key, value: values[row] }));
}

/** Deletes a record. @returns its rows, for `putBack` */
export async function takeOut(database: Database, record: RecordKey): Promise<RawRows> {
  const rows = await readRaw(database, record);
  await untyped(database).delete(record.store, keysOf(record));
  return rows;
}

/** Restores what `takeOut` deleted. @throws DOMException `ConstraintError` if a newer row has the same key; that row stays */
export async function putBack(database: Database, record: RecordKey, rows: RawRows): Promise<void> {
  await writing('the deleted record', async () => {
    const { store, done } = untyped(database).transaction(record.store, 'readwrite');
    await Promise.all([
      ...rows.map(({ key, value }) => (store.keyPath === null ? store.add(value, key) : store.add(value))),
      done,
    ]);
  });
}
