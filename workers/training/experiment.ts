/** Makes the record of a run before it trains. */
import { isVariant, type ModelChoice, type ModelName } from '#core/models/registry.ts';
import { modelSpec, parameterCount } from '#core/models/spec.ts';
import type { Manifest } from '#core/data/manifest.ts';
import { RUN_SCHEMA, type DeviceRecord, type NgramBaseline, type RunRecord } from '#core/runs/run.ts';
import type { TrainingConfig } from '#core/settings/config.ts';
import type { Device } from '#engine/devices/device.ts';
import type { Cut } from '#core/data/batches/batch.ts';
import { variantOfBetter } from './choice.ts';

export interface RunRequest {
  readonly experiment: string;
  /** Number of the configuration in the experiment, from 1; null if the experiment has only one. */
  readonly combination: number | null;
  readonly choice: ModelChoice;
  /** All models that are trained with this configuration. */
  readonly models: readonly ModelChoice[];
  readonly config: TrainingConfig;
  readonly number: number;
  /** Stored runs, among which a variant finds its baseline. */
  readonly runs: readonly RunRecord[];
}

interface Prepared {
  readonly manifest: Manifest;
  readonly cut: Cut;
  readonly ngramBaselines: readonly NgramBaseline[];
  readonly device: Device;
}

/** @throws LabError `bad-config` for a variant without a baseline */
export function newRun(request: RunRequest, { manifest, cut, ngramBaselines, device }: Prepared): RunRecord {
  const { experiment, combination, config } = request;
  const model = modelFor(request, manifest.sha256);
  return {
    schema: RUN_SCHEMA,
    id: [experiment, ...(combination === null ? [] : [combination]), model].join('-'),
    number: request.number,
    experiment,
    models: [...request.models],
    model,
    parameters: parameterCount(modelSpec(model, config, cut.vocabulary)),
    dataset: { id: manifest.id, sha256: manifest.sha256 },
    device: deviceRecordOf(device),
    config,
    state: 'waiting',
    createdAt: Date.now(),
    epochs: [],
    bestEpoch: null,
    ended: null,
    test: null,
    yardsticks: [...ngramBaselines],
    failure: null,
  };
}

function modelFor({ choice, experiment, config, runs }: RunRequest, sha256: string): ModelName {
  return isVariant(choice) ? variantOfBetter(choice, runs, { experiment, sha256, config }) : choice;
}

/** The device for a run's record. A run that resumed on another device has the last one. */
export function deviceRecordOf(device: Device): DeviceRecord {
  const { kind, name } = device;
  return { kind, name, ...(device.kind === 'cpu' ? { threads: device.threads } : {}) };
}
