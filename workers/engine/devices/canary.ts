/**
 * A tiny training step that a device must compute as the reference does before it is trusted: some mobile GPUs have
 * returned zero gradients for recurrent nets without any error.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { ModelSpec } from '#core/models/spec.ts';
import { LabError } from '#core/failure.ts';
import { makeBatch } from '#core/data/batches/batch.ts';
import { initialWeights } from '#core/models/weights.ts';
import { batchTensors, CompletionModel } from '../models/completionModel.ts';
import type { Ops } from '../ops/contract.ts';

const SPEC: ModelSpec = {
  cell: 'lstm',
  layers: 2,
  connection: 'sum',
  weightTying: 'none',
  tokens: 11,
  embedding: 3,
  hidden: 5,
  activation: 'tanh',
};
const ROWS = [Uint16Array.of(2, 3, 4, 5, 6, 0), Uint16Array.of(7, 8, 9, 10, 0, 0)];
const TRAINING = { dropout: 0.25, seed: 1, step: 1 };
/** Float32 sums in another order differ by less than a hundredth of this. */
const TOLERANCE = 1e-4;

/** Loss, then every gradient value, on the current backend. */
export async function canaryValues(ops: Ops): Promise<Float32Array> {
  const model = new CompletionModel(SPEC, initialWeights(SPEC, 1), ops);
  const batch = batchTensors(makeBatch(ROWS, { length: 6, vocabulary: 9 }));
  const scores = model.gradients(batch, TRAINING);
  const values = await Promise.all([scores.loss, ...scores.gradients].map((tensor) => tensor.data()));
  tf.dispose([batch.inputs, batch.targets, scores.loss, scores.losses, scores.ranks, ...scores.gradients]);
  model.dispose();
  return Float32Array.from(values.flatMap((part) => [...part]));
}

/** @throws LabError `device` where the device's values are not the reference's */
export function requireAgreement(device: string, values: Float32Array, reference: Float32Array): void {
  const wrong = reference.findIndex((value, index) => !(Math.abs(value - values[index]!) <= TOLERANCE));
  if (values.length === reference.length && wrong < 0) return;
  throw new LabError({
    kind: 'device',
    what: `${device} computes wrong results: a small training step differs from the one on the CPU.`,
    remedy: 'Choose the device cpu. A newer browser or graphics driver may fix this.',
    detail: `value ${wrong}: ${values[wrong]} instead of ${reference[wrong]}`,
  });
}
