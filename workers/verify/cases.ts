/** Weights and batches of a case, read from the oracle's files; pytorch/oracle/README.md describes their format. */
import * as tf from '@tensorflow/tfjs-core';
import { PAD_ID } from '#core/data/vocabulary.ts';
import { fail } from '#core/failure.ts';
import type { Tensor } from '#core/models/safetensors.ts';
import type { Weights } from '#core/models/weights.ts';
import type { BatchTensors } from '#engine/models/completionModel.ts';

export const CASE_REMEDY = 'Write the case again.';

/** Weights whose names begin with the prefix, under their names without it. */
export function weightsUnder(prefix: string, tensors: ReadonlyMap<string, Tensor>): Weights {
  const weights = new Map<string, Tensor & { readonly dtype: 'F32' }>();
  for (const [name, tensor] of tensors) {
    if (name.startsWith(prefix) && tensor.dtype === 'F32') weights.set(name.slice(prefix.length), tensor);
  }
  return weights;
}

export interface CaseBatch {
  readonly batch: BatchTensors;
  /** Time-major. */
  readonly targets: Int32Array;
  readonly rows: number;
  readonly steps: number;
}

/** Input and target ids of a batch, row after row. */
export function idsOf(tensors: ReadonlyMap<string, Tensor>, index: number) {
  const x = tensors.get(`batch${index}.x`);
  const y = tensors.get(`batch${index}.y`);
  const [rows, steps] = x?.shape ?? [];
  if (x?.dtype !== 'I32' || y?.dtype !== 'I32' || rows === undefined || steps === undefined) {
    fail('bad-input', `The case has no batch${index}.`, CASE_REMEDY);
  }
  return { x, y, rows, steps };
}

export function batchOf(tensors: ReadonlyMap<string, Tensor>, index: number): CaseBatch {
  const { x, y, rows, steps } = idsOf(tensors, index);
  const timeMajor = (ids: Int32Array) => ids.map((_, at) => ids[(at % rows) * steps + Math.floor(at / rows)]!);
  const targets = timeMajor(y.data);
  const batch = {
    inputs: tf.tensor2d(timeMajor(x.data), [steps, rows], 'int32'),
    targets: tf.tensor1d(targets, 'int32'),
    counted: targets.filter((id) => id !== PAD_ID).length,
  };
  return { batch, targets, rows, steps };
}
