/** The data of a run as the trainer sees it: splits of rows, turned into micro-batches on the device. */
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
  /** A further test that some published sets have. */
  readonly dev: Rows | null;
  readonly cut: Cut;
}

/** Where a configuration cuts the rows and the vocabulary of a data set. */
export function cutOf(manifest: Manifest, config: TrainingConfig): Cut {
  return {
    length: Math.min(config.length, manifest.length),
    vocabulary: Math.min(config.vocabulary, manifest.vocabulary.tokens.length),
  };
}

/** A micro-batch on the device, as a share of its batch; dispose of both tensors after use. */
export function toDevice(micro: MicroBatch, batch: Batch, device?: Pick<Device, 'beginBatch'>): BatchTensors {
  device?.beginBatch(micro.rows, micro.steps);
  return { ...batchTensors(micro), counted: batch.counted };
}

/** Scores as the processor has them. */
export interface ReadScores {
  readonly loss: number;
  readonly losses: Float32Array;
  readonly ranks: Float32Array;
}

/** Asks for the values of scores, and disposes of them at once: what was asked for comes all the same. */
export function fromDevice({ loss, losses, ranks }: TargetScores): Promise<ReadScores> {
  const values = Promise.all([loss.data<'float32'>(), losses.data<'float32'>(), ranks.data<'float32'>()]);
  tf.dispose([loss, losses, ranks]);
  return values.then(([[mean], losses, ranks]) => ({ loss: mean ?? Number.NaN, losses, ranks }));
}
