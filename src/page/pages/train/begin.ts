/** The click on Train, also from the key: reads the form, downloads what is missing, starts. */
import type { StoredDataset } from '#core/data/stored.ts';
import { fail } from '#core/failure.ts';
import type { StartRequest } from '#core/runs/training.ts';
import type { TrainingConfig } from '#core/settings/config.ts';
import type { ModelChoice } from '#core/models/registry.ts';
import type { QueueRequest } from '#contract/lab.ts';
import { enqueue, startTraining } from '../../client/actions.ts';
import { useActivity, useConnection, useDatasets, useRuns } from '../../client/stores.ts';
import { checkForm, chosenDataset, datasetChoices, useTrainForm, type TrainForm } from './form.ts';
import { formExperiment, planOf, refusalOf } from './formExperiment.ts';
import { chosenModels, hasBaseline, disabledReason, presetFor } from './plan.ts';
import { threadsOf } from './threads.ts';

export interface Runnable {
  readonly form: TrainForm;
  readonly datasetId: string;
  readonly models: readonly ModelChoice[];
  readonly config: TrainingConfig;
  readonly threads: number;
  /** It has several configurations. */
  readonly isExperiment: boolean;
}

/** The training that the form describes; null where it cannot start. @param whileTraining what trains now would be stopped first */
export function runnable({ whileTraining }: { readonly whileTraining: boolean }): Runnable | null {
  const form = useTrainForm.getState();
  const dataset = chosenDataset(datasetChoices(useDatasets.getState()), form.datasetId);
  const { config } = checkForm(form, dataset?.stored);
  const models = chosenModels(form.kinds, form.variants);
  const connection = useConnection.getState();
  const threads = threadsOf(form, connection.devices);
  const experiment = formExperiment(form, dataset);
  const hindrance = disabledReason({
    connection: connection.state,
    busy: form.starting || (!whileTraining && useActivity.getState().activity.state !== 'idle'),
    hasDataset: dataset !== undefined,
    models,
    config,
    valid: config !== null && threads !== null,
    hasBaseline: hasBaseline(Object.values(useRuns.getState().runs), dataset?.stored, config),
    refused: refusalOf(experiment),
  });
  if (hindrance !== null || !dataset || !config || threads === null) return null;
  return { form, datasetId: dataset.id, models, config, threads, isExperiment: experiment.state === 'experiment' };
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

/** All configurations of the form, for the queue. @param stored as of `requestOf` */
export function queueRequestOf({ form, datasetId, models, threads }: Runnable, stored: StoredDataset): QueueRequest {
  const checked = checkForm(form, stored);
  if (checked.errors !== null) fail('bad-config', 'A setting is not a number or is out of range.', 'Correct it first.');
  const plan = planOf(form, checked, presetFor(form.preset, stored), datasetId, models);
  return { plan, device: form.device, threads };
}

export async function trainNow(): Promise<void> {
  await begin(runnable({ whileTraining: false }));
}

/** Trains what the form says after all that is in the queue. */
export async function addToQueue(): Promise<void> {
  const ready = runnable({ whileTraining: true });
  await begin(ready && { ...ready, isExperiment: true });
}

async function begin(ready: Runnable | null): Promise<void> {
  if (!ready) return;
  useTrainForm.setState({ starting: true });
  try {
    await startRunnable(ready);
  } finally {
    useTrainForm.setState({ starting: false });
  }
}

/** Starts a single configuration, and queues several. */
export async function startRunnable(ready: Runnable): Promise<void> {
  const { datasetId } = ready;
  if (ready.isExperiment) await enqueue(datasetId, (stored) => queueRequestOf(ready, stored));
  else await startTraining(datasetId, (stored) => requestOf(ready, stored));
}
