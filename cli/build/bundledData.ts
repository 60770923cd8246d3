/** Replaces cli/data/defaultDataset.ts in the installed package, which comes with the data set. */
import { DEFAULT_DATASET } from '../lib/paths.ts';

export const DEFAULT_SOURCE = DEFAULT_DATASET;

export async function ensureDefaultDataset(): Promise<void> {}
