/** The data of a run as the trainer sees it: splits of rows, turned into batches on the device. */
import * as tf from '@tensorflow/tfjs';
import type { TrainingConfig } from '../../src/core/config.ts';
import type { Manifest } from '../../src/core/dataset/manifest.ts';
import type { Batch, Cut } from '../../src/core/sampler/batch.ts';
import type { Rows } from '../../src/core/sampler/rows.ts';
import type { BatchTensors } from '../engine/models/completion-model.ts';

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

/** The batch on the device; dispose of both tensors after use. */
export function toDevice(batch: Batch): BatchTensors {
  return {
    inputs: tf.tensor2d(batch.inputs, [batch.steps, batch.rows], 'int32'),
    targets: tf.tensor1d(batch.targets, 'int32'),
    counted: batch.counted,
  };
}
