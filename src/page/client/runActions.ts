/** Actions on runs: show, rename, delete with undo, export, import. */
import { create } from 'zustand';
import type { ForeignModel, ImportedRun, WeightsFormat, WeightsQuestion } from '#contract/lab.ts';
import type { RunLabel } from '#core/runs/runLabel.ts';
import { emptyLabel } from '#core/runs/runLabel.ts';
import { formatCounted } from '#core/format.ts';
import { LabError } from '#core/failure.ts';
import { ignoredInWords } from '#core/formats/ignored.ts';
import { runName } from '#core/runs/runNames.ts';
import { attempt, reportFailure } from '../ui/failures.ts';
import { rememberRuns } from './events.ts';
import { notify } from '../ui/notices.ts';
import { saveFile } from '../ui/saveFile.ts';
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
      // Steps of a training run that arrived in the meantime are newer.
      steps: { ...Object.fromEntries(missing.map((id, at) => [id, bounded(tables[at]!)])), ...state.steps },
    }));
  });
  for (const id of missing) asked.delete(id);
}

export const labelRun = (id: string, change: Partial<Pick<RunLabel, 'name' | 'notes' | 'colour' | 'tags'>>) =>
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

/** Changes the tags of runs, where the change makes a difference. */
export async function tagRuns(
  ids: readonly string[],
  change: (tags: readonly string[]) => readonly string[],
): Promise<void> {
  for (const id of ids) {
    const before = useRuns.getState().labels[id]?.tags ?? [];
    const after = change(before);
    if (after.join() === before.join()) continue;
    await labelRun(id, { tags: [...after] });
  }
}

/** Deletes runs, and offers to undo that. */
export const deleteRuns = (ids: readonly string[]) =>
  attempt(async () => {
    const { runs, labels } = useRuns.getState();
    const [first] = ids;
    const only = ids.length === 1 && first !== undefined ? runs[first] : undefined;
    await lab.deleteRuns(ids);
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
export async function saveWeights(runId: string, format: WeightsFormat = 'safetensors'): Promise<string> {
  const { name, bytes } = await lab.weights(runId, format);
  saveFile(name, new Blob([bytes], { type: format === 'tfjs' ? 'application/zip' : 'application/octet-stream' }));
  return name;
}

/** A run as one file. @returns the file's name @throws LabError if the run is unknown */
export async function saveRun(id: string, weights = true): Promise<string> {
  const { name, bytes } = await lab.exportRun({ id, weights });
  saveFile(name, new Blob([bytes], { type: 'application/zip' }));
  return name;
}

/** Endings of files that `importRuns` reads. */
export const RUN_FILES = '.zip,.json,.safetensors,.bin';

/** Weights that lack metadata, which the user must supply; with the files they were among. */
export interface PendingQuestion {
  readonly question: WeightsQuestion;
  readonly file: File;
}

export const useQuestions = create<{ readonly pending: readonly PendingQuestion[] }>()(() => ({ pending: [] }));

/**
 * Reads runs, measures and weights, this lab's or from elsewhere; each file that cannot be read says why, and the others are read all
 * the same. Weights that do not say enough of themselves are asked about, one after the other.
 * @returns ids of the runs that came in
 */
export async function importRuns(files: readonly File[]): Promise<readonly string[]> {
  let imported: readonly string[] = [];
  await attempt(async () => {
    const { runs, questions, refused } = await lab.importRuns({ files, foreign: null });
    imported = runs.map(({ run }) => run.id);
    addImported(runs);
    for (const { name, failure } of refused) reportFailure({ ...failure, what: `${name}: ${failure.what}` });
    const pending = questions.flatMap((question) => {
      const file = files.find(({ name }) => name === question.name);
      return file ? [{ question, file }] : [];
    });
    useQuestions.setState((before) => ({ pending: [...before.pending, ...pending] }));
  });
  return imported;
}

/** Reads weights with what the user said about them. @throws LabError where they do not fit that */
export async function answerQuestion({ file }: PendingQuestion, foreign: ForeignModel): Promise<void> {
  const { runs, refused } = await lab.importRuns({ files: [file], foreign });
  const [first] = refused;
  if (first) throw new LabError(first.failure);
  dropQuestion();
  addImported(runs);
}

/** Removes the first question: it was answered or dismissed. */
export function dropQuestion(): void {
  useQuestions.setState(({ pending }) => ({ pending: pending.slice(1) }));
}

function addImported(imported: readonly ImportedRun[]): void {
  if (imported.length === 0) return;
  const labels = Object.fromEntries(imported.map(({ run, label }) => [run.id, label]));
  useRuns.setState((state) => ({ labels: { ...state.labels, ...labels } }));
  rememberRuns(imported.map(({ run }) => run));
  const ignored = imported.flatMap((run) => run.ignored ?? []);
  notify({ text: `${formatCounted(imported.length, 'run')} imported. ${ignoredInWords(ignored)}`.trim() });
}
