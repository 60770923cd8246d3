/** How long an epoch will take: from a stored run of the same size where there is one, else from a few steps taken now. */
import { CONNECTIONS, largestOf, modelOf, type ModelName } from '#core/models/registry.ts';
import { modelSpec, outputWidth } from '#core/models/spec.ts';
import type { TrainingConfig } from '#core/settings/config.ts';
import type { DeviceKind } from '#core/devices.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { openDevice } from '#engine/devices/device.ts';
import { requireDataset } from './experiments.ts';
import type { EstimatedModel } from '#contract/lab.ts';
import type { StartRequest } from '#core/runs/training.ts';
import type { Database } from '#storage/database.ts';
import { openRows } from '#storage/rows.ts';
import { listRuns } from '#storage/runs.ts';
import { baselinesFirst } from '#core/experiments/items.ts';
import { cutOf } from '#training/data.ts';
import { epochSeconds, probeSpeed, type StepCost } from '#training/probe.ts';

type EstimateRequest = StartRequest & { readonly device: DeviceKind };

/** Costs measured since the lab was opened, keyed by everything that affects them. */
const measured = new Map<string, StepCost>();

/**
 * @param signal ends it between two steps
 * @returns null when it was ended
 * @throws LabError `not-found`, or `device` where a model cannot fit
 */
export async function estimateEpochs(
  database: Database,
  request: EstimateRequest,
  signal: AbortSignal,
): Promise<readonly EstimatedModel[] | null> {
  const { config, device, threads } = request;
  const dataset = await requireDataset(database, request.datasetId);
  const cut = cutOf(dataset.manifest, config);
  const runs = await listRuns(database);
  const rows = {
    train: await openRows(database, dataset, 'train', config.trainFiles),
    validation: await openRows(database, dataset, 'validation'),
  };
  const estimates: EstimatedModel[] = [];
  for (const choice of baselinesFirst(request.models)) {
    const model = largestOf(choice);
    const like = runs.findLast((run) => isLike(run, model, dataset.manifest.sha256, request));
    if (like) {
      estimates.push({ choice, model, epochSeconds: medianEpoch(like), from: 'run' });
      continue;
    }
    // A variant's extra cost over its baseline is too small to measure, unless its output layer is wider.
    const isWider = CONNECTIONS[config.connection].join === 'concatenation';
    const baseline = isWider ? model : (modelOf(model).baseline ?? model);
    const key = [
      device,
      threads,
      baseline,
      config.embedding,
      config.hidden,
      config.layers,
      config.weightTying,
      cut.vocabulary,
      cut.length,
      config.batch,
    ].join();
    let cost = measured.get(key);
    if (!cost) {
      const probe = { device: await openDevice(device, { threads }), model: baseline, config, cut, signal };
      cost = (await probeSpeed(probe)) ?? undefined;
      if (!cost) return null;
      measured.set(key, cost);
    }
    const seconds = epochSeconds(cost, {
      train: rows.train.lengths,
      validation: rows.validation.lengths,
      batch: config.batch,
      seed: config.seed,
      length: cut.length,
    });
    estimates.push({ choice, model, epochSeconds: seconds, from: 'probe' });
  }
  return estimates;
}

/** Whether an epoch of this run costs the same as one of the request: same data, sizes and device. */
function isLike(
  run: RunRecord,
  model: ModelName,
  sha256: string,
  { config, device, threads }: EstimateRequest,
): boolean {
  const sizes = ['embedding', 'hidden', 'layers', 'vocabulary', 'length', 'batch', 'trainFiles'] as const;
  return (
    run.epochs.length > 0 &&
    modelOf(run.model).cell === modelOf(model).cell &&
    outputWidthOf(run.model, run.config) === outputWidthOf(model, config) &&
    run.config.weightTying === config.weightTying &&
    run.dataset.sha256 === sha256 &&
    run.device.kind === device &&
    (device !== 'cpu' || threads === undefined || run.device.threads === threads) &&
    sizes.every((size) => run.config[size] === config[size])
  );
}

function outputWidthOf(model: ModelName, config: TrainingConfig): number {
  return outputWidth(modelSpec(model, config, config.vocabulary));
}

function medianEpoch({ epochs }: RunRecord): number {
  const seconds = epochs.map((epoch) => epoch.seconds + (epoch.validationSeconds ?? 0)).toSorted((a, b) => a - b);
  return seconds[Math.floor(seconds.length / 2)]!;
}
