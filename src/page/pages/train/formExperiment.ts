/** What the form asks for: a single configuration, or a plan of several. What counts those loads where there are some. */
import { useEffect, useMemo } from 'react';
import { create } from 'zustand';
import type { Experiment } from '#core/experiments/grid.ts';
import type { ExperimentItem } from '#core/experiments/record.ts';
import type { StoredDataset } from '#core/data/stored.ts';
import type { ModelChoice } from '#core/models/registry.ts';
import { SETTING_NAMES } from '#core/settings/registry.ts';
import type { TrainingConfig } from '#core/settings/config.ts';
import { lazyImport } from '../../ui/lazyImport.ts';
import type { Checked } from './fields.ts';
import { checkForm, useChosenDataset, useTrainForm, type TrainForm } from './form.ts';
import { chosenModels, presetFor } from './plan.ts';
import type { checkExperiment } from './experiment.ts';
import { isValues } from './values.ts';

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
  /** It is not counted yet. */
  | { readonly state: 'loading' }
  /** A sentence that says why it cannot be trained. */
  | { readonly state: 'refused'; readonly reason: string };

export type AskedForm = Pick<TrainForm, 'preset' | 'sample' | 'halving'>;

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

type WholeForm = AskedForm & Pick<TrainForm, 'draft' | 'kinds' | 'variants'>;

interface Counting {
  readonly checkExperiment: typeof checkExperiment;
}

/** Null until it was needed once. */
const useCounting = create<{ readonly module: Counting | null }>()(() => ({ module: null }));

export function hasSeveralValues(draft: TrainForm['draft']): boolean {
  return Object.values(draft).some((entry) => isValues(entry) || Array.isArray(entry));
}

/** What a form describes for a data set: a single configuration while there is none. */
export function formExperiment(
  form: WholeForm,
  dataset: { readonly id: string; readonly stored: StoredDataset | undefined } | undefined,
): ExperimentCheck {
  if (!dataset || !mayBeExperiment(form)) return { state: 'plain' };
  const { module } = useCounting.getState();
  if (!module) return { state: 'loading' };
  const base = presetFor(form.preset, dataset.stored);
  const models = chosenModels(form.kinds, form.variants);
  return module.checkExperiment(form, checkForm(form, dataset.stored), base, dataset.id, models);
}

function mayBeExperiment({ draft, sample, halving }: Pick<WholeForm, 'draft' | 'sample' | 'halving'>): boolean {
  return hasSeveralValues(draft) || sample !== undefined || halving !== undefined;
}

export function useFormExperiment(): ExperimentCheck {
  const { chosen } = useChosenDataset();
  const { preset, draft, sample, halving, kinds, variants } = useTrainForm();
  const isLoaded = useCounting(({ module }) => module !== null);
  const isNeeded = !isLoaded && mayBeExperiment({ draft, sample, halving });
  useEffect(() => {
    if (!isNeeded) return;
    void lazyImport(() => import('./experiment.ts')).then((module) => useCounting.setState({ module }));
  }, [isNeeded]);
  const id = chosen?.id;
  const stored = chosen?.stored;
  return useMemo(() => {
    const form = { preset, draft, sample, halving, kinds, variants };
    const dataset = id === undefined ? undefined : { id, stored };
    // once it is loaded, it is counted
    return isLoaded || isNeeded ? formExperiment(form, dataset) : { state: 'plain' };
  }, [preset, draft, sample, halving, kinds, variants, id, stored, isLoaded, isNeeded]);
}

/** Why it cannot be trained, or not yet; null where it can. */
export function refusalOf(experiment: ExperimentCheck): string | null {
  if (experiment.state === 'refused') return experiment.reason;
  return experiment.state === 'loading' ? 'The configurations are being counted.' : null;
}
