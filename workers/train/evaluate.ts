/** The measures of a split under the weights as they are, without dropout. */
import * as tf from '@tensorflow/tfjs';
import { MeasureSum, type Measures } from '../../src/core/measures.ts';
import type { Cut } from '../../src/core/sampler/batch.ts';
import { evaluationOrder } from '../../src/core/sampler/order.ts';
import type { CompletionModel } from '../engine/models/completion-model.ts';
import type { Rows } from '../../src/core/sampler/rows.ts';
import { readBatch, toDevice } from './data.ts';

export interface Evaluation {
  readonly model: CompletionModel;
  readonly rows: Rows;
  readonly cut: Cut;
  /** Rows a batch; changes no result but rounding. */
  readonly batch: number;
  /** Ids that CodeXGLUE does not count. */
  readonly silent: ReadonlySet<number>;
  /** Called after each batch; a promise is waited for. Ends the evaluation when it gives false. */
  readonly onBatch: (done: number, total: number) => Promise<boolean>;
}

/** @returns null when `onBatch` ended it */
export async function evaluate({ model, rows, cut, batch, silent, onBatch }: Evaluation): Promise<Measures | null> {
  const sum = new MeasureSum(silent);
  const order = evaluationOrder(rows.lengths, batch);
  for (const [done, indices] of order.entries()) {
    const host = await readBatch(rows, indices, cut);
    const tensors = toDevice(host);
    const scores = model.evaluate(tensors);
    const [losses, ranks] = await Promise.all([scores.losses.data(), scores.ranks.data()]);
    sum.add(host.targets, losses, ranks);
    tf.dispose([tensors.inputs, tensors.targets, scores.loss, scores.losses, scores.ranks]);
    if (!(await onBatch(done + 1, order.length))) return null;
  }
  return sum.measures();
}
