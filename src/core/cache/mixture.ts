/**
 * A continuous cache over the file being read (Grave, Joulin and Usunier 2017, https://arxiv.org/abs/1612.04426): the definition.
 *
 * At position t a model has read x_0 ... x_t. Its output layer sees the state h_t there (of a residual model with two layers
 * H1 + H2), and gives p_t over the vocabulary. The cache holds a pair (h_i, x_(i+1)) for each i < t, and nothing later:
 *
 *     c_t(w) = sum of exp(theta h_t . h_i) over i < t with x_(i+1) = w  /  sum of exp(theta h_t . h_i) over all i < t
 *
 * A token outside the vocabulary counts under its own text, so w is a token of the vocabulary, or the text of an outside token that
 * has occurred, or anything else, called "something new". The probability of `<UNK>` is handed to the outside texts that have
 * occurred, by how like the state was in front of them. Let o_t(w) be c_t(w) over the sum of c_t of all outside texts, n how many
 * outside tokens have occurred and d how many distinct ones. It was d times in n + d that an outside token was a new one (Witten and
 * Bell 1991), so:
 *
 *     p+_t(w)   = p_t(w)                              for w in the vocabulary
 *     p+_t(w)   = p_t(<UNK>) n / (n + d) o_t(w)       for an outside text that has occurred
 *     p+_t(new) = p_t(<UNK>) d / (n + d)              for something new; all of p_t(<UNK>) while n is 0
 *
 *     q_t = (1 - lambda) p+_t + lambda c_t            and p+_t alone while the cache is empty
 *
 * q_t is a distribution over the vocabulary without `<UNK>`, the outside texts that have occurred, and something new. Loss and
 * perplexity with a cache are of q_t; an outside token that occurs for the first time has the probability of something new. Where a
 * data set does not keep the text of an outside token, it is new each time, and its part of the cache goes to something new.
 */
import type { CacheParameters } from './parameters.ts';

/** What is in the cache at a position. */
export interface CacheFill {
  /** Pairs. */
  readonly entries: number;
  /** Outside tokens whose text is known, and distinct texts among them: n and d. */
  readonly outside: number;
  readonly distinctOutside: number;
  /** Sum of c_t over the outside texts, and over the outside tokens without a text. */
  readonly outsideMass: number;
  readonly textlessMass: number;
}

/** How q_t follows from p_t and c_t. */
export interface Mixture {
  /** Factor of p_t: 1 - lambda, or 1 while the cache is empty. */
  readonly modelWeight: number;
  /** Factor of c_t. */
  readonly cacheWeight: number;
  /** Part of q_t(w) / c_t(w) that an outside text has from `<UNK>`. */
  readonly unknownWeight: number;
  /** q_t of something new. */
  readonly somethingNew: number;
}

/** @param unknown p_t(<UNK>) */
export function mixtureOf({ lambda }: Pick<CacheParameters, 'lambda'>, unknown: number, fill: CacheFill): Mixture {
  const { entries, outside, distinctOutside, outsideMass, textlessMass } = fill;
  const cacheWeight = entries > 0 ? lambda : 0;
  const modelWeight = 1 - cacheWeight;
  // If all of these masses underflow, no outside text is likelier than another, and none gets a part of `<UNK>`.
  const handedOut = outsideMass > 0 ? outside / (outside + distinctOutside) : 0;
  return {
    modelWeight,
    cacheWeight,
    unknownWeight: handedOut > 0 ? (modelWeight * unknown * handedOut) / outsideMass : 0,
    somethingNew: modelWeight * unknown * (1 - handedOut) + cacheWeight * textlessMass,
  };
}

/** q_t of a token of the vocabulary. @param model p_t of it @param mass c_t of it */
export function ofKnown({ modelWeight, cacheWeight }: Mixture, model: number, mass: number): number {
  return modelWeight * model + cacheWeight * mass;
}

/** q_t of an outside text that has occurred. @param mass c_t of it */
export function ofOutside({ unknownWeight, cacheWeight }: Mixture, mass: number): number {
  return (unknownWeight + cacheWeight) * mass;
}
