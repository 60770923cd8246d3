/**
 * `npm pack` runs this first. It makes `dist`, the built site with the default data set, and `bin`, the commands of the
 * installed package as one program that does not need TypeScript.
 */
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'vite';
import { ensureDefaultDataset } from '../data/defaultDataset.ts';
import { offerDatasets } from '../data/offers.ts';
import { runCommand } from '../lib/command.ts';
import { DATASETS, DEFAULT_DATASET, DIST, ROOT } from '../lib/paths.ts';
import { buildSite } from '../lib/site.ts';

const BIN = join(ROOT, 'bin');
/** Packages that are not bundled: npm installs them with this one, except Vite, which only a checkout imports. */
const INSTALLED = ['playwright', 'sirv', 'vite'];

await runCommand(async () => {
  const { folder } = await ensureDefaultDataset();
  const site = await buildSite();
  await rm(DIST, { recursive: true, force: true });
  const datasets = join(DIST, 'datasets');
  await cp(site, DIST, { recursive: true, filter: (path) => path !== join(site, 'datasets') });
  await mkdir(datasets, { recursive: true });
  await cp(folder, join(datasets, DEFAULT_DATASET), { recursive: true });
  await offerDatasets(datasets);
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    plugins: [bundledData()],
    ssr: { noExternal: true, external: INSTALLED },
    build: {
      ssr: join(ROOT, 'cli', 'bin.ts'),
      outDir: BIN,
      emptyOutDir: true,
      copyPublicDir: false,
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: 'minicopilot-lab.js', banner: '#!/usr/bin/env node' } },
    },
  });
  console.error(
    `Made ${DIST.slice(ROOT.length)} and ${BIN.slice(ROOT.length)}, without ${DATASETS.slice(ROOT.length)}.`,
  );
});

function bundledData(): Plugin {
  return {
    name: 'bundled-data',
    enforce: 'pre',
    resolveId: (source) =>
      source.endsWith('/data/defaultDataset.ts') ? join(ROOT, 'cli', 'build', 'bundledData.ts') : null,
  };
}
