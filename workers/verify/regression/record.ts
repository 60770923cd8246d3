/**
 * Records the trainings of the regression (src/core/regression/cases.ts) on a device, by the step that the trainer takes: scores,
 * gradients before they are clipped, and weights after each update. Gradients show errors that weights hide, since Adam divides a
 * gradient by its own size.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { ModelName } from '#core/models/registry.ts';
import { modelSpec } from '#core/models/spec.ts';
import { rateOfStep } from '#core/optimization/schedules.ts';
import { PAD_ID } from '#core/data/vocabulary.ts';
import {
  CASE_NAMES,
  CASE_STEPS,
  caseBatches,
  CASES,
  type CaseName,
  type RegressionCase,
} from '#core/regression/cases.ts';
import { digestOf, type TensorKind } from '#core/regression/digest.ts';
import type { ModelRecord, StepRecord } from '#core/regression/figures.ts';
import { recordOf } from '#core/records.ts';
import { rowsAStep } from '#core/settings/config.ts';
import { initialWeights } from '#core/models/weights.ts';
import type { Device } from '#engine/devices/device.ts';
import { unlessLost } from '#engine/devices/unlessLost.ts';
import { CompletionModel } from '#engine/models/completionModel.ts';
import { Optimiser } from '#engine/models/optimiser.ts';
import { TrainingStep } from '#training/step.ts';

export async function recordModel(device: Device, model: ModelName): Promise<ModelRecord> {
  const record = (one: RegressionCase) => unlessLost(device, recordCase(device, model, one));
  const records = new Map<CaseName, StepRecord[]>();
  for (const name of CASE_NAMES) records.set(name, await record(CASES[name]));
  return recordOf(CASE_NAMES, (name) => records.get(name) ?? []);
}

async function recordCase(device: Device, name: ModelName, one: RegressionCase): Promise<StepRecord[]> {
  const { config, microRows } = one;
  const spec = modelSpec(name, config, config.vocabulary);
  const work = { spec, optimizer: config.optimizer, batch: rowsAStep(config), length: config.length };
  // a plan that a run was begun with decides its micro-batches, where memory is planned at all
  await device.prepare(work, { ...device.plan(work), rows: microRows });
  const model = new CompletionModel(spec, initialWeights(spec, config.seed, config), device.ops);
  const optimiser = new RecordingOptimiser(model, device.ops, {
    ...config,
    rateOf: (step) => rateOfStep(config, { step: step - 1, totalSteps: CASE_STEPS, validationLosses: [] }),
  });
  const step = new TrainingStep({
    model,
    optimiser,
    plan: { rows: microRows },
    dropout: config.dropout,
    seed: config.seed,
    device,
  });
  const names = [...model.variables.keys()];
  const steps: StepRecord[] = [];
  try {
    for (const batch of caseBatches(one)) {
      const result = await step.run(batch);
      const atTargets = (values: Float32Array) => values.filter((_, index) => batch.targets[index] !== PAD_ID);
      const digest = (kind: TensorKind, tensor: string, values: ArrayLike<number>) =>
        digestOf(kind, tensor, result.step, Float32Array.from(values));
      const gradients = await optimiser.gradients;
      const weights = await model.weights();
      steps.push(
        await Promise.all([
          digest('scores', 'losses', atTargets(result.losses)),
          digest('scores', 'loss', [result.loss]),
          digest('ranks', 'ranks', atTargets(result.ranks)),
          // backwards, as they are computed: the first that differs is next to the cause
          ...names.map((name, at) => digest('gradients', `gradient of ${name}`, gradients[at] ?? [])).toReversed(),
          digest('gradients', 'gradient norms', [result.gradientNorm, ...result.layerNorms]),
          ...Array.from(weights, ([name, { data }]) => digest('weights', name, data)),
        ]),
      );
    }
  } finally {
    model.dispose();
    optimiser.dispose();
    device.release();
  }
  return steps;
}

/** Reads the gradients that it is given, summed over micro-batches and not yet clipped, before it takes its step. */
class RecordingOptimiser extends Optimiser {
  /** Values of the last step, in the order of the variables. */
  gradients: Promise<readonly Float32Array[]> = Promise.resolve([]);

  override step(gradients: readonly tf.Tensor[]): tf.Tensor1D {
    this.gradients = Promise.all(gradients.map((gradient) => gradient.data<'float32'>()));
    return super.step(gradients);
  }
}
