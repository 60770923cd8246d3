/** Which file goes to which split: the draws of a PyTorch user with seed 42, bit for bit. */
import { randomSplit, randperm } from '../random/torch.ts';
import type { Split } from './manifest.ts';

export const SPLIT_SEED = 42;
/** Of the files that are not the test part: training and validation. */
export const FRACTIONS = [0.8, 0.2] as const;
/** One file in so many is a test file, where the source has none of its own. */
const TEST_SHARE = 10;

/** Indices of the files of each split, in the order its rows have. */
export type SplitIndices = Readonly<Record<Split, Int32Array>>;

/**
 * Splits n files into test, training and validation part. The last floor(n / 10) of a random permutation are the test
 * part; `random_split` shares out the others, which are first put back in file order. Each draw starts a fresh generator.
 */
export function splitFiles(n: number, seed = SPLIT_SEED): SplitIndices {
  const order = randperm(n, seed);
  const others = n - Math.floor(n / TEST_SHARE);
  const files = order.slice(0, others).toSorted();
  const [train = new Int32Array(), validation = new Int32Array()] = randomSplit(others, FRACTIONS, seed).map((part) =>
    part.map((index) => files[index]!),
  );
  return { train, validation, test: order.slice(others) };
}
