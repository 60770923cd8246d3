/** Makes ready what an experiment needs, from the rooms that have it: rows from storage, yardsticks, a place to keep runs. */
import { fail } from '../src/core/failure.ts';
import type { RunRecord } from '../src/core/run.ts';
import type { Device } from './engine/devices/device.ts';
import type { StartRequest, TrainingProgress } from './protocol.ts';
import type { Database } from './storage/database.ts';
import { findDataset } from './storage/datasets.ts';
import { openRows } from './storage/rows.ts';
import { listRuns, storeRun, storeRunWithWeights } from './storage/runs.ts';
import type { Control } from './train/control.ts';
import { cutOf, type TrainingData } from './train/data.ts';
import type { Experiment } from './train/experiment.ts';
import { weightsFile } from './train/weights-file.ts';
import { measureYardsticks } from './train/yardsticks.ts';

export interface ExperimentListeners {
  readonly onRun: (run: RunRecord) => void;
  readonly onProgress: (progress: TrainingProgress) => void;
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
): Promise<Experiment> {
  const dataset = await findDataset(database, request.datasetId);
  if (!dataset) {
    fail('not-found', `The data set ${request.datasetId} is not stored here.`, 'Load it in the Data room first.');
  }
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
      fail('bad-config', `${manifest.title} has no ${split} rows.`, 'Choose a data set of at least ten files.');
    }
  }
  return {
    id,
    request,
    manifest,
    data,
    yardsticks: await measureYardsticks(data, manifest),
    device: await openDevice(),
    control,
    earlier: await listRuns(database),
    ...listeners,
    keep: (run, weights) =>
      weights ? storeRunWithWeights(database, run, weightsFile(run, weights, manifest)) : storeRun(database, run),
  };
}
