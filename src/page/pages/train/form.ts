/** The settings of the Train page, kept while other pages are shown. */
import { create } from 'zustand';
import type { Halving, Sample } from '#core/experiments/searchSchema.ts';
import { LINK_PRESET, type Preset } from '#core/settings/presets.ts';
import type { DeviceChoice } from '#core/devices.ts';
import type { StoredDataset } from '#core/data/stored.ts';
import { useDatasets, type DatasetsState } from '../../client/stores.ts';
import type { NumberEntry } from '../../ui/numbers/entry.ts';
import { checkDraft, type Checked, type Draft } from './fields.ts';
import { presetFor, type VariantChoices } from './plan.ts';
import { TASK_KINDS, VARIANT_NAMES, type ModelKind } from '#core/models/registry.ts';
import { recordOf } from '#core/records.ts';

export interface TrainForm {
  /** Null takes the first data set there is. */
  readonly datasetId: string | null;
  readonly preset: Preset;
  readonly kinds: readonly ModelKind[];
  readonly variants: VariantChoices;
  readonly device: DeviceChoice;
  /** Threads on the device cpu; null takes all cores but one. */
  readonly threads: NumberEntry;
  /** What differs from the preset. */
  readonly draft: Draft;
  /** Draws values from the ranges in the draft; every combination of listed values where there is none. */
  readonly sample?: FormSample | undefined;
  /** Trains all configurations a little, and the better ones further. */
  readonly halving?: Halving | undefined;
  /** A click on Train is under way that has not started training yet. */
  readonly starting: boolean;
}

export type FormSample = Pick<Sample, 'method' | 'count' | 'seed'>;

export const DEFAULT_FORM: TrainForm = {
  datasetId: null,
  preset: LINK_PRESET,
  kinds: TASK_KINDS,
  variants: recordOf(VARIANT_NAMES, (variant) => variant),
  device: 'auto',
  threads: null,
  draft: {},
  starting: false,
};

export const useTrainForm = create<TrainForm>()(() => DEFAULT_FORM);

export interface DatasetChoice {
  readonly id: string;
  readonly title: string;
  /** Undefined while it is only offered. */
  readonly stored: StoredDataset | undefined;
}

/** Stored data sets first, then what the server offers besides. */
export function datasetChoices({
  stored,
  offered,
}: Pick<DatasetsState, 'stored' | 'offered'>): readonly DatasetChoice[] {
  const here = stored.map((one) => ({ id: one.manifest.id, title: one.manifest.title, stored: one }));
  const there = offered.state === 'known' ? offered.list : [];
  return [
    ...here,
    ...there
      .filter(({ id }) => !here.some((one) => one.id === id))
      .map(({ id, title }) => ({ id, title, stored: undefined })),
  ];
}

export function chosenDataset(choices: readonly DatasetChoice[], id: string | null): DatasetChoice | undefined {
  return id === null ? choices[0] : choices.find((one) => one.id === id);
}

export function useChosenDataset(): {
  readonly choices: readonly DatasetChoice[];
  readonly chosen: DatasetChoice | undefined;
} {
  const stored = useDatasets((state) => state.stored);
  const offered = useDatasets((state) => state.offered);
  const id = useTrainForm((state) => state.datasetId);
  const choices = datasetChoices({ stored, offered });
  return { choices, chosen: chosenDataset(choices, id) };
}

export function checkForm(
  { preset, draft, sample }: Pick<TrainForm, 'preset' | 'draft' | 'sample'>,
  dataset: StoredDataset | undefined,
): Checked {
  return checkDraft(presetFor(preset, dataset), draft, sample !== undefined);
}
