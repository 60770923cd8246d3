/** Measures a split with the current weights, without dropout. */
import * as tf from '@tensorflow/tfjs-core';
import type { CacheParameters } from '#core/cache/parameters.ts';
import { MeasureSum, type Measures, type TargetDetails } from '#core/metrics/measures.ts';
import { splitBatch, type Batch, type Cut, type MicroBatch } from '#core/data/batches/batch.ts';
import { evaluationOrder } from '#core/data/batches/order.ts';
import type { Rows } from '#core/data/batches/rows.ts';
import type { RowTexts } from '#core/cache/rowTexts.ts';
import type { BreakdownSum } from '#core/metrics/breakdown.ts';
import type { Device } from '#engine/devices/device.ts';
import type { CompletionModel } from '#engine/models/completionModel.ts';
import { cachedScores, detailsOf, hasTexts, scoresOfRows, textsOf } from './cachedBatch.ts';
import { fromDevice, toDevice, type ReadScores } from './data.ts';
import { BatchLoader } from './loader.ts';
import type { WorkMeter } from './workMeter.ts';

export interface Evaluation {
  readonly device: Pick<Device, 'beginBatch'>;
  /** Notified of each micro-batch, for the progress display. */
  readonly meter?: WorkMeter;
  readonly model: CompletionModel;
  readonly rows: Rows;
  readonly cut: Cut;
  /** Rows per batch, and how many of them are computed at once. Both change results only by rounding. */
  readonly batch: number;
  readonly microBatch: number;
  /** Ids that CodeXGLUE does not count. */
  readonly ignored: ReadonlySet<number>;
  /** `nameFlags` of the data set. Names are measured separately if the rows keep texts of tokens outside the vocabulary. */
  readonly names?: readonly boolean[] | undefined;
  /** Also measures with a continuous cache, if the rows keep these texts. */
  readonly cache?: CacheParameters | undefined;
  /** Also adds up the results per file. */
  readonly breakdown?: BreakdownSum | undefined;
  /** Called and awaited after each batch. The evaluation ends if it returns false. */
  readonly onBatch: (done: number, total: number) => Promise<boolean>;
}

/** @returns null if `onBatch` ended it */
export async function evaluate(evaluation: Evaluation): Promise<Measures | null> {
  const { meter, rows, cut, batch, microBatch, ignored, names, breakdown, onBatch } = evaluation;
  const sum = new MeasureSum(ignored);
  const order = evaluationOrder(rows.lengths, batch);
  const loader = new BatchLoader(rows, cut, order);
  let done = 0;
  for await (const host of loader) {
    const texts = names && hasTexts(rows) ? await textsOf(rows, order[done]!, cut, names) : null;
    for (const micro of splitBatch(host, microBatch)) {
      const own = texts?.slice(micro.firstRow, micro.firstRow + micro.rows) ?? null;
      const compute = () => computeScores(evaluation, host, micro, own);
      const { losses, ranks, details } = await (meter ? meter.begin(compute) : compute());
      meter?.end();
      sum.add(micro.targets, losses, ranks, details);
      if (breakdown) addRows(breakdown, order[done]!, micro, losses, ranks, details);
    }
    done++;
    if (!(await onBatch(done, loader.length))) return null;
  }
  return sum.measures();
}

interface Scores extends Pick<ReadScores, 'losses' | 'ranks'> {
  readonly details: TargetDetails;
}

/** @param texts texts of the micro-batch's rows; null if they are not known */
async function computeScores(
  { device, model, cache }: Pick<Evaluation, 'device' | 'model' | 'cache'>,
  host: Batch,
  micro: MicroBatch,
  texts: readonly RowTexts[] | null,
): Promise<Scores> {
  if (!texts || !cache) {
    const tensors = toDevice(micro, host, device);
    const scores = fromDevice(model.evaluate(tensors));
    tf.dispose([tensors.inputs, tensors.targets]);
    return { ...(await scores), details: texts ? detailsOf(micro, texts, null) : {} };
  }
  const read = await cachedScores({ device, model }, host, micro, texts, [cache.theta]);
  return { ...read, details: detailsOf(micro, texts, scoresOfRows(micro, texts, read, read.masses[0]!, cache)) };
}

/** @param indices indices in the split of the whole batch's rows */
function addRows(
  breakdown: BreakdownSum,
  indices: readonly number[],
  { firstRow, rows, steps, targets }: MicroBatch,
  losses: Float32Array,
  ranks: Float32Array,
  { named, cached }: TargetDetails,
): void {
  for (let row = 0; row < rows; row++) {
    const column = <T>(values: ArrayLike<T>) => Array.from({ length: steps }, (_, t) => values[t * rows + row]!);
    const details = { named: named && column(named), cached: cached && column(cached) };
    breakdown.add(indices[firstRow + row]!, column(targets), column(losses), column(ranks), details);
  }
}
