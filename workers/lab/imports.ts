/** Runs one import in a worker of its own, and stores what it made or nothing at all. */
import { proxy, wrap } from 'comlink';
import type { ImportProgress } from '#core/data/import.ts';
import type { Manifest } from '#core/data/manifest.ts';
import { LabError } from '#core/failure.ts';
import type { Importer } from '#import/import.worker.ts';
import type { ImportRequest, ImportState } from '#contract/lab.ts';
import { unwrap } from '#contract/remote.ts';
import type { StoredDataset } from '#core/data/stored.ts';
import type { Database } from '#storage/database.ts';
import { completeDataset, dropShards, importOwner } from '#storage/datasets.ts';

/** Longer than any step of a working import, even a slow download of a part of a file. */
const STALL_MS = 5 * 60 * 1000;

export interface ImportJob {
  readonly request: ImportRequest;
  readonly onState: (state: ImportState) => void;
  readonly signal: AbortSignal;
}

/** @throws LabError as the importer does, `cancelled`, or `worker` when it died */
export async function runImport(database: Database, { request, onState, signal }: ImportJob): Promise<StoredDataset> {
  const storedAt = Date.now();
  const owner = importOwner(storedAt);
  const worker = new Worker(new URL('../import/import.worker.ts', import.meta.url), { type: 'module' });
  try {
    const ended = new Promise<never>((_, reject) => {
      worker.addEventListener('error', ({ message }) => reject(diedOf(message)));
      signal.addEventListener('abort', () => reject(cancelled()));
      if (signal.aborted) reject(cancelled());
    });
    const watchdog = new Watchdog();
    const report = withRate(onState);
    const onProgress = proxy((progress: ImportProgress) => {
      watchdog.moved();
      report(progress);
    });
    const run = wrap<Importer>(worker).run(request, owner, onProgress);
    const made = await Promise.race([run, ended, watchdog.stalled]).finally(() => watchdog.end());
    const manifest: Manifest = unwrap(made);
    return await completeDataset(database, { id: manifest.id, manifest, owner, storedAt }, request.replaces);
  } catch (error) {
    // The worker is ended first, so that it stores nothing more; then what it stored is deleted.
    worker.terminate();
    await dropShards(database, owner);
    throw error;
  } finally {
    worker.terminate();
  }
}

/** Rejects when an import has made no progress for long: damage inside a Parquet page can make its reader loop forever. */
class Watchdog {
  readonly stalled: Promise<never>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #reject: (error: LabError) => void;

  constructor() {
    const { promise, reject } = Promise.withResolvers<never>();
    this.stalled = promise;
    this.#reject = reject;
    this.moved();
  }

  moved(): void {
    this.end();
    this.#timer = setTimeout(() => {
      this.#reject(
        new LabError({
          kind: 'bad-input',
          what: 'The import made no progress for five minutes and was stopped. A file may be damaged.',
          remedy:
            'Download the files again, or leave some out to find the damaged one. Stored data sets have not changed.',
        }),
      );
    }, STALL_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

function withRate(onState: (state: ImportState) => void): (progress: ImportProgress) => void {
  const from = performance.now();
  return (progress) => {
    const seconds = (performance.now() - from) / 1000;
    const bytesPerSecond = seconds > 0 ? progress.bytes / seconds : 0;
    const left = progress.totalBytes === null ? null : progress.totalBytes - progress.bytes;
    const known = left !== null && bytesPerSecond > 0 && progress.phase === 'reading';
    onState({ ...progress, bytesPerSecond, secondsLeft: known ? left / bytesPerSecond : null });
  };
}

function cancelled(): LabError {
  return new LabError({
    kind: 'cancelled',
    what: 'The import was cancelled.',
    remedy: 'Nothing from it was stored. Stored data sets have not changed.',
  });
}

function diedOf(detail: string): LabError {
  return new LabError({
    kind: 'worker',
    what: 'The import ended unexpectedly, most likely because memory ran out.',
    remedy: 'Stored data sets have not changed. Try fewer files at once, or prepare the data set with npm run data.',
    detail,
  });
}
