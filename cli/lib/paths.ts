/** Places of the repository that the commands share. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json: of a checkout, or of the installed package, whose commands are bundled elsewhere. */
export const ROOT = rootAbove(dirname(fileURLToPath(import.meta.url)));

/** Whether this is the installed package, which comes built. */
export const PACKAGED = !existsSync(join(ROOT, 'vite.config.ts'));

/** A complete site, as `npm run build` and the package have it. */
export const DIST = join(ROOT, 'dist');

/** What a build reads, apart from the installed packages. */
export const BUILD_INPUTS = [
  'index.html',
  'package.json',
  'vite.config.ts',
  'package-lock.json',
  'cli/build',
  'src',
  'workers',
  'public',
];

/** Generated data sets: served from here, so that one prepared later appears without a build. */
export const DATASETS = join(ROOT, 'public', 'datasets');

/** The builds that the commands serve. `dist` is left to `npm run build`, which makes a complete site to upload. */
export const SITES = join(ROOT, 'node_modules', '.cache', 'sites');

/** What the study measured, a folder a training: metrics.json, and the run as the lab imports it. */
export const RESULTS = join(ROOT, 'docs', 'results');

/** Id of the data set that is prepared where none is named. */
export const DEFAULT_DATASET = 'python-stdlib';

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder));
}
