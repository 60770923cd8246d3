/** Prepares what the runs of an experiment share: rows from storage, n-gram baselines, a device. */
import { MEASURES_BASELINES } from '#core/settings/presets.ts';
import type { TrainingConfig } from '#core/settings/config.ts';
import { baselinesFirst } from '#core/experiments/items.ts';
import { largestOf, modelTitle, type ModelChoice } from '#core/models/registry.ts';
import { fail, LabError } from '#core/failure.ts';
import type { Manifest } from '#core/data/manifest.ts';
import type { NgramBaseline, RunRecord } from '#core/runs/run.ts';
import type { Device, Planner } from '#engine/devices/device.ts';
import type { PlannedModel } from '#contract/lab.ts';
import type { StartRequest } from '#core/runs/training.ts';
import type { Database, DatasetRow } from '#storage/database.ts';
import { findDataset } from '#storage/datasets.ts';
import { openRows } from '#storage/rows.ts';
import { storeRun, type QueueChange } from '#storage/runs.ts';
import { cutOf, type TrainingData } from '#training/data.ts';
import type { RunParts, TrainingState } from '#training/job.ts';
import { workOf } from '#training/trainer.ts';
import { CHECKPOINT_SCHEMA, writeCheckpoint } from '#core/runs/checkpoint.ts';
import { BUILD } from './build.ts';
import { sealCheckpoint, type StoredCheckpoint } from '#storage/checkpoints.ts';
import { writeWeightsFile } from '#core/formats/weightsFile.ts';
import { measureNgramBaselines } from '#training/ngramBaselines.ts';

/** What runs of the same data, cut and device share. */
export interface Session {
  /** The same for all that can share it. */
  readonly key: string;
  readonly manifest: Manifest;
  readonly data: TrainingData;
  readonly ngramBaselines: readonly NgramBaseline[];
  readonly device: Device;
}

/** What decides whether two runs can share a session. */
export interface SessionRequest extends Pick<StartRequest, 'datasetId' | 'device' | 'threads'> {
  readonly config: TrainingConfig;
}

export function sessionKey({ datasetId, device, threads, config }: SessionRequest): string {
  const { vocabulary, length, trainFiles, preset } = config;
  return JSON.stringify([datasetId, device, threads, vocabulary, length, trainFiles, MEASURES_BASELINES[preset]]);
}

/** Sorts by time. @param taken ids that are stored: of two experiments within a second the later one gets the next second */
export function experimentId(startedAt: Date, taken: ReadonlySet<string>): string {
  const id = startedAt.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').replace(/\..*$/, '');
  return taken.has(id) ? experimentId(new Date(startedAt.getTime() + 1_000), taken) : id;
}

/**
 * @param openDevice called once the data is there
 * @param sha256 of the data set that the experiment was begun with
 * @throws LabError `not-found` or `bad-config`
 */
export async function openSession(
  database: Database,
  request: SessionRequest,
  openDevice: () => Promise<Device>,
  sha256?: string,
): Promise<Session> {
  const { config } = request;
  const dataset = await requireDataset(database, request.datasetId);
  const { manifest } = dataset;
  if (sha256 !== undefined && manifest.sha256 !== sha256) {
    fail(
      'not-found',
      `The stored version of the data set ${manifest.id} differs from the one that this experiment was begun with.`,
      'Download or import that version again on the Data page, or remove what is left of the experiment.',
    );
  }
  const data: TrainingData = {
    train: await openRows(database, dataset, 'train', config.trainFiles),
    validation: await openRows(database, dataset, 'validation'),
    test: await openRows(database, dataset, 'test'),
    dev: manifest.splits.dev ? await openRows(database, dataset, 'dev') : null,
    cut: cutOf(manifest, config),
  };
  for (const split of ['train', 'validation', 'test'] as const) {
    if (data[split].lengths.length === 0) {
      fail('bad-config', `${manifest.title} has no ${split} rows.`, 'Choose a data set with at least ten files.');
    }
  }
  const device = await openDevice();
  return {
    key: sessionKey(request),
    manifest,
    data,
    ngramBaselines: MEASURES_BASELINES[config.preset] ? await measureNgramBaselines(data, manifest) : [],
    device,
  };
}

/** Stores a run with its parts; its checkpoint names the models after it, for a lab that has no queue. */
export async function storeTrainedRun(
  database: Database,
  { manifest, device }: Session,
  run: RunRecord,
  { weights, steps, breakdown, checkpoint, queue }: RunParts & { readonly queue?: QueueChange | undefined },
): Promise<void> {
  const { model, config } = run;
  const cache = run.cache?.parameters;
  const file = weights && writeWeightsFile({ model, config, manifest, weights, cache });
  const sealed = checkpoint && (await sealState(checkpoint, device, run.models ?? [model]));
  await storeRun(database, run, { weights: file, steps, breakdown, checkpoint: sealed, queue });
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
  models: readonly ModelChoice[],
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
