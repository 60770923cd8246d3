/** What the form asks for beyond a single configuration: its plan, how many runs that is, and why it cannot be trained. */
import { useMemo } from 'react';
import type { StoredDataset } from '#core/data/stored.ts';
import { combinationsOf, requirePlan, type Experiment } from '#core/experiments/grid.ts';
import { itemsOf } from '#core/experiments/items.ts';
import type { ExperimentItem } from '#core/experiments/record.ts';
import { failureOf } from '#core/failure.ts';
import type { ModelChoice } from '#core/models/registry.ts';
import { unsupportedReason } from '#core/models/spec.ts';
import { SETTING_NAMES } from '#core/settings/registry.ts';
import { trainingConfigSchema, type TrainingConfig } from '#core/settings/config.ts';
import type { Checked } from './fields.ts';
import { checkForm, useChosenDataset, useTrainForm, type TrainForm } from './form.ts';
import { chosenModels, presetFor } from './plan.ts';

export interface FormExperiment {
  readonly plan: Experiment;
  readonly config: TrainingConfig;
  readonly items: readonly ExperimentItem[];
  readonly combinations: number;
}

export type ExperimentCheck =
  /** A single configuration, as a plain click trains it. */
  | { readonly state: 'plain' }
  | ({ readonly state: 'experiment' } & FormExperiment)
  /** A sentence that says why it cannot be trained. */
  | { readonly state: 'refused'; readonly reason: string };

type AskedForm = Pick<TrainForm, 'preset' | 'sample' | 'halving'>;

/** @param base the preset's configuration */
export function planOf(
  { preset, sample, halving }: AskedForm,
  { config, varied }: Extract<Checked, { readonly errors: null }>,
  base: TrainingConfig,
  datasetId: string,
  models: readonly ModelChoice[],
): Experiment {
  const { sweep, ranges } = varied;
  const settings = SETTING_NAMES.filter((name) => !(name in sweep) && !(name in ranges) && config[name] !== base[name]);
  return {
    schema: 1,
    dataset: datasetId,
    preset,
    models: [...models],
    settings: Object.fromEntries(settings.map((name) => [name, config[name]])),
    sweep: Object.fromEntries(Object.entries(sweep).map(([name, values]) => [name, [...values]])),
    ...(sample ? { sample: { ...sample, ranges: { ...ranges } } } : {}),
    ...(halving ? { halving } : {}),
  };
}

export function checkExperiment(
  form: AskedForm,
  checked: Checked,
  base: TrainingConfig,
  datasetId: string,
  models: readonly ModelChoice[],
): ExperimentCheck {
  // what is wrong stands at its field
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

/** What a form comes to on a data set; plain while there is none. */
export function formExperiment(
  form: Pick<TrainForm, 'preset' | 'draft' | 'sample' | 'halving' | 'kinds' | 'variants'>,
  dataset: { readonly id: string; readonly stored: StoredDataset | undefined } | undefined,
): ExperimentCheck {
  if (!dataset) return { state: 'plain' };
  const base = presetFor(form.preset, dataset.stored);
  const models = chosenModels(form.kinds, form.variants);
  return checkExperiment(form, checkForm(form, dataset.stored), base, dataset.id, models);
}

export function useFormExperiment(): ExperimentCheck {
  const { chosen } = useChosenDataset();
  const { preset, draft, sample, halving, kinds, variants } = useTrainForm();
  const id = chosen?.id;
  const stored = chosen?.stored;
  return useMemo(() => {
    const form = { preset, draft, sample, halving, kinds, variants };
    return formExperiment(form, id === undefined ? undefined : { id, stored });
  }, [preset, draft, sample, halving, kinds, variants, id, stored]);
}
