/**
 * Training steps that another program repeats: from the weights and batches of a file, one step a batch, without dropout. PyTorch's
 * results for the same file (pytorch/minicopilot/replay.py) have to agree. It also computes logits, for the same comparison.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { TrainingConfig } from '#core/settings/config.ts';
import { modelSpec, type ModelSpec } from '#core/models/spec.ts';
import { SPECIAL_IDS } from '#core/data/vocabulary.ts';
import { fail } from '#core/failure.ts';
import { readSafetensors, type Tensor } from '#core/models/safetensors.ts';
import type { Weights } from '#core/models/weights.ts';
import { configOf } from '#core/formats/weightsFile.ts';
import type { Replayed } from '#core/regression/verifier.ts';
import { batchOf, CASE_REMEDY, idsOf, weightsUnder } from './cases.ts';
import type { Device } from '#engine/devices/device.ts';
import { unlessLost } from '#engine/devices/unlessLost.ts';
import { CompletionModel } from '#engine/models/completionModel.ts';
import { Optimiser } from '#engine/models/optimiser.ts';

/**
 * @param file safetensors: `init.<name>`, and `batch<i>.x` and `.y` from 0 on, [rows, steps]; its metadata hold `config`
 * @throws LabError `bad-input` for another file
 */
export function replay(file: Uint8Array, device: Device): Promise<Replayed> {
  return unlessLost(device, train(file, device));
}

async function train(file: Uint8Array, device: Device): Promise<Replayed> {
  const { tensors, metadata } = readSafetensors(file);
  const { config, spec, weights } = startOf(tensors, metadata, 'init.');
  let count = 0;
  while (tensors.has(`batch${count}.x`)) count++;
  const sizes = Array.from({ length: count }, (_, index) => idsOf(tensors, index));
  const rows = Math.max(...sizes.map((size) => size.rows));
  const longest = Math.max(...sizes.map((size) => size.steps));
  await device.prepare({ spec, batch: rows, length: longest + 1 });
  const model = new CompletionModel(spec, weights, device.ops);
  const optimiser = new Optimiser(model, device.ops, config);
  const losses: number[] = [];
  const gradientNorms: number[] = [];
  try {
    for (let index = 0; index < count; index++) {
      const { batch, rows, steps } = batchOf(tensors, index);
      device.beginBatch(rows, steps);
      const scores = model.gradients(batch, { dropout: 0, seed: 0, step: index + 1 });
      const norms = optimiser.step(scores.gradients);
      losses.push((await scores.loss.data())[0]!);
      gradientNorms.push((await norms.data())[0]!);
      tf.dispose([batch.inputs, batch.targets, scores.loss, scores.losses, scores.ranks, norms, ...scores.gradients]);
    }
  } finally {
    model.dispose();
    optimiser.dispose();
    device.release();
  }
  return { losses, gradientNorms };
}

/**
 * The logits of exported weights after each token of some rows, [rows, steps, tokens].
 * @param weights as the lab exports them
 * @param ids safetensors with `batch0.x`, [rows, steps]
 */
export async function logitsOfFile(
  weights: Uint8Array,
  ids: Uint8Array,
  device: Device,
): Promise<Float32Array<ArrayBuffer>> {
  const { tensors, metadata } = readSafetensors(weights);
  const { spec, weights: own } = startOf(tensors, metadata, '');
  const { batch, rows, steps } = batchOf(readSafetensors(ids).tensors, 0);
  const model = new CompletionModel(spec, own, device.ops);
  const logits = tf.tidy(() => {
    const timeMajor = tf.reshape<tf.Rank.R3>(model.logits(model.states(batch.inputs).output), [
      steps,
      rows,
      spec.tokens,
    ]);
    return tf.transpose(timeMajor, [1, 0, 2]);
  });
  const values = Float32Array.from(await logits.data());
  tf.dispose([logits, batch.inputs, batch.targets]);
  model.dispose();
  return values;
}

function startOf(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>>,
  prefix: string,
): { readonly config: TrainingConfig; readonly spec: ModelSpec; readonly weights: Weights } {
  const { model, config } =
    configOf(metadata) ?? fail('bad-input', 'The file does not say its configuration.', CASE_REMEDY);
  const weights = weightsUnder(prefix, tensors);
  const tokens = weights.get('output.bias')?.data.length ?? 0;
  return { config, spec: modelSpec(model, config, tokens - SPECIAL_IDS), weights };
}
