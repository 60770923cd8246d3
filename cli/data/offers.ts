/** Writes the list of data sets that a folder offers to the page. */
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseManifest, shardsOf } from '#core/data/manifest.ts';
import { messageOf } from '#core/failure.ts';
import type { OfferedDataset } from '#core/data/stored.ts';

const ID = /^[a-z0-9][a-z0-9-]*$/;
/** The first data set of the list, with which the page opens. */
const DEFAULT_ID = 'python-stdlib';

/** Writes `index.json` of the data sets found under `out`, if it changed. A folder without a valid manifest is named on stderr. */
export async function offerDatasets(out: string): Promise<readonly OfferedDataset[]> {
  const names = (await readdir(out, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && ID.test(entry.name))
    .map((entry) => entry.name)
    .toSorted((a, b) => Number(b === DEFAULT_ID) - Number(a === DEFAULT_ID) || (a < b ? -1 : 1));
  const offers: OfferedDataset[] = [];
  for (const name of names) {
    const path = join(out, name, 'manifest.json');
    try {
      const manifest = parseManifest(await readFile(path, 'utf8'), path);
      offers.push({
        id: manifest.id,
        title: manifest.title,
        manifest: `datasets/${name}/manifest.json`,
        sha256: manifest.sha256,
        bytes: shardsOf(manifest).reduce((sum, shard) => sum + shard.bytes, 0),
      });
    } catch (error) {
      console.error(`${name} is not offered: ${messageOf(error)}`);
    }
  }
  await writeIfChanged(join(out, 'index.json'), `${JSON.stringify(offers, null, 2)}\n`);
  return offers;
}

/** Counts the writes, so that temporary files of one process have different names. */
let written = 0;

async function writeIfChanged(path: string, text: string): Promise<void> {
  const current = await readFile(path, 'utf8').catch(() => null); // missing at first
  if (current === text) return;
  const fresh = `${path}.${process.pid}-${written++}.new`;
  try {
    await writeFile(fresh, text);
    await rename(fresh, path);
  } finally {
    await rm(fresh, { force: true });
  }
}
