/** Probabilities from logits, and the likeliest of them. */

/** Of all logits together, in float64; temperature 1. */
export function softmax(logits: Float32Array): Float64Array<ArrayBuffer> {
  let largest = -Infinity;
  for (let i = 0; i < logits.length; i++) largest = Math.max(largest, logits[i]!);
  const probabilities = new Float64Array(logits.length);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += probabilities[i] = Math.exp(logits[i]! - largest);
  for (let i = 0; i < logits.length; i++) probabilities[i]! /= sum;
  return probabilities;
}

/**
 * Indices of the largest values, the largest first, equal ones by index.
 * @param count at most
 * @param admits leaves out an index where it says no; asked only of those that would be among the largest
 */
export function largest(values: ArrayLike<number>, count: number, admits: (index: number) => boolean): number[] {
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
