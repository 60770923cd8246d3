/** The measures of runs in the form of `metrics.json`. */
import { writeJson } from '../json.ts';
import type { RunRecord } from '../runs/run.ts';
import { metricsOf } from '../formats/metrics.ts';

/** One `metrics.json` if the runs belong to one experiment, otherwise a list with one per experiment. */
export function measuresJson(runs: readonly RunRecord[]): string {
  const groups = new Map<string, RunRecord[]>();
  for (const run of runs) {
    // An imported run may have the id of an experiment here, and nothing else in common with it.
    const key = JSON.stringify([run.experiment, run.dataset, run.device, run.config]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  const all = [...groups.values()].map(metricsOf);
  return `${writeJson(all.length === 1 ? all[0] : all, 2)}\n`;
}
