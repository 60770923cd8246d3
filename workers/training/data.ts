/** The data of a run for the trainer: splits of rows, and micro-batches on the device. */
import * as tf from '@tensorflow/tfjs-core';
import type { TrainingConfig } from '#core/settings/config.ts';
import type { Manifest } from '#core/data/manifest.ts';
import type { Batch, Cut, MicroBatch } from '#core/data/batches/batch.ts';
import type { Rows } from '#core/data/batches/rows.ts';
import type { Device } from '#engine/devices/device.ts';
import { batchTensors, type BatchTensors } from '#engine/models/completionModel.ts';
import type { TargetScores } from '#engine/ops/contract.ts';

export interface TrainingData {
  readonly train: Rows;
  readonly validation: Rows;
  readonly test: Rows;
  /** A second test split, which some published data sets have. */
  readonly dev: Rows | null;
  readonly cut: Cut;
}

/** Limits of a configuration on the row length and the vocabulary of a data set. */
export function cutOf(manifest: Manifest, config: TrainingConfig): Cut {
  return {
    length: Math.min(config.length, manifest.length),
    vocabulary: Math.min(config.vocabulary, manifest.vocabulary.tokens.length),
  };
}

/** Sends a micro-batch of a batch to the device. Dispose of both tensors after use. */
export function toDevice(micro: MicroBatch, batch: Batch, device?: Pick<Device, 'beginBatch'>): BatchTensors {
  device?.beginBatch(micro.rows, micro.steps);
  return { ...batchTensors(micro), counted: batch.counted };
}

/** Scores read back from the device. */
export interface ReadScores {
  readonly loss: number;
  readonly losses: Float32Array;
  readonly ranks: Float32Array;
}

/** Requests the values of scores and disposes of the tensors at once. The requested values still arrive. */
export function fromDevice({ loss, losses, ranks }: TargetScores): Promise<ReadScores> {
  const values = Promise.all([loss.data<'float32'>(), losses.data<'float32'>(), ranks.data<'float32'>()]);
  tf.dispose([loss, losses, ranks]);
  return values.then(([[mean], losses, ranks]) => ({ loss: mean ?? Number.NaN, losses, ranks }));
}
