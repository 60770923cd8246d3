/**
 * Successive halving (Jamieson and Talwalkar, 2016): every configuration trains a few epochs, the better part goes on to `eta` times as
 * many, and so forth until the last ones have all of their epochs.
 *
 * - A *candidate* is a configuration without its seed; each model has candidates of its own, which compete among themselves.
 * - *Rung* 0 is `firstEpochs` epochs, each further rung `eta` times the one before, and the last one the setting `epochs`.
 * - When all runs of a rung have reached its end, the floor(n / eta) of its n candidates with the lowest validation loss are promoted,
 *   at least one. A candidate's loss is the mean over its seeds of the lowest loss so far. A candidate with a failed run ranks last
 *   and is never promoted. Ties go to the candidate that is earlier in the plan.
 * - Runs are only paused between two epochs. A promoted run is bit-identical to an uninterrupted one. A dropped run keeps its
 *   checkpoint, from which it can be resumed.
 */
import type { Halving } from './searchSchema.ts';

/** Epochs at the end of each rung: 2, 6, 18, 30. @param epochs all of a run */
export function rungEpochs({ eta, firstEpochs }: Halving, epochs: number): readonly number[] {
  const rungs: number[] = [];
  for (let rung = firstEpochs; rung < epochs; rung *= eta) rungs.push(rung);
  return [...rungs, epochs];
}

/** How many of a rung's candidates go on. */
export function survivorCount(candidates: number, eta: number): number {
  return Math.max(1, Math.floor(candidates / eta));
}

export interface Candidate {
  readonly key: string;
  /** The lowest validation loss of each run; NaN of one that failed. */
  readonly losses: readonly number[];
}

/** Keys of the candidates that go on. @param candidates in the order of the plan */
export function survivorsOf(candidates: readonly Candidate[], eta: number): ReadonlySet<string> {
  const ranked = candidates
    .map(({ key, losses }) => ({ key, loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length }))
    .filter(({ loss }) => Number.isFinite(loss))
    .toSorted((a, b) => a.loss - b.loss);
  return new Set(ranked.slice(0, survivorCount(candidates.length, eta)).map(({ key }) => key));
}

/** Epochs that all runs train together, at the most. @param candidates of one model @param seeds of each */
export function halvedEpochs(halving: Halving, epochs: number, candidates: number, seeds: number): number {
  let sum = 0;
  let left = candidates;
  let before = 0;
  for (const rung of rungEpochs(halving, epochs)) {
    sum += left * (rung - before) * seeds;
    before = rung;
    left = survivorCount(left, halving.eta);
  }
  return sum;
}
