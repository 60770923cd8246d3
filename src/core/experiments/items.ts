/** The items of a plan: a run for each combination and model. */
import { isBaseline, type ModelChoice } from '../models/registry.ts';
import { combinationsOf, type Experiment } from './grid.ts';
import type { ExperimentItem } from './record.ts';

/** Baselines come first, so that a residual model can be based on the better one. */
export function baselinesFirst(models: readonly ModelChoice[]): readonly ModelChoice[] {
  return [...new Set([...models.filter(isBaseline), ...models.filter((choice) => !isBaseline(choice))])];
}

/** @param order of the first item; the others follow @throws LabError `bad-input` for too many */
export function itemsOf(plan: Experiment, order: number): readonly ExperimentItem[] {
  const models = baselinesFirst(plan.models);
  return combinationsOf(plan).flatMap(({ changes }, index) =>
    models.map((model, at): ExperimentItem => {
      const place = index * models.length + at;
      return {
        number: place + 1,
        combination: index + 1,
        model,
        changes,
        state: 'queued',
        order: order + place,
        runId: null,
        rung: 0,
        loss: Number.NaN,
        failure: null,
      };
    }),
  );
}
