/** Paths of the repository that the commands share. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json, in a checkout or in the installed package, whose bundled commands are in another folder. */
export const ROOT = rootAbove(dirname(fileURLToPath(import.meta.url)));

/** Whether this is the installed package, which is already built. */
export const PACKAGED = !existsSync(join(ROOT, 'vite.config.ts'));

/** The complete site that `npm run build` makes and the package contains. */
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

/** Generated data sets. They are served from here, so that a new one appears without a build. */
export const DATASETS = join(ROOT, 'public', 'datasets');

/** The builds that the commands serve. `dist` is for `npm run build`, which makes a complete site to upload. */
export const SITES = join(ROOT, 'node_modules', '.cache', 'sites');

/** The study's results, one folder for each training: metrics.json, and the run as a file that the lab can import. */
export const RESULTS = join(ROOT, 'docs', 'results');

/** Id of the data set that is used if none is named. */
export const DEFAULT_DATASET = 'python-stdlib';

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder));
}
