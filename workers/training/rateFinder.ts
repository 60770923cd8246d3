/** Trains a model for some steps while the learning rate rises. It stores nothing. */
import { modelSpec } from '#core/models/spec.ts';
import type { ModelName } from '#core/models/registry.ts';
import { initialWeights } from '#core/models/weights.ts';
import { finderRate, RateCurve, type RatePoint } from '#core/optimization/rateFinder.ts';
import { rowsAStep, type TrainingConfig } from '#core/settings/config.ts';
import type { Cut } from '#core/data/batches/batch.ts';
import { trainingOrder } from '#core/data/batches/order.ts';
import type { Rows } from '#core/data/batches/rows.ts';
import type { Device } from '#engine/devices/device.ts';
import { unlessLost } from '#engine/devices/unlessLost.ts';
import { CompletionModel } from '#engine/models/completionModel.ts';
import { Optimiser } from '#engine/models/optimiser.ts';
import type { Control } from './control.ts';
import { BatchLoader } from './loader.ts';
import { TrainingStep } from './step.ts';
import { workOf } from './trainer.ts';

export interface RateSearch {
  readonly device: Device;
  readonly control: Control;
  readonly model: ModelName;
  readonly config: TrainingConfig;
  readonly train: Rows;
  readonly cut: Cut;
  /** Called after each step with all points so far. */
  readonly onPoint: (points: readonly RatePoint[]) => void;
}

/**
 * The initial weights and batches are those of a run with this configuration, so the curve depends on its seed.
 * @returns null if stopped
 */
export async function findRate(search: RateSearch): Promise<RateCurve | null> {
  const { device, control, model, config, cut } = search;
  const { dropout, seed } = config;
  try {
    const plan = await device.prepare(workOf({ model, config }, cut));
    const spec = modelSpec(model, config, cut.vocabulary);
    const network = new CompletionModel(spec, initialWeights(spec, seed, config), device.ops);
    const optimiser = new Optimiser(network, device.ops, { ...config, rateOf: finderRate });
    try {
      const step = new TrainingStep({ model: network, optimiser, plan, dropout, seed, device });
      return await unlessLost(device, rise(search, step));
    } finally {
      network.dispose();
      optimiser.dispose();
    }
  } finally {
    await control.cancelled.catch(() => {}); // `unlessLost` reports it
    device.release();
  }
}

async function rise(
  { control, config, train, cut, onPoint }: RateSearch,
  step: TrainingStep,
): Promise<RateCurve | null> {
  const curve = new RateCurve();
  for (let epoch = 1; ; epoch++) {
    const order = trainingOrder(train.lengths, rowsAStep(config), config.seed, epoch);
    for await (const batch of new BatchLoader(train, cut, order)) {
      await control.waitWhilePaused();
      if (control.stopped) return null;
      const { loss } = await step.run(batch);
      // a step that was stopped has no result
      if (control.stopped) return null;
      curve.add(loss);
      onPoint(curve.points);
      if (curve.ended) return curve;
    }
  }
}
