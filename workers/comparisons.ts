/** Compares stored runs: reads what each does on every test file, and leaves the arithmetic to src/core. */
import type { Breakdown } from '../src/core/breakdown.ts';
import { compareRuns, type Comparison } from '../src/core/comparison/comparison.ts';
import type { CompareRequest } from './protocol.ts';
import type { Database } from './storage/database.ts';
import { readBreakdown, requireRun } from './storage/runs.ts';

/** @throws LabError `not-found` */
export async function compareStored(database: Database, { runIds, baseline }: CompareRequest): Promise<Comparison> {
  const runs = await Promise.all(runIds.map((id) => requireRun(database, id)));
  const breakdowns = new Map<string, Breakdown>();
  for (const id of runIds) {
    const breakdown = await readBreakdown(database, id);
    if (breakdown) breakdowns.set(id, breakdown);
  }
  return compareRuns({ runs, breakdowns, baseline });
}
