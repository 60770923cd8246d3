/**
 * Tells the service worker which files the built site has, so that it can cache them. Their addresses and hashes become the first line of
 * `service-worker.js`. Every change of a file therefore changes the service worker, which is how a browser detects a new version.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import type { BuiltSite, SiteFile } from '#core/site/builtSite.ts';

const SERVICE_WORKER = 'service-worker.js';
/** Data sets are not cached, since they are in IndexedDB once they are loaded. */
const NOT_KEPT = new Set(['datasets', SERVICE_WORKER]);
/** Ready-made models are cached, so that completion works offline. Larger ones are not, since every visitor would download them. */
const MAX_KEPT_BYTES = 4_000_000;
const LINE = /^self\.site=.*\n/;

export function builtSite(): Plugin {
  let publicFolder = '';
  return {
    name: 'built-site',
    apply: 'build',
    configResolved: (config) => void (publicFolder = config.publicDir),
    // runs after all other `writeBundle` hooks, when all files of the bundle are written
    writeBundle: {
      order: 'post',
      sequential: true,
      handler: async ({ dir }) => {
        if (dir !== undefined) await tellServiceWorker(dir, publicFolder);
      },
    },
  };
}

/**
 * Writes the line into the service worker, or replaces the existing one.
 * @param publicFolder folder whose files are part of the site, even if they are copied after the build
 */
export async function tellServiceWorker(folder: string, publicFolder?: string): Promise<void> {
  const files = new Map<string, SiteFile>();
  for (const root of [publicFolder, folder]) {
    if (root === undefined || root === '' || !existsSync(root)) continue;
    for (const path of await filesOf(root)) {
      const address = path === 'index.html' ? '' : path;
      const sha256 = createHash('sha256')
        .update(await readFile(join(root, path)))
        .digest('hex');
      files.set(address, { address, sha256 });
    }
  }
  const listed = [...files.values()].toSorted((one, other) => (one.address < other.address ? -1 : 1));
  const version = createHash('sha256').update(JSON.stringify(listed)).digest('hex').slice(0, 16);
  const site: BuiltSite = { version, files: listed };
  const path = join(folder, SERVICE_WORKER);
  const program = (await readFile(path, 'utf8')).replace(LINE, '');
  await writeFile(path, `self.site=${JSON.stringify(site)};\n${program}`);
}

/** Paths of all files relative to the folder, with slashes. */
async function filesOf(root: string, inside = ''): Promise<string[]> {
  const paths: string[] = [];
  for (const name of await readdir(join(root, inside))) {
    if (name.startsWith('.') || name.endsWith('.map') || (inside === '' && NOT_KEPT.has(name))) continue;
    const path = inside === '' ? name : `${inside}/${name}`;
    const found = await stat(join(root, path));
    if (found.isDirectory()) paths.push(...(await filesOf(root, path)));
    else if (!path.startsWith('models/') || found.size <= MAX_KEPT_BYTES) paths.push(path);
  }
  return paths;
}
