/**
 * Stored records that cannot be read: listed for the page, downloaded as stored, deleted, and restored. Records, labels and data sets are
 * checked when they are listed; steps, test results and checkpoints when they are read, since they are too many to read all of them.
 */
import { LabError } from '#core/failure.ts';
import type { LabEvent, SavedFile } from '#contract/lab.ts';
import type { DamagedRecord } from '#core/runs/damagedRecord.ts';
import { putBack, takeOut, type RawRows } from '#storage/damaged.ts';
import type { Database } from '#storage/database.ts';
import { deleteDataset, readDatasets, type StoredDatasets } from '#storage/datasets.ts';
import { readExperiments, type StoredExperiments } from '#storage/experiments.ts';
import { packRaw } from '#storage/rawFile.ts';
import { markDeleted, readRuns, runTitle, unmarkDeleted, type StoredRuns } from '#storage/runs.ts';

interface Deps {
  readonly storage: () => Promise<Database>;
  readonly emit: (event: LabEvent) => void;
}

type RunPart = Exclude<DamagedRecord['store'], 'runs' | 'labels' | 'experiments' | 'datasets'>;

const PART_TITLES: Readonly<Record<RunPart, string>> = {
  steps: 'The steps',
  breakdowns: 'The test results per file',
  checkpoints: 'A checkpoint',
};

const keyOf = ({ store, id }: Pick<DamagedRecord, 'store' | 'id'>) => `${store} ${id}`;

export class DamagedRecords {
  readonly #deps: Deps;
  /** Parts of runs that turned out damaged when they were read. */
  readonly #found = new Map<string, DamagedRecord>();
  /** Deleted rows as they were stored; kept while this worker lives. */
  readonly #deleted = new Map<string, RawRows>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** All damaged records: those just read, and parts of their runs that were found damaged earlier. */
  of(
    { runs, damaged }: StoredRuns,
    experiments: StoredExperiments,
    datasets: StoredDatasets,
  ): readonly DamagedRecord[] {
    const there = new Set([...runs, ...damaged].map(({ id }) => id));
    const found = [...this.#found.values()].filter(({ id }) => there.has(id));
    return [...damaged, ...found, ...experiments.damaged, ...datasets.damaged];
  }

  /** Reads a part of a run, and lists it if it is damaged. @throws LabError as the reading does */
  async reading<T>(store: RunPart, runId: string, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof LabError && error.failure.kind === 'bad-input') {
        await this.found(store, runId, error.failure.what);
      }
      throw error;
    }
  }

  /** Lists a part of a run from now on. @param what is wrong, in a sentence */
  async found(store: RunPart, runId: string, what: string): Promise<void> {
    if (this.#found.has(keyOf({ store, id: runId }))) return;
    const title = `${PART_TITLES[store]} of ${await runTitle(await this.#deps.storage(), runId)}`;
    this.#found.set(keyOf({ store, id: runId }), { store, id: runId, title, what });
    await this.report();
  }

  /** Everything that is stored of the run or data set. */
  async export(record: DamagedRecord): Promise<SavedFile> {
    return { name: `${record.id}.stored.zip`, content: await packRaw(await this.#deps.storage(), record) };
  }

  async delete(record: DamagedRecord): Promise<void> {
    const database = await this.#deps.storage();
    if (record.store === 'runs') await markDeleted(database, [record.id], Date.now());
    else if (record.store === 'datasets') await deleteDataset(database, record.id);
    else this.#deleted.set(keyOf(record), await takeOut(database, record));
    this.#found.delete(keyOf(record));
    await this.report();
  }

  /** Restores what `delete` deleted; a data set cannot be restored. */
  async restore(record: DamagedRecord): Promise<void> {
    const database = await this.#deps.storage();
    const rows = this.#deleted.get(keyOf(record));
    if (record.store === 'runs') await unmarkDeleted(database, [record.id]);
    else if (rows) {
      await putBack(database, record, rows);
      this.#deleted.delete(keyOf(record));
      // labels and experiments are checked each time they are listed
      if (record.store !== 'labels' && record.store !== 'experiments') this.#found.set(keyOf(record), record);
    }
    await this.report();
  }

  /** Sends the page the list as it now is. */
  async report(): Promise<void> {
    const database = await this.#deps.storage();
    const [runs, experiments, datasets] = await Promise.all([
      readRuns(database),
      readExperiments(database),
      readDatasets(database),
    ]);
    this.#deps.emit({ type: 'damaged', records: this.of(runs, experiments, datasets) });
  }
}
