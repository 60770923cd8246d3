/** The search of theta and lambda on a few validation rows: which are tried, and which pair is taken. */
import { streamFor } from '../random/stream.ts';
import type { CacheParameters } from './parameters.ts';
import type { RowScores } from './rowScores.ts';
import { NO_SLOT, type RowTexts } from './rowTexts.ts';
import type { CachePoint } from './searchRecord.ts';

/** Each value doubles the one before: the norm of the states differs widely between models. */
export const THETAS: readonly number[] = [1 / 128, 1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2];
export const LAMBDAS: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7];

/** Number of rows searched on: about ten thousand targets at the task's row length. */
export const SEARCHED_ROWS = 16;

/** Places of the rows in the split, in order. @param lengths tokens of each row */
export function searchedRows(lengths: ArrayLike<number>, seed: number): readonly number[] {
  const withTargets = Array.from(lengths, (length, row) => (length > 1 ? row : -1)).filter((row) => row >= 0);
  return streamFor(seed, 'cache/rows')
    .shuffle(withTargets)
    .slice(0, SEARCHED_ROWS)
    .toSorted((a, b) => a - b);
}

/** Every pair of the grid, those of one theta together. */
export function gridOf(): readonly CacheParameters[] {
  return THETAS.flatMap((theta) => LAMBDAS.map((lambda) => ({ theta, lambda })));
}

/** Sums the results of one pair. */
export class PointSum {
  readonly #parameters: CacheParameters;
  targets = 0;
  #loss = 0;
  #top5 = 0;

  constructor(parameters: CacheParameters) {
    this.#parameters = parameters;
  }

  add({ slots }: RowTexts, { losses, ranks }: RowScores): void {
    for (let t = 0; t < slots.length; t++) {
      if (slots[t] === NO_SLOT) continue;
      this.targets++;
      this.#loss += losses[t]!;
      if (ranks[t]! < 5) this.#top5++;
    }
  }

  point(): CachePoint {
    const { theta, lambda } = this.#parameters;
    return { theta, lambda, loss: this.#loss / this.targets, top5: this.#top5 / this.targets };
  }
}

/** The pair with the lowest loss, the first of equal ones; null if no loss is finite. */
export function bestOf(points: readonly CachePoint[]): CacheParameters | null {
  const finite = points.filter(({ loss }) => Number.isFinite(loss));
  if (finite.length === 0) return null;
  const { theta, lambda } = finite.reduce((best, point) => (point.loss < best.loss ? point : best));
  return { theta, lambda };
}
