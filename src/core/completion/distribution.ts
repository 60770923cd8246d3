/** A model's distribution of the next token: logits, and the sum of their exponentials. */

export interface Distribution {
  /** [tokens] */
  readonly logits: Float32Array;
  /** The largest logit. */
  readonly largest: number;
  /** Sum of exp(logit - largest), in float64. */
  readonly sum: number;
}

export function distributionOf(logits: Float32Array): Distribution {
  let largest = -Infinity;
  for (let i = 0; i < logits.length; i++) if (logits[i]! > largest) largest = logits[i]!;
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i]! - largest);
  return { logits, largest, sum };
}

/** The softmax of one token, at temperature 1. */
export function probabilityOf({ logits, largest, sum }: Distribution, id: number): number {
  return Math.exp(logits[id]! - largest) / sum;
}

/**
 * Indices of the largest values, the largest first, equal ones by index.
 * @param count at most
 * @param admits leaves out an index when it returns false; called only for those that would be among the largest
 */
export function largestOf(values: ArrayLike<number>, count: number, admits: (index: number) => boolean): number[] {
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (found.length === count && !(value > values[found[count - 1]!]!)) continue;
    if (count === 0 || !admits(i)) continue;
    let place = found.length;
    while (place > 0 && values[found[place - 1]!]! < value) place--;
    found.splice(place, 0, i);
    if (found.length > count) found.pop();
  }
  return found;
}
