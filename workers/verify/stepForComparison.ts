/** One training step of a new model, with everything read back, to compare two devices. */
import * as tf from '@tensorflow/tfjs-core';
import type { ModelSpec } from '#core/models/spec.ts';
import { PAD_ID } from '#core/data/vocabulary.ts';
import type { Batch } from '#core/data/batches/batch.ts';
import type { Weights } from '#core/models/weights.ts';
import { batchTensors, CompletionModel, type DropoutContext } from '#engine/models/completionModel.ts';
import { Optimiser, type OptimiserConfig } from '#engine/models/optimiser.ts';
import type { Ops } from '#engine/ops/contract.ts';

export interface StepRequest {
  readonly spec: ModelSpec;
  /** Before the step. */
  readonly weights: Weights;
  readonly batch: Batch;
  readonly training: DropoutContext;
  readonly optimiser: OptimiserConfig;
}

/** Plain arrays, which outlive the device. */
export interface StepValues {
  readonly loss: number;
  /** Norm of all gradients, before clipping. */
  readonly norm: number;
  /** As the batch's targets, time-major; zero at PAD. */
  readonly losses: Float32Array;
  readonly ranks: Float32Array;
  /** By PyTorch's names. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
  /** After the step. */
  readonly weights: ReadonlyMap<string, Float32Array>;
}

/** Forward, backward and the first step of Adam on the current device; leaves no tensor there. */
export async function stepForComparison(
  { spec, weights, batch, training, optimiser }: StepRequest,
  ops: Ops,
): Promise<StepValues> {
  const model = new CompletionModel(spec, weights, ops);
  const adam = new Optimiser(model, ops, optimiser);
  const tensors = batchTensors(batch);
  const { loss, losses, ranks, gradients } = model.gradients(tensors, training);
  const norm = adam.step(gradients);
  const names = [...model.variables.keys()];
  const named = async (values: readonly tf.Tensor[]) => {
    const read = await Promise.all(values.map(async (tensor, i) => [names[i] ?? '', await valuesOf(tensor)] as const));
    return new Map(read);
  };
  const values: StepValues = {
    loss: await numberOf(loss),
    norm: await numberOf(norm),
    losses: atTargets(await valuesOf(losses), batch),
    ranks: atTargets(await valuesOf(ranks), batch),
    gradients: await named(gradients),
    weights: await named([...model.variables.values()]),
  };
  tf.dispose([loss, losses, ranks, norm, ...gradients, tensors.inputs, tensors.targets]);
  model.dispose();
  adam.dispose();
  return values;
}

/** The logits behind a step's ranks, [steps x rows, tokens]. */
export async function logitsOf({ spec, weights, batch, training }: StepRequest, ops: Ops): Promise<Float32Array> {
  const model = new CompletionModel(spec, weights, ops);
  const logits = tf.tidy(() => model.logits(model.outputs(batchTensors(batch).inputs, training)));
  const values = await valuesOf(logits);
  logits.dispose();
  model.dispose();
  return values;
}

async function valuesOf(tensor: tf.Tensor): Promise<Float32Array> {
  return Float32Array.from(await tensor.data());
}

/** Its first value. */
async function numberOf(tensor: tf.Tensor): Promise<number> {
  return (await tensor.data())[0] ?? Number.NaN;
}

/** Losses and ranks are unspecified at PAD. */
function atTargets(values: Float32Array, { targets }: Batch): Float32Array {
  return values.map((value, index) => (targets[index] === PAD_ID ? 0 : value));
}
