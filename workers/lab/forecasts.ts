/**
 * Forecasts for a training before it begins: memory from a plan, time from a comparable run or a few steps on the device, and a learning
 * rate from some more steps.
 */
import { z } from 'zod';
import { trainingConfigSchema } from '#core/settings/config.ts';
import { fail } from '#core/failure.ts';
import { plannerFor } from '#engine/devices/device.ts';
import { estimateEpochs } from './estimates.ts';
import { planExperiment } from './experiments.ts';
import type { DeviceSession } from './deviceSession.ts';
import { RateFinder } from './rateFinder.ts';
import type { EstimatedModel, FoundRate, LabEvent, PlannedModel } from '#contract/lab.ts';
import type { StartRequest } from '#core/runs/training.ts';
import type { Database } from '#storage/database.ts';

interface Deps {
  readonly storage: () => Promise<Database>;
  readonly emit: (event: LabEvent) => void;
  readonly device: DeviceSession;
  /** Whether nothing trains here. */
  readonly isIdle: () => boolean;
}

export class Forecasts {
  readonly #deps: Deps;
  /** Stops measuring a device's speed, and the promise that the device is released. */
  #probe: AbortController | undefined;
  #probing: Promise<void> = Promise.resolve();
  readonly #rates: RateFinder;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#rates = new RateFinder(deps);
  }

  /** @throws LabError `bad-config`, `not-found`, or `out-of-memory` with the model that cannot fit */
  async plan(request: StartRequest): Promise<readonly PlannedModel[]> {
    const config = parseConfig(request);
    const plan = await plannerFor(await this.#deps.device.kindOf(request.device));
    return planExperiment(await this.#deps.storage(), { ...request, config }, plan);
  }

  /** @returns null if a newer request came, or a training began */
  async estimate(request: StartRequest): Promise<readonly EstimatedModel[] | null> {
    const config = parseConfig(request);
    if (this.#rates.running) return null;
    // Only the newest request counts, since one device computes at a time.
    this.#probe?.abort();
    const probe = new AbortController();
    this.#probe = probe;
    await this.#probing;
    if (probe.signal.aborted || !this.#deps.isIdle()) return null;
    this.#deps.device.forget();
    const device = await this.#deps.device.kindOf(request.device);
    const estimating = estimateEpochs(await this.#deps.storage(), { ...request, config, device }, probe.signal);
    this.#probing = estimating.then(
      () => {},
      () => {}, // the caller reports it
    );
    return estimating;
  }

  /** @returns null where it was stopped or a training began @throws LabError `busy`, or as planning and opening the device do */
  findRates(request: StartRequest): Promise<readonly FoundRate[] | null> {
    const config = parseConfig(request);
    this.#probe?.abort();
    return this.#rates.find({ ...request, config }, this.#probing);
  }

  /** Resolves when the device is free. */
  stopFindingRates(): Promise<void> {
    return this.#rates.stop();
  }

  /** Ends what is being measured. @returns once the device is released */
  async cancel(): Promise<void> {
    this.#probe?.abort();
    await Promise.all([this.#probing, this.#rates.stop()]);
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
