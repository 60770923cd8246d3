/** Batches and matrices of random values, the same in every run. */
import { makeBatch, type Batch } from '#core/data/batches/batch.ts';
import { streamFor, type RandomStream } from '#core/random/stream.ts';

export function randomStream(name: string): RandomStream {
  return streamFor(1, `bench/${name}`);
}

/** Rows of `length` ids, none of them PAD. @param tokens size of the vocabulary, including PAD and UNK */
export function randomRows(stream: RandomStream, rows: number, length: number, tokens: number): Uint16Array[] {
  return Array.from({ length: rows }, () => Uint16Array.from({ length }, () => 1 + stream.below(tokens - 1)));
}

export function randomBatch(stream: RandomStream, rows: number, length: number, tokens: number): Batch {
  return makeBatch(randomRows(stream, rows, length, tokens), { length, vocabulary: tokens - 2 });
}

/** Uniform in [-0.5, 0.5). */
export function randomMatrix(stream: RandomStream, size: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: size * size }, () => stream.uniform() - 0.5);
}

/**
 * Checks the first value of a square product against its definition, since the time of a wrong product would mean nothing.
 * @throws Error if they differ
 */
export function requireProduct(value: number | undefined, a: Float32Array, b: Float32Array, size: number): void {
  let expected = 0;
  for (let k = 0; k < size; k++) expected += a[k]! * b[k * size]!;
  if (value === undefined || !(Math.abs(value - expected) < 1e-3)) {
    throw new Error(`a product of size ${size} gives ${value} where it should give ${expected}`);
  }
}

/** @throws Error if the loss of the first steps is not a positive number, or much higher than that of a uniform guess */
export function requireLoss(loss: number | undefined, tokens: number): void {
  const guess = Math.log(tokens);
  if (loss === undefined || !(loss > 0 && loss < guess + 1)) {
    throw new Error(`the loss of the first steps is ${loss}; a guess has ${guess.toFixed(1)}`);
  }
}
