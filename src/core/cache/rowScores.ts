/**
 * Loss and rank of each target of a row under q_t of mixture.ts, from what a device gives for each position. It need not sort the
 * vocabulary: few tokens are in the cache, and of the others only the largest logits can be ahead of a target that counts as a hit.
 */
import { UNK_ID } from '../data/vocabulary.ts';
import { mixtureOf, ofKnown, ofOutside, type CacheFill, type Mixture } from './mixture.ts';
import type { CacheParameters } from './parameters.ts';
import { NO_SLOT, TEXTLESS, type RowTexts } from './rowTexts.ts';

/** Ranks are counted up to here: a hit at k has a rank below k, and k is 5 at most. */
export const MISSED = 5;
/** Number of logits needed per position: those that can rank ahead of a hit, and one for `<UNK>`. */
export const LARGEST = MISSED + 1;

/** What a device returns for the positions of one or more rows. */
export interface PositionValues {
  /** [positions, slots]: c_t of each text of the row, 0 of those that come later. */
  readonly masses: Float32Array;
  /** [positions, slots]: the logit of each text's id, of `<UNK>` for outside texts. */
  readonly logits: Float32Array;
  /** Slots of a position, at least as many as the row's texts. */
  readonly slots: number;
  /** [positions, largestCount]: the largest logits, falling. */
  readonly largest: Float32Array;
  /** `LARGEST`, or all logits where there are fewer. */
  readonly largestCount: number;
  /** [positions]: -log p_t of the target's id. */
  readonly losses: Float32Array;
}

export interface RowScores {
  /** [targets]: -log q_t, in nats; 0 where there is no target. */
  readonly losses: Float64Array;
  /** [targets]: how many others have a greater q_t, something new among them, `MISSED` for that many or more. */
  readonly ranks: Uint8Array;
}

/** @param positionOf where the values of a target's position lie, in positions */
export function rowScores(
  { slots, ids }: RowTexts,
  values: PositionValues,
  positionOf: (target: number) => number,
  parameters: CacheParameters,
): RowScores {
  const losses = new Float64Array(slots.length);
  const ranks = new Uint8Array(slots.length);
  /** Slots of outside texts that have occurred, and how many outside tokens. */
  const outside: number[] = [];
  let outsideTokens = 0;
  /** The last slot that has occurred. */
  let last = TEXTLESS;
  for (let t = 0; t < slots.length; t++) {
    const own = slots[t]!;
    if (own === NO_SLOT) continue;
    const position = positionOf(t);
    const at = position * values.slots;
    const modelLoss = values.losses[position]!;
    const logSum = modelLoss + values.logits[at + own]!;
    const fill: CacheFill = {
      entries: t,
      outside: outsideTokens,
      distinctOutside: outside.length,
      outsideMass: outside.reduce((sum, slot) => sum + values.masses[at + slot]!, 0),
      textlessMass: values.masses[at + TEXTLESS]!,
    };
    const mixture = mixtureOf(parameters, Math.exp(values.logits[at + TEXTLESS]! - logSum), fill);
    const isOutside = ids[own] === UNK_ID;
    const isNew = isOutside && (own === TEXTLESS || own > last);
    const mass = values.masses[at + own]!;
    const probability = isNew
      ? mixture.somethingNew
      : isOutside
        ? ofOutside(mixture, mass)
        : ofKnown(mixture, Math.exp(-modelLoss), mass);
    losses[t] = -Math.log(probability);
    ranks[t] = isNew ? MISSED : rankOf({ ids, values, position, mixture, logSum, probability, own, last });
    if (isOutside && own !== TEXTLESS) {
      if (own > last) outside.push(own);
      outsideTokens++;
    }
    last = Math.max(last, own);
  }
  return { losses, ranks };
}

interface Target {
  readonly ids: Int32Array;
  readonly values: PositionValues;
  readonly position: number;
  readonly mixture: Mixture;
  /** log of the sum of the exponentials of all logits. */
  readonly logSum: number;
  /** q_t of the target. */
  readonly probability: number;
  readonly own: number;
  readonly last: number;
}

function rankOf({ ids, values, position, mixture, logSum, probability, own, last }: Target): number {
  const at = position * values.slots;
  const bar = barOf(
    ids[own] !== UNK_ID,
    values.logits[at + own]!,
    values.masses[at + own]!,
    logSum,
    mixture,
    probability,
  );
  let above = 0;
  const first = position * values.largestCount;
  while (above < values.largestCount && values.largest[first + above]! > bar) above++;
  if (above > MISSED) return MISSED;
  let rank = above;
  if (values.logits[at + TEXTLESS]! > bar) rank--;
  if (mixture.somethingNew > probability) rank++;
  for (let slot = TEXTLESS + 1; slot <= last; slot++) {
    if (slot === own) continue;
    const mass = values.masses[at + slot]!;
    if (ids[slot] === UNK_ID) {
      if (ofOutside(mixture, mass) > probability) rank++;
      continue;
    }
    const logit = values.logits[at + slot]!;
    if (logit > bar) continue; // counted above
    // If neither term exceeds half of `probability`, their sum cannot exceed it: spares most texts the exponential.
    if (2 * mixture.cacheWeight * mass < probability && logit + Math.LN2 < bar) continue;
    if (ofKnown(mixture, Math.exp(logit - logSum), mass) > probability) rank++;
  }
  return Math.min(rank, MISSED);
}

/** The logit above which a token outside the cache is likelier than the target; the target's own if the cache gives it no mass. */
function barOf(
  isKnown: boolean,
  logit: number,
  mass: number,
  logSum: number,
  { modelWeight, cacheWeight }: Mixture,
  probability: number,
): number {
  if (isKnown) {
    if (mass === 0 || cacheWeight === 0) return logit;
    const own = modelWeight * Math.exp(logit - logSum);
    if (own > 0) return logit + Math.log1p((cacheWeight * mass) / own);
  }
  return logSum + Math.log(probability / modelWeight);
}
