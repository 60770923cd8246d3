/** Downloads, imports, reads and deletes data sets for the Data page: one download and one import at a time. */
import { parseOffers } from '#core/data/offers.ts';
import { fail } from '#core/failure.ts';
import { runImport } from './imports.ts';
import { underLock } from './locks.ts';
import type { ImportRequest, ImportState, LabEvent, RowsRequest } from '#contract/lab.ts';
import type { OfferedDataset, StoredDataset } from '#core/data/stored.ts';
import type { Database } from '#storage/database.ts';
import { deleteDataset, findDataset, listDatasets } from '#storage/datasets.ts';
import { downloadDataset, fetchBytes } from '#storage/download.ts';
import { readRows } from '#storage/rows.ts';

interface Deps {
  readonly storage: () => Promise<Database>;
  readonly emit: (event: LabEvent) => void;
  /** Address that data sets of the site are relative to. */
  readonly base: () => string;
}

export class Datasets {
  readonly #deps: Deps;
  #download: AbortController | undefined;
  #import: { readonly id: string; readonly abort: AbortController } | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Id of the data set that the import under way makes. */
  get importing(): string | undefined {
    return this.#import?.id;
  }

  /** @throws LabError `network` or `bad-input` */
  async offered(): Promise<readonly OfferedDataset[]> {
    const address = new URL('datasets/index.json', this.#deps.base());
    return parseOffers(new TextDecoder().decode(await fetchBytes(address)), address.pathname);
  }

  /** @throws LabError `busy`, `network`, `damaged-shard`, `cancelled`, or as storage does */
  async download(offer: OfferedDataset): Promise<StoredDataset> {
    if (this.#download)
      fail('busy', 'Another data set is already being downloaded.', 'Wait for it, or cancel it first.');
    const abort = new AbortController();
    this.#download = abort;
    try {
      const database = await this.#deps.storage();
      const stored = await downloadDataset(database, {
        offer,
        base: this.#deps.base(),
        signal: abort.signal,
        onProgress: (progress) => this.#deps.emit({ type: 'download', progress }),
      });
      await this.#emitStored(database);
      return stored;
    } finally {
      this.#download = undefined;
    }
  }

  cancelDownload(): void {
    this.#download?.abort();
  }

  /** @throws LabError `busy`, or as the import does */
  async import(request: ImportRequest): Promise<StoredDataset> {
    if (this.#import) fail('busy', 'Another data set is already being imported.', 'Wait for it, or cancel it first.');
    const abort = new AbortController();
    this.#import = { id: request.id, abort };
    try {
      const database = await this.#deps.storage();
      const onState = (progress: ImportState) => this.#deps.emit({ type: 'import', progress });
      const job = { request, onState, signal: abort.signal };
      const stored = await underLock('import', () => runImport(database, job));
      await this.#emitStored(database);
      return stored;
    } finally {
      this.#import = undefined;
    }
  }

  cancelImport(): void {
    this.#import?.abort.abort();
  }

  /** @throws LabError `not-found` */
  async rows({ datasetId, split, rows }: RowsRequest): Promise<Uint16Array[]> {
    const database = await this.#deps.storage();
    const dataset = await findDataset(database, datasetId);
    if (!dataset) fail('not-found', `The data set ${datasetId} is not stored here.`, 'Download or import it first.');
    return readRows(database, dataset, split, rows);
  }

  async delete(id: string): Promise<void> {
    const database = await this.#deps.storage();
    await deleteDataset(database, id);
    await this.#emitStored(database);
  }

  async #emitStored(database: Database): Promise<void> {
    this.#deps.emit({ type: 'datasets', datasets: await listDatasets(database) });
  }
}
