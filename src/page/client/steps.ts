/** The steps of a run as the page keeps them: bounded, however long it trains. */
import { thin } from '../charts/thinning.ts';
import { joinTables, pickRows, type StepTable } from '#core/runs/stepTable.ts';

/** Points a curve is drawn with. */
export const DRAWN_STEPS = 1_000;

/** Thinning each time a point arrives would be work for nothing: the list may double first. */
const KEPT_STEPS = 2 * DRAWN_STEPS;

/** Adds later steps; what is not later is already there and left out. */
export function appendSteps(steps: StepTable, later: StepTable): StepTable {
  const all = joinTables(steps, later);
  return all === steps ? steps : bounded(all);
}

/** Every spike of the loss survives. */
export function bounded(table: StepTable): StepTable {
  const rows = table.step.length;
  if (rows <= KEPT_STEPS) return table;
  const kept = thin(
    [...table.step.keys()],
    DRAWN_STEPS,
    (row) => table.step[row]!,
    (row) => table.loss[row]!,
  );
  return pickRows(table, kept);
}
