/** What a training would take, before it begins: memory from a plan, time from a comparable run or a few steps on the device. */
import { z } from 'zod';
import { trainingConfigSchema } from '#core/settings/config.ts';
import { fail } from '#core/failure.ts';
import { plannerFor } from '#engine/devices/device.ts';
import { estimateEpochs } from './estimates.ts';
import { planExperiment } from './experiments.ts';
import type { DeviceSession } from './deviceSession.ts';
import type { EstimatedModel, PlannedModel } from '#contract/lab.ts';
import type { StartRequest } from '#core/runs/training.ts';
import type { Database } from '#storage/database.ts';

interface Deps {
  readonly storage: () => Promise<Database>;
  readonly device: DeviceSession;
}

export class Forecasts {
  readonly #deps: Deps;
  /** Stops measuring a device's speed, and the promise that the device is released. */
  #probe: AbortController | undefined;
  #probing: Promise<void> = Promise.resolve();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws LabError `bad-config`, `not-found`, or `out-of-memory` with the model that cannot fit */
  async plan(request: StartRequest): Promise<readonly PlannedModel[]> {
    const config = parseConfig(request);
    const plan = await plannerFor(await this.#deps.device.kindOf(request.device));
    return planExperiment(await this.#deps.storage(), { ...request, config }, plan);
  }

  /** @returns null where a newer question came, or a training began */
  async estimate(request: StartRequest, isIdle: () => boolean): Promise<readonly EstimatedModel[] | null> {
    const config = parseConfig(request);
    // The newest question counts; one device computes at a time.
    this.#probe?.abort();
    const probe = new AbortController();
    this.#probe = probe;
    await this.#probing;
    if (probe.signal.aborted || !isIdle()) return null;
    this.#deps.device.forget();
    const device = await this.#deps.device.kindOf(request.device);
    const estimating = estimateEpochs(await this.#deps.storage(), { ...request, config, device }, probe.signal);
    this.#probing = estimating.then(
      () => {},
      () => {}, // told to who asked
    );
    return estimating;
  }

  /** Ends what is being measured. @returns once the device is released */
  cancel(): Promise<void> {
    this.#probe?.abort();
    return this.#probing;
  }
}

/** @throws LabError `bad-config` */
export function parseConfig(request: StartRequest): StartRequest['config'] {
  const parsed = trainingConfigSchema.safeParse(request.config);
  if (!parsed.success) {
    fail('bad-config', `The configuration is not valid: ${z.prettifyError(parsed.error)}`, 'Correct it and try again.');
  }
  if (request.models.length === 0) fail('bad-config', 'No model is chosen.', 'Choose at least one.');
  return parsed.data;
}
