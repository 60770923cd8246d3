/** The measures of a split under the weights as they are, without dropout. */
import * as tf from '@tensorflow/tfjs-core';
import { MeasureSum, type Measures } from '#core/metrics/measures.ts';
import { splitBatch, type Cut, type MicroBatch } from '#core/data/batches/batch.ts';
import { evaluationOrder } from '#core/data/batches/order.ts';
import type { Rows } from '#core/data/batches/rows.ts';
import type { BreakdownSum } from '#core/metrics/breakdown.ts';
import type { Device } from '#engine/devices/device.ts';
import type { CompletionModel } from '#engine/models/completionModel.ts';
import { fromDevice, toDevice } from './data.ts';
import { BatchLoader } from './loader.ts';
import type { WorkMeter } from './workMeter.ts';

export interface Evaluation {
  readonly device: Pick<Device, 'beginBatch'>;
  /** Is told of every micro-batch, for who watches. */
  readonly meter?: WorkMeter;
  readonly model: CompletionModel;
  readonly rows: Rows;
  readonly cut: Cut;
  /** Rows a batch, and of these how many are computed at once; neither changes a result but by rounding. */
  readonly batch: number;
  readonly microBatch: number;
  /** Ids that CodeXGLUE does not count. */
  readonly ignored: ReadonlySet<number>;
  /** Adds up what the model does on each file, too. */
  readonly breakdown?: BreakdownSum | undefined;
  /** Called after each batch; a promise is waited for. Ends the evaluation when it gives false. */
  readonly onBatch: (done: number, total: number) => Promise<boolean>;
}

/** @returns null when `onBatch` ended it */
export async function evaluate(evaluation: Evaluation): Promise<Measures | null> {
  const { device, meter, model, rows, cut, batch, microBatch, ignored, breakdown, onBatch } = evaluation;
  const sum = new MeasureSum(ignored);
  const order = evaluationOrder(rows.lengths, batch);
  const loader = new BatchLoader(rows, cut, order);
  let done = 0;
  for await (const host of loader) {
    for (const micro of splitBatch(host, microBatch)) {
      const compute = () => {
        const tensors = toDevice(micro, host, device);
        const scores = fromDevice(model.evaluate(tensors));
        tf.dispose([tensors.inputs, tensors.targets]);
        return scores;
      };
      const { losses, ranks } = await (meter ? meter.begin(compute) : compute());
      meter?.end();
      sum.add(micro.targets, losses, ranks);
      if (breakdown) addRows(breakdown, order[done]!, micro, losses, ranks);
    }
    done++;
    if (!(await onBatch(done, loader.length))) return null;
  }
  return sum.measures();
}

/** @param indices of the rows of the whole batch, in the split */
function addRows(
  breakdown: BreakdownSum,
  indices: readonly number[],
  { firstRow, rows, steps, targets }: MicroBatch,
  losses: Float32Array,
  ranks: Float32Array,
): void {
  for (let row = 0; row < rows; row++) {
    const column = (values: ArrayLike<number>) => Array.from({ length: steps }, (_, t) => values[t * rows + row]!);
    breakdown.add(indices[firstRow + row]!, column(targets), column(losses), column(ranks));
  }
}
