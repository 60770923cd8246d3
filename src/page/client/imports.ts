/** Imports files of the user. A failure is shown beside the import's form instead of in the banner. */
import type { ImportRequest } from '#contract/lab.ts';
import type { StoredDataset } from '#core/data/stored.ts';
import { failureOf } from '#core/failure.ts';
import { askDurableStorage, measureStorage } from './actions.ts';
import { attempt } from '../ui/failures.ts';
import { lab } from './session.ts';
import { useDatasets, useImport } from './stores.ts';

/**
 * Call it from a click, since only then may the page ask for durable storage.
 * @param title shown while it is under way
 * @returns null where it failed or was cancelled: `useImport` then says why
 */
export async function importDataset(request: ImportRequest, title: string): Promise<StoredDataset | null> {
  if (useImport.getState().importing.state === 'working') return null;
  useImport.setState({ importing: { state: 'working', title, progress: null, cancelling: false } });
  addEventListener('beforeunload', askBeforeLeaving);
  try {
    askDurableStorage();
    const stored = await lab.importDataset(request);
    const { id } = stored.manifest;
    useDatasets.setState((state) => ({
      stored: state.stored.some(({ manifest }) => manifest.id === id)
        ? state.stored.map((one) => (one.manifest.id === id ? stored : one))
        : [...state.stored, stored],
    }));
    useImport.setState({ importing: { state: 'done', datasetId: id } });
    return stored;
  } catch (error) {
    useImport.setState({ importing: { state: 'failed', title, failure: failureOf(error) } });
    return null;
  } finally {
    removeEventListener('beforeunload', askBeforeLeaving);
    await measureStorage();
  }
}

/** Closing the tab would end the import. */
function askBeforeLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

export async function cancelImport(): Promise<void> {
  mark(true);
  if (!(await attempt(() => lab.cancelImport()))) mark(false);
}

function mark(cancelling: boolean): void {
  useImport.setState(({ importing }) =>
    importing.state === 'working' ? { importing: { ...importing, cancelling } } : {},
  );
}

/** Dismisses the outcome of the last import. */
export function dismissImport(): void {
  useImport.setState(({ importing }) => (importing.state === 'working' ? {} : { importing: { state: 'idle' } }));
}
