/** The step records of a run as the page keeps them: bounded, however long it trains. */
import { thin } from '../charts/thinning.ts';
import type { StepRecord } from '../core/run.ts';

/** Points a curve is drawn with. */
export const DRAWN_STEPS = 1_000;

/** Thinning each time a point arrives would be work for nothing: the list may double first. */
const KEPT_STEPS = 2 * DRAWN_STEPS;

/** Adds later steps; what is not later is already there and left out. */
export function appendSteps(steps: readonly StepRecord[], later: readonly StepRecord[]): readonly StepRecord[] {
  const last = steps.at(-1)?.step ?? 0;
  const fresh = later.filter((one) => one.step > last);
  if (fresh.length === 0) return steps;
  return bounded([...steps, ...fresh]);
}

/** What a run's record holds, and of what was heard live only what is later than that. */
export function joinSteps(recorded: readonly StepRecord[], live: readonly StepRecord[]): readonly StepRecord[] {
  if (recorded.length === 0) return live;
  const last = recorded.at(-1)!.step;
  return bounded([...recorded, ...live.filter((one) => one.step > last)]);
}

function bounded(steps: readonly StepRecord[]): readonly StepRecord[] {
  return steps.length <= KEPT_STEPS ? steps : thin(steps, DRAWN_STEPS, stepOf, lossOf);
}

const stepOf = (one: StepRecord) => one.step;
const lossOf = (one: StepRecord) => one.loss;
