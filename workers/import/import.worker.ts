/**
 * Imports one data set in a separate worker, so that a large or hostile source blocks neither training nor the page, and the import
 * can be ended at any time. It writes shards into IndexedDB under a key of this import. The lab lists or deletes them later.
 */
import { expose } from 'comlink';
import { importDataset, type ImportProgress } from '#core/data/import.ts';
import type { Manifest } from '#core/data/manifest.ts';
import { parquetUrlSource } from '#core/data/sources/parquet.ts';
import { recogniseSource } from '#core/data/sources/recognise.ts';
import type { DataSource } from '#core/data/sources/source.ts';
import type { ImportRequest, ImportSource } from '#contract/lab.ts';
import { answer, type Answer } from '#contract/remote.ts';
import { openDatabase } from '#storage/database.ts';
import { storeShard } from '#storage/datasets.ts';

/** At most five progress events per second. */
const INTERVAL_MS = 200;

const importer = {
  /** @param owner key under which the shards are stored */
  run(
    request: ImportRequest,
    owner: string,
    onProgress: (progress: ImportProgress) => void,
  ): Promise<Answer<Manifest>> {
    return answer(async () => {
      const database = await openDatabase();
      const source = openSource(request.source);
      let reportedAt = -Infinity;
      let phase: ImportProgress['phase'] | undefined;
      return importDataset(
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
          if (progress.phase === phase && now - reportedAt < INTERVAL_MS) return;
          reportedAt = now;
          phase = progress.phase;
          onProgress(progress);
        },
      );
    });
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
