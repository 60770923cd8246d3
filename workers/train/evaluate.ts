/** The measures of a split under the weights as they are, without dropout. */
import * as tf from '@tensorflow/tfjs';
import { MeasureSum, type Measures } from '../../src/core/measures.ts';
import type { Cut } from '../../src/core/sampler/batch.ts';
import { evaluationOrder } from '../../src/core/sampler/order.ts';
import type { CompletionModel } from '../engine/models/completion-model.ts';
import type { Rows } from '../../src/core/sampler/rows.ts';
import { toDevice } from './data.ts';
import { BatchLoader } from './loader.ts';

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
  const loader = new BatchLoader(rows, cut, evaluationOrder(rows.lengths, batch));
  let done = 0;
  for await (const host of loader) {
    const tensors = toDevice(host);
    const scores = model.evaluate(tensors);
    const [losses, ranks] = await Promise.all([scores.losses.data(), scores.ranks.data()]);
    sum.add(host.targets, losses, ranks);
    tf.dispose([tensors.inputs, tensors.targets, scores.loss, scores.losses, scores.ranks]);
    done++;
    if (!(await onBatch(done, loader.length))) return null;
  }
  return sum.measures();
}
