/** Prepares what an experiment needs: rows from storage, n-gram baselines, a place to keep runs. */
import { MEASURES_BASELINES } from '#core/settings/presets.ts';
import { largestOf, modelTitle } from '#core/models/registry.ts';
import { fail, LabError } from '#core/failure.ts';
import type { RunRecord } from '#core/runs/run.ts';
import type { Device, Planner } from '#engine/devices/device.ts';
import type { PlannedModel } from '#contract/lab.ts';
import type { StartRequest, TrainingProgress } from '#core/runs/training.ts';
import type { Database, DatasetRow } from '#storage/database.ts';
import { findDataset } from '#storage/datasets.ts';
import { openRows } from '#storage/rows.ts';
import { listRuns, nextNumber, storeRun } from '#storage/runs.ts';
import type { Control } from '#training/control.ts';
import { cutOf, type TrainingData } from '#training/data.ts';
import { baselinesFirst } from '#training/choice.ts';
import type { Experiment, Resumed } from '#training/experiment.ts';
import type { TrainingState } from '#training/job.ts';
import { workOf } from '#training/trainer.ts';
import { CHECKPOINT_SCHEMA, writeCheckpoint } from '#core/runs/checkpoint.ts';
import { BUILD } from './build.ts';
import { sealCheckpoint, type StoredCheckpoint } from '#storage/checkpoints.ts';
import { writeWeightsFile } from '#core/formats/weightsFile.ts';
import { breakdownSum } from '#training/breakdownSum.ts';
import { measureNgramBaselines } from '#training/ngramBaselines.ts';

export interface ExperimentListeners {
  readonly onRun: (run: RunRecord) => void;
  readonly onProgress: (progress: TrainingProgress) => void;
  readonly onTrouble: Experiment['onTrouble'];
}

/** Sorts by time, and is unique on one machine: one run trains at a time. */
export function experimentId(startedAt: Date): string {
  return startedAt.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').replace(/\..*$/, '');
}

/** @throws LabError `not-found` or `bad-config` */
export async function prepareExperiment(
  database: Database,
  id: string,
  request: StartRequest,
  openDevice: () => Promise<Device>,
  control: Control,
  listeners: ExperimentListeners,
  resumed?: Resumed,
): Promise<Experiment> {
  const dataset = await requireDataset(database, request.datasetId);
  const { manifest } = dataset;
  const data: TrainingData = {
    train: await openRows(database, dataset, 'train', request.config.trainFiles),
    validation: await openRows(database, dataset, 'validation'),
    test: await openRows(database, dataset, 'test'),
    dev: manifest.splits.dev ? await openRows(database, dataset, 'dev') : null,
    cut: cutOf(manifest, request.config),
  };
  for (const split of ['train', 'validation', 'test'] as const) {
    if (data[split].lengths.length === 0) {
      fail('bad-config', `${manifest.title} has no ${split} rows.`, 'Choose a data set with at least ten files.');
    }
  }
  const device = await openDevice();
  return {
    id,
    request,
    manifest,
    data,
    yardsticks: MEASURES_BASELINES[request.config.preset] ? await measureNgramBaselines(data, manifest) : [],
    device,
    control,
    resumed,
    earlier: await listRuns(database),
    ...listeners,
    breakdownOf: (rows) => breakdownSum(rows, data.cut, manifest),
    store: async (run, { weights, steps, breakdown, checkpoint, next } = {}) => {
      const { model, config } = run;
      const cache = run.cache?.parameters;
      const file = weights && writeWeightsFile({ model, config, manifest, weights, cache });
      const sealed = checkpoint && (await sealState(checkpoint, device, request.models));
      await storeRun(database, run, { weights: file, steps, breakdown, checkpoint: sealed, next });
    },
    nextNumber: () => nextNumber(database),
  };
}

/**
 * The memory plan of each model of a request, in the order they train.
 * @throws LabError `not-found`, or `device` with the model that cannot fit
 */
export async function planExperiment(
  database: Database,
  { datasetId, models, config }: StartRequest,
  plan: Planner,
): Promise<readonly PlannedModel[]> {
  const { manifest } = await requireDataset(database, datasetId);
  return baselinesFirst(models).map((choice) => {
    const model = largestOf(choice);
    try {
      return { choice, model, plan: plan(workOf({ model, config }, cutOf(manifest, config))) };
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      const { failure } = error;
      throw new LabError({ ...failure, what: `${modelTitle(choice)}: ${failure.what}` }, { cause: error });
    }
  });
}

/** @throws LabError `not-found` */
export async function requireDataset(database: Database, id: string): Promise<DatasetRow> {
  const dataset = await findDataset(database, id);
  return (
    dataset ??
    fail('not-found', `The data set ${id} is not stored here.`, 'Download or import it on the Data page first.')
  );
}

/** A training's state as it is stored, with who wrote it. */
function sealState(
  { trainerState, ...tensors }: TrainingState,
  { kind, rounding }: Pick<Device, 'kind' | 'rounding'>,
  models: StartRequest['models'],
): Promise<StoredCheckpoint> {
  const written = {
    schema: CHECKPOINT_SCHEMA,
    build: BUILD,
    device: { kind, rounding },
    models,
    ...trainerState,
  } as const;
  return sealCheckpoint(writeCheckpoint({ trainerState: written, ...tensors }));
}
