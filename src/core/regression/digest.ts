/** Summarizes a tensor as a hash, which shows whether any bit differs, and three numbers, which show by how much. */
import { sha256Hex } from '../data/hash.ts';
import { streamFor } from '../random/stream.ts';

/** Kind of a tensor in a training step; each kind has its own limit in a comparison. */
export type TensorKind = 'scores' | 'ranks' | 'gradients' | 'weights';

/** Norm and two random projections, in float64. */
export type TensorProjections = readonly [norm: number, first: number, second: number];

export interface TensorDigest {
  readonly kind: TensorKind;
  /** Readable name, also the key for lookups: `gradient of output.bias`. */
  readonly tensor: string;
  /** The first 64 bits of SHA-256 over its bytes, in hexadecimal. */
  readonly bits: string;
  readonly figures: TensorProjections;
}

/** Digits of a SHA-256 that are kept. */
const BITS_DIGITS = 16;

export async function digestOf(
  kind: TensorKind,
  tensor: string,
  step: number,
  values: Float32Array<ArrayBuffer>,
): Promise<TensorDigest> {
  const bits = (await sha256Hex(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))).slice(
    0,
    BITS_DIGITS,
  );
  return { kind, tensor, bits, figures: figuresOf(values, `${tensor}/${step}`) };
}

/**
 * Norm, and sums of the values times draws of mean 0 and variance 1. An error in the values changes a projection by about the norm of the
 * error, wherever it is, so it is visible compared with the norm of all values. It is unlikely that both sums miss it, and even less likely
 * at every step, since each step has its own draws.
 * @param stream names the draws
 */
export function figuresOf(values: ArrayLike<number>, stream: string): TensorProjections {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i]! ** 2;
  const projection = (index: number) => {
    const random = streamFor(index, `regression/${stream}`);
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[i]! * (2 * random.uniform() - 1) * Math.sqrt(3);
    return sum;
  };
  return [Math.sqrt(squares), projection(1), projection(2)];
}

/** The largest difference from the expected figures, relative to the expected norm; infinite if it is not a number. */
export function differenceOf(figures: TensorProjections, expected: TensorProjections): number {
  const [norm] = expected;
  let largest = 0;
  for (const [i, figure] of figures.entries()) largest = Math.max(largest, Math.abs(figure - expected[i]!));
  if (largest === 0) return 0;
  const relative = largest / norm;
  return Number.isNaN(relative) ? Infinity : relative;
}
