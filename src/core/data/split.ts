/** Which file goes to which split: the draws of a PyTorch user with seed 42, bit for bit. */
import { randomSplit, randperm } from '../random/torch.ts';
import type { Split } from './manifest.ts';
import type { Part } from './sources/source.ts';

export const SPLIT_SEED = 42;
/** Shares of training and validation among the files that are not the test part. */
export const FRACTIONS = [0.8, 0.2] as const;
/** One in this number of files is a test file, if the source has no test files of its own. */
const TEST_SHARE = 10;

/** Indices of the files of each split, in the order its rows have. */
export type SplitIndices = Readonly<Record<Split, Int32Array>>;

/**
 * Splits files of which some say where they belong. Test files of the source are the test split; without any, one is
 * drawn. Validation is always drawn from the training files. The dev part is a split of its own.
 * @param parts of each file in file order; null counts as a training file
 */
export function splitParts(
  parts: readonly (Part | null)[],
  seed = SPLIT_SEED,
): SplitIndices & { readonly dev: Int32Array | null } {
  const of = (wanted: Part) =>
    Int32Array.from(parts.flatMap((part, index) => ((part ?? 'train') === wanted ? [index] : [])));
  const [training, dev, test] = [of('train'), of('dev'), of('test')];
  const drawn = test.length === 0 ? splitFiles(training.length, seed) : splitTraining(training.length, seed);
  const indices = (part: Int32Array) => part.map((index) => training[index]!);
  return {
    train: indices(drawn.train),
    validation: indices(drawn.validation),
    test: test.length === 0 ? indices(drawn.test) : test,
    dev: dev.length === 0 ? null : dev,
  };
}

/** `random_split` alone, for sources with test files of their own. */
function splitTraining(n: number, seed: number): SplitIndices {
  const [train = new Int32Array(), validation = new Int32Array()] = randomSplit(n, FRACTIONS, seed);
  return { train, validation, test: new Int32Array() };
}

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
