/** Prepares the default data set if it is missing. */
import { formatCounted, formatDuration } from '#core/format.ts';
import { type Prepared, prepareDataset } from './prepare.ts';

export const DEFAULT_SOURCE = 'python-stdlib';

/** Makes sure the default data set is there and up to date; says a line when it has to prepare it. */
export async function ensureDefaultDataset(): Promise<Prepared> {
  const started = performance.now();
  const prepared = await prepareDataset({ source: DEFAULT_SOURCE });
  if (!prepared.upToDate) {
    const files = formatCounted(prepared.manifest.counts.files, 'file');
    const seconds = formatDuration((performance.now() - started) / 1000);
    console.log(`Prepared the data set ${prepared.manifest.title}: ${files} in ${seconds}.`);
  }
  return prepared;
}
