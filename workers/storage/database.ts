/**
 * The lab's IndexedDB: its stores, its version, and error messages. Only this folder uses it.
 * Inside a transaction, only its own requests may be awaited. Awaiting anything else would let it commit early.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Manifest } from '#core/data/manifest.ts';
import { fail, LabError, messageOf } from '#core/failure.ts';
import type { ExperimentRecord } from '#core/experiments/record.ts';
import type { Breakdown } from '#core/metrics/breakdown.ts';
import type { RunLabel } from '#core/runs/runLabel.ts';
import type { RunRecord } from '#core/runs/run.ts';
import type { StepTable } from '#core/runs/stepTable.ts';
import type { StoredCheckpoint } from './checkpoints.ts';
import { migrate } from './migrations.ts';

export const DATABASE_NAME = 'minicopilot-lab';
export const DATABASE_VERSION = 4;

export interface DatasetRow {
  readonly id: string;
  readonly manifest: Manifest;
  /** First part of the key of its shards. */
  readonly owner: string;
  readonly storedAt: number;
}

export interface LabSchema extends DBSchema {
  /** Data sets of which every shard is stored. */
  datasets: { key: string; value: DatasetRow };
  /** By owner (datasets.ts) and file name, so that a new version of a data set never overwrites the shards of an old one. */
  shards: { key: [owner: string, file: string]; value: ArrayBuffer };
  runs: { key: string; value: RunRecord };
  /** The best weights of a run as safetensors, by the run's id. */
  weights: { key: string; value: Uint8Array<ArrayBuffer> };
  /** The training steps of a run, by the run's id. */
  steps: { key: string; value: StepTable };
  /** Results of a run's best weights on each test file, by the run's id. */
  breakdowns: { key: string; value: Breakdown };
  labels: { key: string; value: RunLabel };
  /** By the run's id and an ascending number. */
  checkpoints: { key: [runId: string, number: number]; value: StoredCheckpoint };
  /** Requested experiments and the states of their runs. Their waiting runs are the queue. */
  experiments: { key: string; value: ExperimentRecord };
}

export type Database = IDBPDatabase<LabSchema>;

export interface DatabaseListeners {
  /** Called when the browser ends the connection, because its storage was cleared or a disk was removed. */
  readonly onLost?: () => void;
  /**
   * Called when another tab waits for this connection to close. It closes once the promise resolves, or after `CLOSING_MS`.
   * @param upgrade true for a newer version of the lab, false if the database will be deleted
   */
  readonly beforeClose?: (upgrade: boolean) => Promise<void>;
}

/** Maximum wait before closing. The other tab shows nothing until this one has closed its connection. */
const CLOSING_MS = 2_000;

/** @throws LabError `superseded`, `no-storage` if the browser does not have or allow IndexedDB, or `internal` for a failed upgrade */
export async function openDatabase({ onLost, beforeClose }: DatabaseListeners = {}): Promise<Database> {
  if (!('indexedDB' in globalThis)) {
    fail('no-storage', 'This browser does not let the lab store data (IndexedDB).', STORAGE_REMEDY);
  }
  let broken: unknown;
  try {
    return await openDB<LabSchema>(DATABASE_NAME, DATABASE_VERSION, {
      upgrade(database, from, _to, transaction) {
        // It only awaits requests of the upgrade's own transaction. A failure aborts that transaction.
        migrate(database, transaction, from).catch((error: unknown) => {
          broken = error;
          transaction.abort();
        });
      },
      terminated: () => onLost?.(),
      blocking: (_current, next, event) => {
        const { target } = event;
        const close = () => {
          if (target instanceof IDBDatabase) target.close();
        };
        // a failure of `beforeClose` is reported elsewhere, and must not keep the connection open
        void Promise.race([beforeClose?.(next !== null), sleep(CLOSING_MS)]).then(close, close);
      },
    });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'VersionError') {
      throw new LabError(
        {
          kind: 'superseded',
          what: 'A newer version of the lab wrote the data stored here.',
          remedy: 'Reload the page to get the newer version. Stored data has not changed.',
        },
        { cause },
      );
    }
    if (broken !== undefined) {
      fail(
        'internal',
        `Data stored by an older version of the lab could not be converted: ${messageOf(broken)}.`,
        'It has not changed. Please report this message.',
        broken,
      );
    }
    fail('no-storage', `The browser does not let the lab store data (${messageOf(cause)}).`, STORAGE_REMEDY, cause);
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

const STORAGE_REMEDY =
  'Use a normal window instead of a private one, or allow site data for this page in the browser’s settings. Then reload. Nothing is lost.';

/** Runs a write, and distinguishes a full disk and a lost connection from a bug. @throws LabError `storage-full` or `no-storage` */
export async function writing<T>(what: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'QuotaExceededError') {
      fail(
        'storage-full',
        `There is no space left to store ${what}.`,
        'Free disk space, or delete data sets or runs that you no longer need. Data stored earlier is safe.',
        cause,
      );
    }
    if (cause instanceof DOMException && cause.name === 'InvalidStateError') {
      fail(
        'no-storage',
        `The connection to the browser's storage was lost while storing ${what}.`,
        'Reload the page. Data stored earlier is safe, and a run resumes from its last checkpoint.',
        cause,
      );
    }
    throw cause;
  }
}
