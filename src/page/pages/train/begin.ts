/** The click on Train, also from the key: reads the form, downloads what is missing, starts. */
import type { StoredDataset } from '#core/data/stored.ts';
import type { StartRequest } from '#core/runs/training.ts';
import type { TrainingConfig } from '#core/settings/config.ts';
import type { ModelChoice } from '#core/models/registry.ts';
import { startTraining } from '../../client/actions.ts';
import { useActivity, useConnection, useDatasets, useRuns } from '../../client/stores.ts';
import { checkForm, chosenDataset, datasetChoices, useTrainForm, type TrainForm } from './form.ts';
import { chosenModels, hasBaseline, disabledReason } from './plan.ts';
import { threadsOf } from './threads.ts';

export interface Runnable {
  readonly form: TrainForm;
  readonly datasetId: string;
  readonly models: readonly ModelChoice[];
  readonly config: TrainingConfig;
  readonly threads: number;
}

/** What the form comes to; null where it cannot start. @param whileTraining what trains now would be stopped first */
export function runnable({ whileTraining }: { readonly whileTraining: boolean }): Runnable | null {
  const form = useTrainForm.getState();
  const dataset = chosenDataset(datasetChoices(useDatasets.getState()), form.datasetId);
  const { config } = checkForm(form, dataset?.stored);
  const models = chosenModels(form.kinds, form.variants);
  const connection = useConnection.getState();
  const threads = threadsOf(form, connection.devices);
  const hindrance = disabledReason({
    connection: connection.state,
    busy: form.starting || (!whileTraining && useActivity.getState().activity.state !== 'idle'),
    hasDataset: dataset !== undefined,
    models,
    config,
    valid: config !== null && threads !== null,
    hasBaseline: hasBaseline(Object.values(useRuns.getState().runs), dataset?.stored, config),
  });
  if (hindrance !== null || !dataset || !config || threads === null) return null;
  return { form, datasetId: dataset.id, models, config, threads };
}

/** @param stored the data set: what was not stored had no counts yet, on which the batch of a preset depends */
export function requestOf({ form, datasetId, models, config, threads }: Runnable, stored: StoredDataset): StartRequest {
  return {
    datasetId,
    models,
    config: checkForm(form, stored).config ?? config,
    device: form.device,
    threads,
  };
}

export async function trainNow(): Promise<void> {
  const ready = runnable({ whileTraining: false });
  if (!ready) return;
  useTrainForm.setState({ starting: true });
  try {
    await startTraining(ready.datasetId, (stored) => requestOf(ready, stored));
  } finally {
    useTrainForm.setState({ starting: false });
  }
}
