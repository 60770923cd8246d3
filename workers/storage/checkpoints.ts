/**
 * Checkpoints in IndexedDB, the last two of each run: bytes with their hash, so that damage is seen and the one before is taken.
 * They are written with the run (runs.ts), in its transaction.
 */
import { sha256Hex } from '#core/data/hash.ts';
import type { Database } from './database.ts';

/** As stored. */
export interface StoredCheckpoint {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256 of the bytes. */
  readonly sha256: string;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
}

/** Kept of each run: the last, and the one before for where that is damaged. */
export const MAX_CHECKPOINTS = 2;

export async function sealCheckpoint(bytes: Uint8Array<ArrayBuffer>): Promise<StoredCheckpoint> {
  return { bytes, sha256: await sha256Hex(bytes), savedAt: Date.now() };
}

/** All keys of a run's checkpoints, the oldest first. */
export function checkpointsOf(runId: string): IDBKeyRange {
  return IDBKeyRange.bound([runId], [runId, []]);
}

export interface FoundCheckpoint {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly savedAt: number;
  /** Newer ones that are damaged, and passed over. */
  readonly damaged: number;
}

/** The newest that is whole; null where there is none. @returns with how many were damaged */
export async function findCheckpoint(
  database: Database,
  runId: string,
): Promise<FoundCheckpoint | { readonly bytes: null; readonly damaged: number }> {
  const keys = await database.getAllKeys('checkpoints', checkpointsOf(runId));
  let damaged = 0;
  for (const key of keys.toReversed()) {
    const { bytes, sha256, savedAt } = (await database.get('checkpoints', key)) ?? {};
    if (bytes instanceof Uint8Array && savedAt !== undefined && (await sha256Hex(new Uint8Array(bytes))) === sha256) {
      return { bytes: new Uint8Array(bytes), savedAt, damaged };
    }
    damaged++;
  }
  return { bytes: null, damaged };
}

/** Ids of the runs that have checkpoints. */
export async function runsWithCheckpoints(database: Database): Promise<ReadonlySet<string>> {
  const keys = await database.getAllKeys('checkpoints');
  return new Set(keys.map(([runId]) => runId));
}
