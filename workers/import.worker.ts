/**
 * Imports one data set in a worker of its own, so that a large or hostile source holds up neither training nor the page, and
 * can be ended at any moment. Writes shards into IndexedDB under a key of this import; the lab completes or forgets them.
 */
import { expose } from 'comlink';
import { failureOf } from '../src/core/failure.ts';
import { importDataset, type ImportProgress } from '../src/core/dataset/import.ts';
import type { Manifest } from '../src/core/dataset/manifest.ts';
import { parquetUrlSource } from '../src/core/dataset/sources/parquet.ts';
import { recogniseSource } from '../src/core/dataset/sources/recognise.ts';
import type { DataSource } from '../src/core/dataset/sources/source.ts';
import type { Answer, ImportRequest, ImportSource } from './protocol.ts';
import { openDatabase } from './storage/database.ts';
import { storeShard } from './storage/datasets.ts';

/** Progress events are thinned to five a second. */
const INTERVAL_MS = 200;

const importer = {
  /** @param owner key under which the shards are stored */
  async run(
    request: ImportRequest,
    owner: string,
    onProgress: (progress: ImportProgress) => void,
  ): Promise<Answer<Manifest>> {
    try {
      const database = await openDatabase();
      const source = openSource(request.source);
      let toldAt = -Infinity;
      let phase: ImportProgress['phase'] | undefined;
      const value = await importDataset(
        source,
        {
          id: request.id,
          vocabulary: request.vocabulary,
          length: request.length,
          whole: request.wholeFiles,
          dropDuplicates: request.dropDuplicates,
          ...(request.title === undefined ? {} : { title: request.title }),
        },
        (file, bytes) => storeShard(database, owner, file, bytes.buffer),
        (progress) => {
          const now = performance.now();
          if (progress.phase === phase && now - toldAt < INTERVAL_MS) return;
          toldAt = now;
          phase = progress.phase;
          onProgress(progress);
        },
      );
      return { ok: true, value };
    } catch (error) {
      return { ok: false, failure: failureOf(error) };
    }
  },
};

export type Importer = typeof importer;

function openSource(source: ImportSource): DataSource {
  switch (source.from) {
    case 'files':
      return { ...recogniseSource(source.files), ...(source.notes === undefined ? {} : { notes: source.notes }) };
    case 'addresses':
      return parquetUrlSource([...source.addresses]);
    default:
      return source satisfies never;
  }
}

expose(importer);
