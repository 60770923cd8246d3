/** Finds learning rates, one model after the other. It holds the device meanwhile; a training stops it. */
import { baselinesFirst } from '#core/experiments/items.ts';
import { largestOf } from '#core/models/registry.ts';
import { FINDER_STEPS, suggestedRate } from '#core/optimization/rateFinder.ts';
import type { StartRequest } from '#core/runs/training.ts';
import { fail } from '#core/failure.ts';
import type { FoundRate, LabEvent } from '#contract/lab.ts';
import type { Database } from '#storage/database.ts';
import { openRows } from '#storage/rows.ts';
import { Control } from '#training/control.ts';
import { cutOf } from '#training/data.ts';
import { findRate } from '#training/rateFinder.ts';
import type { DeviceSession } from './deviceSession.ts';
import { requireDataset } from './experiments.ts';

interface Deps {
  readonly storage: () => Promise<Database>;
  readonly emit: (event: LabEvent) => void;
  readonly device: DeviceSession;
}

/** Milliseconds between two events. */
const PACE = 200;

export class RateFinder {
  readonly #deps: Deps;
  #control: Control | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  get running(): boolean {
    return this.#control !== undefined;
  }

  /**
   * @param free resolves when nothing else computes
   * @returns null when it was stopped
   * @throws LabError `busy`, `not-found`, or as planning and opening the device do
   */
  async find(request: StartRequest, free: Promise<void>): Promise<readonly FoundRate[] | null> {
    if (this.running) fail('busy', 'Learning rates are being searched already.', 'Stop that search first, or wait.');
    const control = new Control(() => {});
    const ended = Promise.withResolvers<void>();
    this.#control = control;
    this.#ended = ended.promise;
    try {
      await free;
      return await this.#findAll(request, control);
    } finally {
      this.#control = undefined;
      ended.resolve();
    }
  }

  /** Resolves when the device is free. */
  async stop(): Promise<void> {
    this.#control?.stop();
    await this.#ended;
  }

  async #findAll(request: StartRequest, control: Control): Promise<readonly FoundRate[] | null> {
    const { config } = request;
    const database = await this.#deps.storage();
    const dataset = await requireDataset(database, request.datasetId);
    const train = await openRows(database, dataset, 'train', config.trainFiles);
    if (train.lengths.length === 0) {
      fail('bad-config', `${dataset.manifest.title} has no train rows.`, 'Choose a data set with at least ten files.');
    }
    const device = await this.#deps.device.open(request.device, request.threads);
    if (control.stopped) return null;
    if (device.control) control.attach(device.control);
    const all: FoundRate[] = [];
    for (const choice of baselinesFirst(request.models)) {
      const model = largestOf(choice);
      let last = Number.NEGATIVE_INFINITY;
      const curve = await findRate({
        device,
        control,
        model,
        config,
        train,
        cut: cutOf(dataset.manifest, config),
        onPoint: (points) => {
          if (performance.now() - last < PACE) return;
          last = performance.now();
          this.#deps.emit({
            type: 'rateFinder',
            progress: { choice, model, points: [...points], steps: FINDER_STEPS },
          });
        },
      });
      if (!curve) return null;
      all.push({
        choice,
        model,
        points: curve.points,
        diverged: curve.diverged,
        suggestion: suggestedRate(curve.points),
      });
    }
    return all;
  }
}
