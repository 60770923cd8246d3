/** In which order an epoch visits the rows. */
import { streamFor } from '../../random/stream.ts';

/** Batches that are sorted by length together: wide enough to waste little padding, narrow enough to stay random. */
const WINDOW_BATCHES = 16;

/**
 * Batches of row indices for a training epoch: all rows shuffled, sorted by length within windows, cut into batches, and
 * the batches shuffled. Every row comes once; the last batch of the last window may be smaller.
 * @param lengths tokens of each row
 * @param epoch from 1
 */
export function trainingOrder(
  lengths: ArrayLike<number>,
  batch: number,
  seed: number,
  epoch: number,
): readonly (readonly number[])[] {
  const random = streamFor(seed, `order/${epoch}`);
  const rows = random.shuffle(indices(lengths.length));
  const batches: number[][] = [];
  for (let from = 0; from < rows.length; from += batch * WINDOW_BATCHES) {
    const window = rows.slice(from, from + batch * WINDOW_BATCHES);
    batches.push(...cutInto(byLength(window, lengths), batch));
  }
  return random.shuffle(batches);
}

/** Number of batches that `trainingOrder` makes. */
export function stepsAnEpoch(rows: number, batch: number): number {
  return Math.ceil(rows / batch);
}

/** Batches for measuring: all rows by length, so that little padding is computed. */
export function evaluationOrder(lengths: ArrayLike<number>, batch: number): readonly (readonly number[])[] {
  return cutInto(byLength(indices(lengths.length), lengths), batch);
}

function indices(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Longest first; rows of one length stay in the order they came in. */
function byLength(rows: readonly number[], lengths: ArrayLike<number>): number[] {
  return rows.toSorted((a, b) => lengths[b]! - lengths[a]!);
}

function cutInto(rows: readonly number[], batch: number): number[][] {
  const batches: number[][] = [];
  for (let from = 0; from < rows.length; from += batch) batches.push(rows.slice(from, from + batch));
  return batches;
}
