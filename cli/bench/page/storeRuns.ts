/** Writes generated runs into the lab's database with the lab's own storage module. It is built as one script that runs in the lab's page. */
import { breakdownOf } from '#core/comparison/breakdowns.fixture.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { stepTable } from '#core/runs/stepTable.ts';
import { openDatabase } from '#storage/database.ts';
import { storeRun } from '#storage/runs.ts';

/** Stores runs, each with this number of steps and the measures of this number of test files. */
export type StoreRuns = (runs: readonly RunRecord[], steps: number, files: number) => Promise<void>;

const STEPS_AN_EPOCH = 40;

declare global {
  var storeRuns: StoreRuns | undefined;
}

async function store(runs: readonly RunRecord[], steps: number, files: number): Promise<void> {
  const database = await openDatabase();
  try {
    for (const run of runs) {
      const each = run.epochs.length * STEPS_AN_EPOCH;
      const table = stepTable(
        Array.from({ length: steps }, (_, i) => {
          const step = Math.round(((i + 1) * each) / steps);
          return {
            step,
            loss: 2 + 5 / (1 + step / 20) + 0.4 * Math.sin(step * 12.9898 + run.number),
            gradientNorm: 0.5 + 0.4 * Math.abs(Math.sin(step * 78.233 + run.number)),
            tokens: step * 2_000,
            seconds: step,
            layerNorms: [1, 2, 3, 4].map((part) => 0.1 * part + 0.1 * Math.abs(Math.sin(step + run.number))),
          };
        }),
      );
      const breakdown = breakdownOf(run.test?.top5 ?? 0.5, { files, seed: run.number });
      await storeRun(database, run, { steps: table, breakdown: { ...breakdown, dataset: run.dataset } });
    }
  } finally {
    database.close();
  }
}

globalThis.storeRuns = store satisfies StoreRuns;
