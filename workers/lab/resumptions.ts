/** What an interrupted run needs to resume: its record, the state of the training, and its best weights. */
import { readCheckpoint } from '#core/runs/checkpoint.ts';
import { modelSpec } from '#core/models/spec.ts';
import { DEVICE_CHOICES, type DeviceChoice } from '#core/devices.ts';
import { fail, LabError } from '#core/failure.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { weightShapes } from '#core/models/weights.ts';
import { BUILD } from './build.ts';
import { readWeightsFile } from '#core/formats/weightsFile.ts';
import type { Device } from '#engine/devices/device.ts';
import type { DamagedRecords } from './damagedRecords.ts';
import { requireDataset } from './experiments.ts';
import type { ResumeRequest } from '#contract/lab.ts';
import type { StartRequest } from '#core/runs/training.ts';
import { findCheckpoint } from '#storage/checkpoints.ts';
import type { Database } from '#storage/database.ts';
import { readWeights, requireRun } from '#storage/runs.ts';
import { cutOf } from '#training/data.ts';
import { EarlyStopping } from '#training/earlyStopping.ts';
import type { Resumption } from '#training/job.ts';

export interface Resumable {
  readonly run: RunRecord;
  /** Undefined if nothing was saved, so that the run begins anew. */
  readonly resumption: Resumption | undefined;
  /** What the click that began it asked for. */
  readonly request: StartRequest;
  /** Where it was saved by another build, or on another device; null where nothing of it was saved. */
  readonly writer: { readonly build: string; readonly device: string } | null;
  /** Newer checkpoints that are damaged. */
  readonly passedOver: number;
}

const OVER: readonly RunRecord['state'][] = ['interrupted', 'stopped', 'failed'];

/** @throws LabError `not-found` without its data set, `bad-input` where all that was saved is damaged */
export async function findResumable(
  database: Database,
  { runId, device, threads, learningRate, anyway }: ResumeRequest,
  damaged: DamagedRecords,
): Promise<Resumable> {
  const stored = await requireRun(database, runId);
  if (!OVER.includes(stored.state)) {
    fail('busy', 'This run cannot be resumed.', 'Only a run that was interrupted, failed or stopped can be resumed.');
  }
  const { manifest } = await requireDataset(database, stored.dataset.id);
  if (manifest.sha256 !== stored.dataset.sha256) {
    fail(
      'not-found',
      `The stored version of the data set ${stored.dataset.id} differs from the one that this run was trained on.`,
      'Download or import that version again on the Data page. The run’s epochs and best weights are kept.',
    );
  }
  const config = learningRate === undefined ? stored.config : { ...stored.config, learningRate };
  const kind = device ?? DEVICE_CHOICES.find((one): one is DeviceChoice => one === stored.device.kind) ?? 'auto';
  const run: RunRecord = { ...stored, config, failure: null };
  const shapes = weightShapes(modelSpec(run.model, config, cutOf(manifest, config).vocabulary));
  const found = await findCheckpoint(database, runId);
  if (found.damaged > 0) {
    await damaged.found('checkpoints', runId, `The checksums of its checkpoints do not match (${found.damaged}).`);
  }
  const base = { datasetId: manifest.id, config, device: kind, threads: threads ?? stored.device.threads };
  if (found.bytes === null) {
    if (found.damaged > 0 && !anyway) {
      throw new LabError({
        kind: 'other-bits',
        what: 'The checkpoints of this run are damaged, so it cannot resume from them.',
        remedy: 'It can start again. That replaces its epochs and best weights.',
      });
    }
    const { plan: _, ...fresh } = run;
    const anew: RunRecord = { ...fresh, epochs: [], bestEpoch: null, ended: null, test: null };
    return {
      run: anew,
      resumption: undefined,
      request: { ...base, models: run.models ?? [run.model] },
      writer: null,
      passedOver: 0,
    };
  }
  const { bytes: saved } = found;
  const { trainerState, ...tensors } = await damaged.reading('checkpoints', runId, async () =>
    readCheckpoint(saved, shapes, config.optimizer),
  );
  const bytes = await readWeights(database, runId);
  return {
    run: asOf(run, trainerState.epoch),
    resumption: { state: { trainerState, ...tensors }, best: bytes ? readWeightsFile(bytes).weights : null },
    request: { ...base, models: trainerState.models },
    writer: { build: trainerState.build, device: `${trainerState.device.kind} (${trainerState.device.rounding})` },
    passedOver: found.damaged,
  };
}

/** The record as it was after an epoch: resuming from an older checkpoint repeats the later epochs. */
function asOf(run: RunRecord, epoch: number): RunRecord {
  const epochs = run.epochs.filter((one) => one.epoch < epoch);
  if (epochs.length === run.epochs.length) return run;
  const stopping = new EarlyStopping(run.config.patience);
  for (const { epoch: one, validation } of epochs) stopping.observe(one, validation.loss);
  return { ...run, epochs, bestEpoch: stopping.bestEpoch, ended: null };
}

/** Refuses a run that may continue with other bits here than where it was saved. @throws LabError `other-bits` */
export function requireSameBits(
  { writer, run }: Resumable,
  device: Device,
  { learningRate, anyway }: ResumeRequest,
): void {
  if (writer === null || anyway) return;
  const here = `${device.kind} (${device.rounding})`;
  const reasons = [
    ...(writer.device === here ? [] : [`it was saved on ${writer.device} and would resume on ${here}`]),
    ...(writer.build === BUILD ? [] : ['it was saved by a different build of the lab']),
    ...(learningRate === undefined ? [] : [`its learning rate would be ${learningRate}`]),
  ];
  if (reasons.length === 0) return;
  throw new LabError({
    kind: 'other-bits',
    what: `${run.model.toUpperCase()} ${run.number} can resume, but its weights will not be bit-identical to an uninterrupted run: ${reasons.join('; ')}.`,
    remedy: 'The results will be as good. Resume anyway, or cancel.',
  });
}
