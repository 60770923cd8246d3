/** The runs of one click on Train form an experiment, which is trained, shown and compared together. */
import type { RunRecord } from '#core/runs/run.ts';

export interface Experiment {
  readonly id: string;
  /** When its first run was created, in milliseconds since 1970. */
  readonly createdAt: number;
  /** In the order they were trained. */
  readonly runs: readonly RunRecord[];
}

/** Newest first. */
export function experimentsOf(runs: readonly RunRecord[]): readonly Experiment[] {
  const byId = new Map<string, RunRecord[]>();
  for (const run of runs) {
    const own = byId.get(run.experiment);
    if (own) own.push(run);
    else byId.set(run.experiment, [run]);
  }
  return [...byId]
    .map(([id, own]) => {
      const inOrder = own.toSorted((a, b) => a.createdAt - b.createdAt);
      return { id, createdAt: inOrder[0]?.createdAt ?? 0, runs: inOrder };
    })
    .toSorted((a, b) => b.createdAt - a.createdAt);
}

export function newestExperiment(runs: readonly RunRecord[]): string | null {
  return experimentsOf(runs)[0]?.id ?? null;
}

/** Oldest first: the picked runs that are still there; else the chosen experiment's, else the newest one's. */
export function shownRuns(
  runs: readonly RunRecord[],
  { picked, experiment }: { readonly picked: readonly string[]; readonly experiment: string | null },
): readonly RunRecord[] {
  const wanted = new Set(picked);
  const byHand = runs.filter(({ id }) => wanted.has(id));
  const shown = byHand.length > 0 ? byHand : runsOf(runs, experiment);
  return shown.toSorted((a, b) => a.number - b.number);
}

function runsOf(runs: readonly RunRecord[], experiment: string | null): readonly RunRecord[] {
  const own = runs.filter((run) => run.experiment === experiment);
  if (own.length > 0) return own;
  const newest = newestExperiment(runs);
  return runs.filter((run) => run.experiment === newest);
}

/** The experiment whose runs are shown, all of them and no others; null where there is none. */
export function experimentShown(runs: readonly RunRecord[], shown: readonly RunRecord[]): string | null {
  const experiment = shown[0]?.experiment;
  if (experiment === undefined || !shown.every((run) => run.experiment === experiment)) return null;
  return runs.filter((run) => run.experiment === experiment).length === shown.length ? experiment : null;
}
