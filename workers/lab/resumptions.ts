/** What a run that was broken off needs to go on: its record as it stood, where the training was, and its best weights. */
import { readCheckpoint } from '#core/runs/checkpoint.ts';
import { modelSpec } from '#core/models/spec.ts';
import { DEVICE_CHOICES, type DeviceChoice } from '#core/devices.ts';
import { fail, LabError } from '#core/failure.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { weightShapes } from '#core/models/weights.ts';
import { BUILD } from './build.ts';
import { readWeightsFile } from '#core/models/weightsFile.ts';
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
import type { Resumed } from '#training/experiment.ts';

export interface Resumable extends Resumed {
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
    fail('busy', 'This run has nothing to go on with.', 'Only a run that was broken off can go on.');
  }
  const { manifest } = await requireDataset(database, stored.dataset.id);
  if (manifest.sha256 !== stored.dataset.sha256) {
    fail(
      'not-found',
      `The data set ${stored.dataset.id} is stored here in another version than the one this run was trained on.`,
      'Load that version again in the Data room. The run’s epochs and best weights are kept.',
    );
  }
  const config = learningRate === undefined ? stored.config : { ...stored.config, learningRate };
  const kind = device ?? DEVICE_CHOICES.find((one): one is DeviceChoice => one === stored.device.kind) ?? 'auto';
  const run: RunRecord = { ...stored, config, failure: null };
  const shapes = weightShapes(modelSpec(run.model, config, cutOf(manifest, config).vocabulary));
  const found = await findCheckpoint(database, runId);
  if (found.damaged > 0) {
    await damaged.found(
      'checkpoints',
      runId,
      `The bytes of ${found.damaged} of its saves are not those that were stored.`,
    );
  }
  const base = { datasetId: manifest.id, config, device: kind, threads: threads ?? stored.device.threads };
  if (found.bytes === null) {
    if (found.damaged > 0 && !anyway) {
      throw new LabError({
        kind: 'other-bits',
        what: 'What was saved of this run is damaged, so it cannot go on from there.',
        remedy: 'It can begin anew. Its epochs and best weights so far would be replaced.',
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
    readCheckpoint(saved, shapes),
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

/** The record as it stood in an epoch: an older checkpoint knows nothing of later ones, and comes to the same again. */
function asOf(run: RunRecord, epoch: number): RunRecord {
  const epochs = run.epochs.filter((one) => one.epoch < epoch);
  if (epochs.length === run.epochs.length) return run;
  const stopping = new EarlyStopping(run.config.patience);
  for (const { epoch: one, validation } of epochs) stopping.observe(one, validation.loss);
  return { ...run, epochs, bestEpoch: stopping.bestEpoch, ended: null };
}

/** Says why a run could come to other bits here than where it was saved. @throws LabError `other-bits` */
export function requireSameBits(
  { writer, run }: Resumable,
  device: Device,
  { learningRate, anyway }: ResumeRequest,
): void {
  if (writer === null || anyway) return;
  const here = `${device.kind} (${device.rounding})`;
  const reasons = [
    ...(writer.device === here ? [] : [`it was saved on ${writer.device}, and would go on on ${here}`]),
    ...(writer.build === BUILD ? [] : ['it was saved by another build of the lab']),
    ...(learningRate === undefined ? [] : [`its rate would be ${learningRate}`]),
  ];
  if (reasons.length === 0) return;
  throw new LabError({
    kind: 'other-bits',
    what: `${run.model.toUpperCase()} ${run.number} can go on, but will not come to the same bits as without a break: ${reasons.join('; ')}.`,
    remedy: 'Its measures will be as good. Go on all the same, or leave it.',
  });
}
