/**
 * The cache of a text that grows or changes token by token: states with the text that followed each. It computes c_t of
 * mixture.ts. Kept in float32 as the model gives it, summed in float64.
 */
import { UNK_ID, type Vocabulary } from '../data/vocabulary.ts';
import type { CacheFill } from './mixture.ts';

/** A text in the cache, with c_t of it. */
export interface CachedText {
  readonly text: string;
  /** `UNK_ID` for a text outside the vocabulary. */
  readonly id: number;
  readonly mass: number;
  /** Part of it that comes from the first entries, those of other files. */
  readonly fromOthers: number;
}

/** The cache as one state sees it. */
export interface CacheView extends CacheFill {
  /** Distinct texts in the order in which they first occurred. */
  readonly texts: readonly CachedText[];
}

/** Initial capacity, in states. */
const ROOM = 256;

export class ContinuousCache {
  readonly #vocabulary: Pick<Vocabulary, 'id'>;
  readonly #width: number;
  #states = new Float32Array();
  /** For each entry, the number of its text. */
  #slots: number[] = [];
  /** By number. */
  #texts: { readonly text: string; readonly id: number }[] = [];
  #numbers = new Map<string, number>();

  /** @param width values of a state */
  constructor(vocabulary: Pick<Vocabulary, 'id'>, width: number) {
    this.#vocabulary = vocabulary;
    this.#width = width;
  }

  /** Number of entries. */
  get length(): number {
    return this.#slots.length;
  }

  /** Adds a state and the text of the token that came after it. @param state [width], copied */
  append(state: ArrayLike<number>, text: string): void {
    if (state.length !== this.#width) throw new RangeError(`a state has ${this.#width} values, not ${state.length}`);
    const at = this.#slots.length * this.#width;
    if (at + this.#width > this.#states.length) {
      const larger = new Float32Array(Math.max(ROOM * this.#width, 2 * this.#states.length));
      larger.set(this.#states.subarray(0, at));
      this.#states = larger;
    }
    this.#states.set(state, at);
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#texts.length;
      this.#numbers.set(text, number);
      this.#texts.push({ text, id: this.#vocabulary.id(text) });
    }
    this.#slots.push(number);
  }

  has(text: string): boolean {
    return this.#numbers.has(text);
  }

  /** Forgets all entries but the first ones: the text has changed after them. */
  truncate(length: number): void {
    if (length >= this.#slots.length) return;
    this.#slots.length = length;
    // numbers count up as texts first occur
    const texts = this.#slots.reduce((most, number) => Math.max(most, number + 1), 0);
    for (const { text } of this.#texts.splice(texts)) this.#numbers.delete(text);
  }

  /**
   * @param state [width], what the output layer sees at the position asked about
   * @param others how many of the first entries come from other files
   */
  view(state: ArrayLike<number>, theta: number, others = 0): CacheView {
    const { masses, fromOthers } = splitMasses(this.#weights(state, theta), this.#slots, this.#texts.length, others);
    const texts = this.#texts.map(({ text, id }, number) => {
      return { text, id, mass: masses[number]!, fromOthers: fromOthers[number]! };
    });
    const outside = texts.filter(({ id }) => id === UNK_ID);
    return {
      texts,
      entries: this.#slots.length,
      outside: this.#slots.reduce((count, number) => count + (this.#texts[number]!.id === UNK_ID ? 1 : 0), 0),
      distinctOutside: outside.length,
      outsideMass: outside.reduce((sum, { mass }) => sum + mass, 0),
      textlessMass: 0,
    };
  }

  /** theta h_t . h_i of each entry. */
  #weights(state: ArrayLike<number>, theta: number): Float64Array {
    const width = this.#width;
    const states = this.#states;
    const weights = new Float64Array(this.#slots.length);
    for (let entry = 0; entry < weights.length; entry++) {
      let sum = 0;
      for (let k = 0, at = entry * width; k < width; k++, at++) sum += state[k]! * states[at]!;
      weights[entry] = theta * sum;
    }
    return weights;
  }
}

/**
 * c_t of each distinct text: the softmax over entries, added up by text.
 * @param likeness theta h_t . h_i of each entry
 * @param slots number of the text of each entry
 * @param texts how many numbers there are
 */
export function massesOf(likeness: ArrayLike<number>, slots: ArrayLike<number>, texts: number): Float64Array {
  return splitMasses(likeness, slots, texts, 0).masses;
}

/** As `massesOf`. @param others number of first entries whose part is returned separately */
function splitMasses(
  likeness: ArrayLike<number>,
  slots: ArrayLike<number>,
  texts: number,
  others: number,
): { readonly masses: Float64Array; readonly fromOthers: Float64Array } {
  let largest = -Infinity;
  for (let entry = 0; entry < likeness.length; entry++) largest = Math.max(largest, likeness[entry]!);
  const masses = new Float64Array(texts);
  const fromOthers = new Float64Array(texts);
  let sum = 0;
  for (let entry = 0; entry < likeness.length; entry++) {
    const weight = Math.exp(likeness[entry]! - largest);
    masses[slots[entry]!]! += weight;
    if (entry < others) fromOthers[slots[entry]!]! += weight;
    sum += weight;
  }
  if (sum === 0) return { masses, fromOthers };
  for (let text = 0; text < texts; text++) {
    masses[text]! /= sum;
    fromOthers[text]! /= sum;
  }
  return { masses, fromOthers };
}
