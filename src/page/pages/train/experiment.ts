/** Counts the runs of a form with several configurations, and says why they cannot be trained. */
import { combinationsOf, requirePlan } from '#core/experiments/grid.ts';
import { itemsOf } from '#core/experiments/items.ts';
import { failureOf } from '#core/failure.ts';
import type { ModelChoice } from '#core/models/registry.ts';
import { unsupportedReason } from '#core/models/spec.ts';
import { trainingConfigSchema, type TrainingConfig } from '#core/settings/config.ts';
import type { Checked } from './fields.ts';
import { planOf, type AskedForm, type ExperimentCheck } from './formExperiment.ts';

/** @param base the preset's configuration */
export function checkExperiment(
  form: AskedForm,
  checked: Checked,
  base: TrainingConfig,
  datasetId: string,
  models: readonly ModelChoice[],
): ExperimentCheck {
  // each field shows its own error
  if (checked.errors !== null || models.length === 0) return { state: 'plain' };
  const plan = planOf(form, checked, base, datasetId, models);
  const { config } = checked;
  try {
    requirePlan(plan, 'Settings');
    const combinations = combinationsOf(plan).length;
    if (combinations < 2) {
      return plan.halving
        ? { state: 'refused', reason: 'Halving needs several configurations: give a setting several values.' }
        : { state: 'plain' };
    }
    const items = itemsOf(plan, 1);
    for (const { model, changes } of items) {
      const why = unsupportedReason(model, trainingConfigSchema.parse({ ...config, ...changes }));
      if (why) return { state: 'refused', reason: `${why.why} ${why.remedy}` };
    }
    return { state: 'experiment', plan, config, items, combinations };
  } catch (error) {
    const { what, remedy } = failureOf(error);
    return { state: 'refused', reason: `${what} ${remedy}` };
  }
}
