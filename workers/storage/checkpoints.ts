/**
 * Checkpoints in IndexedDB, the last two of each run. Their hash reveals damage, and then the previous one is used. They are written
 * in the transaction that stores the run (runs.ts).
 */
import { sha256Hex } from '#core/data/hash.ts';
import type { Database } from './database.ts';

/** A checkpoint as stored. */
export interface StoredCheckpoint {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256 of the bytes. */
  readonly sha256: string;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
}

/** Checkpoints kept per run: the last, and the one before in case the last is damaged. */
export const MAX_CHECKPOINTS = 2;

export async function sealCheckpoint(bytes: Uint8Array<ArrayBuffer>): Promise<StoredCheckpoint> {
  return { bytes, sha256: await sha256Hex(bytes), savedAt: Date.now() };
}

/** Range of the keys of a run's checkpoints; they sort by age, oldest first. */
export function checkpointsOf(runId: string): IDBKeyRange {
  return IDBKeyRange.bound([runId], [runId, []]);
}

export interface FoundCheckpoint {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly savedAt: number;
  /** Number of newer checkpoints that are damaged and were skipped. */
  readonly damaged: number;
}

/** Finds the newest checkpoint that is not damaged. @returns null bytes if there is none, and the number of damaged ones */
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
