/** Evaluates a micro-batch with a continuous cache: sends the texts of its rows to the device, and computes losses and ranks. */
import * as tf from '@tensorflow/tfjs-core';
import type { CacheParameters } from '#core/cache/parameters.ts';
import { rowScores, type RowScores } from '#core/cache/rowScores.ts';
import { NO_SLOT, rowTexts, type RowTexts } from '#core/cache/rowTexts.ts';
import type { Batch, Cut, MicroBatch } from '#core/data/batches/batch.ts';
import type { Rows } from '#core/data/batches/rows.ts';
import { SPECIAL_IDS, UNK_ID } from '#core/data/vocabulary.ts';
import type { TargetDetails } from '#core/metrics/measures.ts';
import type { CachedTarget } from '#core/metrics/sums.ts';
import type { Device } from '#engine/devices/device.ts';
import type { CachedScores, CompletionModel } from '#engine/models/completionModel.ts';
import type { CacheSlots } from '#engine/ops/contract.ts';
import { fromDevice, toDevice, type ReadScores } from './data.ts';

/** Rows for which the data set keeps the texts that a cache needs. */
export interface TextRows extends Rows {
  readonly readOutside: NonNullable<Rows['readOutside']>;
}

export function hasTexts(rows: Rows): rows is TextRows {
  return rows.readOutside !== undefined;
}

/** Texts of each row. @param names `nameFlags` of the data set */
export async function textsOf(
  rows: TextRows,
  indices: readonly number[],
  cut: Cut,
  names: readonly boolean[],
): Promise<RowTexts[]> {
  const [ids, outside] = [await rows.read(indices), await rows.readOutside(indices)];
  const limit = cut.vocabulary + SPECIAL_IDS;
  return ids.map((row, index) => rowTexts(row.subarray(0, cut.length), outside[index]!, limit, names));
}

type Sizes = Pick<MicroBatch, 'rows' | 'steps'>;

/** Dispose of both tensors after use. @param texts the texts of each row */
function slotTensors({ rows, steps }: Sizes, texts: readonly RowTexts[]): CacheSlots {
  const count = slotsOf(texts);
  const targets = new Int32Array(steps * rows).fill(NO_SLOT);
  const ids = new Int32Array(rows * count).fill(UNK_ID);
  for (const [row, { slots, ids: own }] of texts.entries()) {
    for (let t = 0; t < Math.min(steps, slots.length); t++) targets[t * rows + row] = slots[t]!;
    ids.set(own, row * count);
  }
  return {
    targets: tf.tensor2d(targets, [steps, rows], 'int32'),
    ids: tf.tensor2d(ids, [rows, count], 'int32'),
  };
}

const slotsOf = (texts: readonly RowTexts[]) => Math.max(...texts.map(({ ids }) => ids.length));

/** Results of `evaluateCached`, read back from the device. */
export interface ReadCachedScores extends ReadScores {
  readonly texts: Float32Array;
  readonly largest: Float32Array;
  readonly largestCount: number;
  /** Masses for each theta. */
  readonly masses: readonly Float32Array[];
}

/**
 * Evaluates a micro-batch, with the additional values that a cache needs.
 * @param texts texts of its rows
 * @param thetas values of theta for which masses are computed
 */
export function cachedScores(
  { device, model }: { readonly device: Pick<Device, 'beginBatch'>; readonly model: CompletionModel },
  host: Batch,
  micro: MicroBatch,
  texts: readonly RowTexts[],
  thetas: readonly number[],
): Promise<ReadCachedScores> {
  const tensors = toDevice(micro, host, device);
  const slots = slotTensors(micro, texts);
  const scores = fromDeviceCached(model.evaluateCached(tensors, slots, thetas));
  tf.dispose([tensors.inputs, tensors.targets, slots.targets, slots.ids]);
  return scores;
}

/** Like `fromDevice`, for scores with a cache. */
async function fromDeviceCached({ logits, masses, ...scores }: CachedScores): Promise<ReadCachedScores> {
  const { texts, largest } = logits;
  const largestCount = largest.shape[1];
  const values = Promise.all([texts, largest, ...masses].map((tensor) => tensor.data<'float32'>()));
  const read = fromDevice(scores);
  tf.dispose([texts, largest, ...masses]);
  const [ofTexts, ofLargest, ...ofMasses] = await values;
  return { ...(await read), texts: ofTexts!, largest: ofLargest!, largestCount, masses: ofMasses };
}

/** Losses and ranks of each row's targets with a cache. @param masses masses for the theta of `parameters` */
export function scoresOfRows(
  { rows }: Sizes,
  texts: readonly RowTexts[],
  { texts: logits, largest, largestCount, losses }: ReadCachedScores,
  masses: Float32Array,
  parameters: CacheParameters,
): RowScores[] {
  const values = { masses, logits, slots: slotsOf(texts), largest, largestCount, losses };
  return texts.map((own, row) => rowScores(own, values, (t) => t * rows + row, parameters));
}

/** Time-major, like the batch's targets. @param scores scores of each row with a cache; null if they were not measured */
export function detailsOf(
  { rows, steps }: Sizes,
  texts: readonly RowTexts[],
  scores: readonly RowScores[] | null,
): Required<TargetDetails> {
  const named = Array<boolean>(steps * rows).fill(false);
  const cached = scores && Array<CachedTarget>(steps * rows);
  for (const [row, { slots, names }] of texts.entries()) {
    for (let t = 0; t < Math.min(steps, slots.length); t++) {
      const slot = slots[t]!;
      if (slot === NO_SLOT) continue;
      named[t * rows + row] = names[slot]!;
      if (cached) cached[t * rows + row] = { loss: scores[row]!.losses[t]!, rank: scores[row]!.ranks[t]! };
    }
  }
  return { named, cached: cached ?? undefined };
}
