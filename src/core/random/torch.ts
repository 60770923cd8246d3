/** PyTorch's seeded permutations and splits on a CPU, bit for bit, so that a PyTorch user draws the same. */
import { Mt19937 } from './mt19937.ts';

/** For lengths from here on, PyTorch draws 64 bits per element. */
const LARGEST = Math.floor(0xffff_ffff / 20);

/**
 * `torch.randperm(n, generator=torch.Generator().manual_seed(seed))`.
 * @throws RangeError if n is so large that PyTorch uses another algorithm
 */
export function randperm(n: number, seed: number): Int32Array {
  if (n >= LARGEST) throw new RangeError(`randperm of ${n}: only lengths under ${LARGEST} are drawn as PyTorch does.`);
  const generator = new Mt19937(seed);
  const order = new Int32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  for (let i = 0; i < n - 1; i++) {
    const j = i + (generator.nextU32() % (n - i));
    const value = order[i]!;
    order[i] = order[j]!;
    order[j] = value;
  }
  return order;
}

/**
 * `torch.utils.data.random_split(range(n), fractions, generator=torch.Generator().manual_seed(seed))`.
 * @param fractions add up to 1
 * @returns the indices of each part, in PyTorch's order
 */
export function randomSplit(n: number, fractions: readonly number[], seed: number): Int32Array[] {
  const lengths = fractions.map((fraction) => Math.floor(n * fraction));
  const left = n - lengths.reduce((sum, length) => sum + length, 0);
  for (let i = 0; i < left; i++) lengths[i % lengths.length]!++;
  const order = randperm(n, seed);
  let start = 0;
  return lengths.map((length) => order.slice(start, (start += length)));
}
