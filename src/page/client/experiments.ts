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
  for (const run of runs) byId.set(run.experiment, [...(byId.get(run.experiment) ?? []), run]);
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
