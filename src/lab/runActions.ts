/** What a click does to runs: show, name, delete with a way back, take away, bring in. */
import type { RunLabel } from '../core/runLabel.ts';
import { emptyLabel } from '../core/runLabel.ts';
import { formatCounted } from '../core/format.ts';
import { runName } from '../core/runNames.ts';
import { attempt } from './actions.ts';
import { forgetRuns, rememberRuns } from './events.ts';
import { notify } from './notices.ts';
import { saveFile } from './saveFile.ts';
import { lab } from './session.ts';
import { bounded } from './steps.ts';
import { useRuns } from './stores.ts';

const asked = new Set<string>();

/** Reads the steps of runs that are to be drawn, each once; what fails goes to the banner. */
export async function showSteps(runIds: readonly string[]): Promise<void> {
  const { steps } = useRuns.getState();
  const missing = runIds.filter((id) => steps[id] === undefined && !asked.has(id));
  if (missing.length === 0) return;
  for (const id of missing) asked.add(id);
  await attempt(async () => {
    const tables = await lab.steps(missing);
    useRuns.setState((state) => ({
      // What was heard meanwhile of a run that trains is newer.
      steps: { ...Object.fromEntries(missing.map((id, at) => [id, bounded(tables[at]!)])), ...state.steps },
    }));
  });
  for (const id of missing) asked.delete(id);
}

export const labelRun = (id: string, change: Partial<Pick<RunLabel, 'name' | 'notes' | 'colour'>>) =>
  attempt(async () => {
    const before = useRuns.getState().labels[id] ?? emptyLabel(id);
    const after = { ...before, ...change };
    const show = (label: RunLabel) => useRuns.setState(({ labels }) => ({ labels: { ...labels, [id]: label } }));
    show(after);
    try {
      await lab.label(after);
    } catch (error) {
      show(before);
      throw error;
    }
  });

/** Deletes runs, and offers to bring them back. */
export const deleteRuns = (ids: readonly string[]) =>
  attempt(async () => {
    const { runs, labels } = useRuns.getState();
    const [first] = ids;
    const only = ids.length === 1 && first !== undefined ? runs[first] : undefined;
    await lab.deleteRuns(ids);
    forgetRuns(ids);
    notify({
      text: only ? `${runName(only, labels[only.id])} is deleted.` : `${formatCounted(ids.length, 'run')} are deleted.`,
      action: { label: 'Undo', run: () => void restoreRuns(ids) },
    });
  });

const restoreRuns = (ids: readonly string[]) => attempt(async () => rememberRuns(await lab.restoreRuns(ids)));

/**
 * Gives the best weights of a run to the browser's own download.
 * @returns the file's name
 * @throws LabError if there are none, or the run is unknown
 */
export async function saveWeights(runId: string): Promise<string> {
  const { name, bytes } = await lab.weights(runId);
  saveFile(name, new Blob([bytes], { type: 'application/octet-stream' }));
  return name;
}

/** A whole run as one file. @returns the file's name @throws LabError if the run is unknown */
export async function saveRun(runId: string): Promise<string> {
  const { name, bytes } = await lab.exportRun(runId);
  saveFile(name, new Blob([bytes], { type: 'application/zip' }));
  return name;
}

/** Reads files that `saveRun` made, here or elsewhere; each that cannot be read says why, and the others are read all the same. */
export async function importRuns(files: readonly File[]): Promise<void> {
  let count = 0;
  for (const file of files) {
    const read = await attempt(async () => {
      const { run, label } = await lab.importRun(file);
      useRuns.setState(({ labels }) => ({ labels: { ...labels, [run.id]: label } }));
      rememberRuns([run]);
    });
    if (read) count++;
  }
  if (count > 0) notify({ text: `${formatCounted(count, 'run')} imported.` });
}
