/** Which stored data set the page shows. */
import { create } from 'zustand';
import type { StoredDataset } from '#core/data/stored.ts';
import { useDatasets } from '../../client/stores.ts';

export const useDataPage = create<{ readonly chosen: string | null }>()(() => ({ chosen: null }));

/** The chosen one, else the one stored last; undefined while nothing is stored. */
export function shownDataset(stored: readonly StoredDataset[], chosen: string | null): StoredDataset | undefined {
  return stored.find(({ manifest }) => manifest.id === chosen) ?? stored.toSorted((a, b) => b.storedAt - a.storedAt)[0];
}

export function useShownDataset(): StoredDataset | undefined {
  const stored = useDatasets((state) => state.stored);
  const chosen = useDataPage((state) => state.chosen);
  return shownDataset(stored, chosen);
}
