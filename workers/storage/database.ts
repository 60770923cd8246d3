/**
 * The lab's IndexedDB: its stores, its version, and its faults in words. Only this folder knows it.
 * Nothing but requests of the same transaction is awaited inside one, or it would commit under our feet.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Manifest } from '../../src/core/dataset/manifest.ts';
import { fail, LabError, messageOf } from '../../src/core/failure.ts';
import type { RunRecord } from '../../src/core/run.ts';

const NAME = 'minicopilot-lab';
const VERSION = 1;

export interface DatasetRow {
  readonly id: string;
  readonly manifest: Manifest;
  /** Under which its shards lie. */
  readonly owner: string;
  readonly storedAt: number;
}

export interface LabSchema extends DBSchema {
  /** Data sets of which every shard is stored. */
  datasets: { key: string; value: DatasetRow };
  /** By owner (datasets.ts) and file name, so that a new version never overwrites an old one's shards. */
  shards: { key: [owner: string, file: string]; value: ArrayBuffer };
  runs: { key: string; value: RunRecord };
  /** The best weights of a run, by its id, as safetensors. */
  weights: { key: string; value: Uint8Array<ArrayBuffer> };
}

export type Database = IDBPDatabase<LabSchema>;

/** @throws LabError `no-storage` where the browser has or allows no IndexedDB */
export async function openDatabase(): Promise<Database> {
  if (!('indexedDB' in globalThis)) {
    fail('no-storage', 'This browser offers no storage (IndexedDB) to the lab.', STORAGE_REMEDY);
  }
  try {
    return await openDB<LabSchema>(NAME, VERSION, {
      upgrade(database) {
        database.createObjectStore('datasets', { keyPath: 'id' });
        database.createObjectStore('shards');
        database.createObjectStore('runs', { keyPath: 'id' });
        database.createObjectStore('weights');
      },
      // An older page holds the database at an older version, or a newer one waits for this: let go at once.
      blocking: (_current, _blocked, event) => {
        if (event.target instanceof IDBDatabase) event.target.close();
      },
    });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'VersionError') {
      throw new LabError(
        {
          kind: 'unknown-version',
          what: 'What is stored here was written by a newer version of the lab.',
          remedy: 'Reload the page to get the newer version. What is stored is unchanged.',
        },
        { cause },
      );
    }
    fail('no-storage', `The browser refuses storage to the lab (${messageOf(cause)}).`, STORAGE_REMEDY, cause);
  }
}

const STORAGE_REMEDY =
  'Leave the private window, or allow site data for this page in the browser’s settings, and reload. Nothing is lost.';

/** Runs a write, and tells a full disk apart from a bug. */
export async function writing<T>(what: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'QuotaExceededError') {
      fail(
        'storage-full',
        `There is no room left to store ${what}.`,
        'Free disk space, or delete data sets or runs you no longer need. What was stored before is safe.',
        cause,
      );
    }
    throw cause;
  }
}
