/** Compares stored runs: reads what each does on every test file, and leaves the arithmetic to src/core. */
import type { Breakdown } from '#core/metrics/breakdown.ts';
import { compareRuns, type Comparison } from '#core/comparison/comparison.ts';
import { LabError } from '#core/failure.ts';
import type { DamagedRecords } from './damagedRecords.ts';
import type { CompareRequest } from '#contract/lab.ts';
import type { Database } from '#storage/database.ts';
import { readBreakdown, requireRun } from '#storage/runs.ts';

/** A run whose test figures are damaged is compared without them, and says so. @throws LabError `not-found` */
export async function compareStored(
  database: Database,
  { runIds, baseline }: CompareRequest,
  damagedRecords: DamagedRecords,
): Promise<Comparison> {
  const runs = await Promise.all(runIds.map((id) => requireRun(database, id)));
  const breakdowns = new Map<string, Breakdown>();
  const damaged = new Set<string>();
  for (const id of runIds) {
    try {
      const breakdown = await damagedRecords.reading('breakdowns', id, () => readBreakdown(database, id));
      if (breakdown) breakdowns.set(id, breakdown);
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      damaged.add(id); // listed as damaged, and reported with the comparison
    }
  }
  return compareRuns({ runs, breakdowns, damaged, baseline });
}
