/** A stored data set as a .zip of its manifest and shards. The shards have the names in the manifest, as on a server. */
import { BlobWriter, TextReader, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js';
import { sha256Hex } from '#core/data/hash.ts';
import { shardsOf } from '#core/data/manifest.ts';
import { fail } from '#core/failure.ts';
import type { Database } from './database.ts';
import { findDataset, readShard } from './datasets.ts';

/**
 * @returns the .zip; a browser may keep it on disk, since a data set can be larger than memory
 * @throws LabError `not-found`, or `damaged-shard` so that no damaged file is exported
 */
export async function packDataset(database: Database, id: string): Promise<Blob> {
  const dataset = await findDataset(database, id);
  if (!dataset) fail('not-found', `The data set ${id} is not stored here.`, 'Download or import it first.');
  const { manifest, owner } = dataset;
  const zip = new ZipWriter(new BlobWriter('application/zip'), { useWebWorkers: false });
  await zip.add(`${id}/manifest.json`, new TextReader(JSON.stringify(manifest)), { level: 6 });
  for (const { file, sha256 } of shardsOf(manifest)) {
    const stored = await readShard(database, owner, file);
    const bytes = stored && new Uint8Array(stored);
    if (!bytes || (await sha256Hex(bytes)) !== sha256) {
      fail(
        'damaged-shard',
        `The stored shard ${file} of ${manifest.title} is ${bytes ? 'damaged' : 'missing'}.`,
        'Delete the data set on the Data page and download or import it again. Runs and weights are not affected.',
      );
    }
    await zip.add(`${id}/${file}`, new Uint8ArrayReader(bytes), { level: 6 });
  }
  return zip.close();
}
