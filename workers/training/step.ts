/**
 * One training step: computes the gradients of a batch in the plan's micro-batches, adds them up, and updates the weights. The whole
 * step is passed to the device before anything is awaited, and only the results are read back.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { MemoryPlan } from '#core/models/memoryPlan.ts';
import { joinRows, splitBatch, type Batch, type MicroBatch } from '#core/data/batches/batch.ts';
import type { Device } from '#engine/devices/device.ts';
import type { CompletionModel } from '#engine/models/completionModel.ts';
import type { Optimiser } from '#engine/models/optimiser.ts';
import { fromDevice, toDevice } from './data.ts';

export interface StepOptions {
  readonly model: CompletionModel;
  readonly optimiser: Optimiser;
  /** Maximum number of rows in a micro-batch. */
  readonly plan: Pick<MemoryPlan, 'rows'>;
  /** Share of values that are dropped. */
  readonly dropout: number;
  readonly seed: number;
  /**
   * The device that has prepared the plan's memory. Weights and moments are uploaded to it, and it is notified when a micro-batch
   * begins.
   */
  readonly device?: Pick<Device, 'upload' | 'beginBatch'>;
}

export interface StepResult {
  /** From 1. */
  readonly step: number;
  /** Mean over the batch's targets, in nats. */
  readonly loss: number;
  /** Norm of all gradients, before clipping. */
  readonly gradientNorm: number;
  /** Gradient norm of each part of the network, before clipping. */
  readonly layerNorms: readonly number[];
  /** [steps x rows] of the batch, time-major like its targets; unspecified at PAD. */
  readonly losses: Float32Array;
  readonly ranks: Float32Array;
}

export class TrainingStep {
  readonly #options: StepOptions;

  constructor(options: StepOptions) {
    this.#options = options;
    // Uploaded before the first batch: they stay on the device, and must not take the buffers that batches need.
    options.device?.upload([...options.model.variables.values(), ...options.optimiser.moments]);
  }

  /** Passes the whole step to the device before it returns. The promise resolves with the results. */
  async run(batch: Batch): Promise<StepResult> {
    const { model, optimiser, plan } = this.#options;
    const step = optimiser.steps + 1;
    const parts = splitBatch(batch, plan.rows);
    let accumulated: tf.Tensor[] = [];
    const reads = parts.map((micro, index) => {
      const { gradients, ...scores } = this.#backward(batch, micro, step);
      if (index === 0) accumulated = gradients;
      else {
        accumulated = model.ops.accumulate(accumulated, gradients);
        tf.dispose(gradients);
      }
      return fromDevice(scores);
    });
    const norms = optimiser.step(accumulated);
    const normsRead = norms.data();
    tf.dispose([norms, ...accumulated]);

    const [[gradientNorm, ...layerNorms], scores] = await Promise.all([normsRead, Promise.all(reads)]);
    return {
      step,
      loss: scores.reduce((sum, { loss }) => sum + loss, 0),
      gradientNorm: gradientNorm ?? Number.NaN,
      layerNorms,
      losses: joinRows(
        batch,
        parts,
        scores.map(({ losses }) => losses),
      ),
      ranks: joinRows(
        batch,
        parts,
        scores.map(({ ranks }) => ranks),
      ),
    };
  }

  #backward(batch: Batch, micro: MicroBatch, step: number): ReturnType<CompletionModel['gradients']> {
    const { device, model, dropout, seed } = this.#options;
    const tensors = toDevice(micro, batch, device);
    const rows = { first: micro.firstRow, all: batch.rows };
    const result = model.gradients(tensors, { dropout, seed, step, rows });
    tf.dispose([tensors.inputs, tensors.targets]);
    return result;
  }
}
