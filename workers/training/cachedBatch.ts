/** The rows of a micro-batch as a continuous cache sees them: their texts, on the device and back as losses and ranks of targets. */
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

/** Rows of which the data set keeps what a cache needs. */
export interface TextRows extends Rows {
  readonly readOutside: NonNullable<Rows['readOutside']>;
}

export function hasTexts(rows: Rows): rows is TextRows {
  return rows.readOutside !== undefined;
}

/** @param names `nameFlags` of the data set */
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

/** Dispose of both tensors after use. @param texts of each row */
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

/** What `evaluateCached` gives, as the processor has it. */
export interface ReadCachedScores extends ReadScores {
  readonly texts: Float32Array;
  readonly largest: Float32Array;
  readonly largestCount: number;
  /** For each theta. */
  readonly masses: readonly Float32Array[];
}

/**
 * Evaluates a micro-batch with what a cache needs of it.
 * @param texts of its rows
 * @param thetas for each of which there are masses
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

/** As `fromDevice`. */
async function fromDeviceCached({ logits, masses, ...scores }: CachedScores): Promise<ReadCachedScores> {
  const { texts, largest } = logits;
  const largestCount = largest.shape[1];
  const values = Promise.all([texts, largest, ...masses].map((tensor) => tensor.data<'float32'>()));
  const read = fromDevice(scores);
  tf.dispose([texts, largest, ...masses]);
  const [ofTexts, ofLargest, ...ofMasses] = await values;
  return { ...(await read), texts: ofTexts!, largest: ofLargest!, largestCount, masses: ofMasses };
}

/** Loss and rank with a cache of each row's targets. @param masses of the theta of `parameters` */
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

/** Time-major, as the batch's targets. @param scores with a cache of each row; none where it was not measured */
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
