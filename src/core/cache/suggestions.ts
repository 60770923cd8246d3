/** What may come next by q_t of mixture.ts, the likeliest first: tokens of the vocabulary and outside texts that have occurred. */
import { largestOf, probabilityOf, type Distribution } from '../completion/distribution.ts';
import { PAD_ID, UNK_ID, type Vocabulary } from '../data/vocabulary.ts';
import type { CachedText, CacheView } from './continuousCache.ts';
import { mixtureOf, ofKnown, ofOutside, type Mixture } from './mixture.ts';
import type { CacheParameters } from './parameters.ts';

export interface Suggestion {
  readonly text: string;
  /** `UNK_ID` for a text outside the vocabulary. */
  readonly id: number;
  /** q_t; the sum of the two parts. */
  readonly probability: number;
  /** (1 - lambda) p+_t: for an outside text, its part of `<UNK>`. */
  readonly fromModel: number;
  /** lambda c_t. */
  readonly fromFile: number;
  /** Part of it that comes from other files. */
  readonly fromOthers: number;
}

export class Suggestions {
  readonly #distribution: Distribution;
  readonly #vocabulary: Vocabulary;
  readonly #view: CacheView;
  readonly #mixture: Mixture;
  /** Ids of the vocabulary that the cache holds. */
  readonly #cachedIds: ReadonlySet<number>;

  /**
   * @param distribution p_t, of the model at the position
   * @param view the cache as the state at the position sees it, with the same theta
   */
  constructor(
    distribution: Distribution,
    view: CacheView,
    vocabulary: Vocabulary,
    parameters: Pick<CacheParameters, 'lambda'>,
  ) {
    this.#distribution = distribution;
    this.#vocabulary = vocabulary;
    this.#view = view;
    this.#cachedIds = new Set(view.texts.flatMap(({ id }) => (id === UNK_ID ? [] : [id])));
    this.#mixture = mixtureOf(parameters, probabilityOf(this.#distribution, UNK_ID), view);
  }

  /** q_t of something new: an outside token that has not occurred. */
  get somethingNew(): number {
    return this.#mixture.somethingNew;
  }

  /** q_t of a text; that of something new where it is outside and has not occurred. */
  probability(text: string): number {
    return this.of(text).probability;
  }

  /** Looks up any text, likely or not; outside texts that have not occurred share the probability of something new. */
  of(text: string): Suggestion {
    const cached = this.#view.texts.find((one) => one.text === text);
    if (cached) return this.#suggestion(cached);
    const id = this.#vocabulary.id(text);
    if (id !== UNK_ID) return this.#suggestion(notCached(text, id));
    return { text, id, probability: this.somethingNew, fromModel: this.somethingNew, fromFile: 0, fromOthers: 0 };
  }

  /** How many tokens of the vocabulary and outside texts that have occurred have a greater probability than the given one. */
  countAbove(probability: number): number {
    const { logits } = this.#distribution;
    let count = this.#cachedTexts().filter((one) => this.#probability(one.id, one.mass) > probability).length;
    for (let id = 0; id < logits.length; id++) {
      if (canBeOffered(id) && !this.#cachedIds.has(id) && this.#probability(id, 0) > probability) count++;
    }
    return count;
  }

  /**
   * @param count at most
   * @param admits leaves out a text when it returns false, such as a text that does not begin with what is typed
   */
  top(count: number, admits: (text: string) => boolean = () => true): Suggestion[] {
    const found = this.#cachedTexts().flatMap((one) => (admits(one.text) ? [this.#suggestion(one)] : []));
    // A token that the cache does not hold has the model's probability times one common factor, so these tokens keep the model's order.
    const others = largestOf(
      this.#distribution.logits,
      count,
      (id) => canBeOffered(id) && !this.#cachedIds.has(id) && admits(this.#vocabulary.token(id)),
    );
    for (const id of others) found.push(this.#suggestion(notCached(this.#vocabulary.token(id), id)));
    return found.toSorted((a, b) => b.probability - a.probability).slice(0, count);
  }

  /** Texts of the cache that can be offered. */
  #cachedTexts(): readonly CachedText[] {
    return this.#view.texts.filter(({ id }) => id !== PAD_ID);
  }

  /** q_t. @param mass c_t */
  #probability(id: number, mass: number): number {
    const mixture = this.#mixture;
    return id === UNK_ID ? ofOutside(mixture, mass) : ofKnown(mixture, probabilityOf(this.#distribution, id), mass);
  }

  #suggestion({ text, id, mass, fromOthers }: CachedText): Suggestion {
    const mixture = this.#mixture;
    const fromFile = mixture.cacheWeight * mass;
    const probability = this.#probability(id, mass);
    return {
      text,
      id,
      probability,
      fromModel: probability - fromFile,
      fromFile,
      fromOthers: mixture.cacheWeight * fromOthers,
    };
  }
}

function notCached(text: string, id: number): CachedText {
  return { text, id, mass: 0, fromOthers: 0 };
}

/** Padding never occurs, and the probability of `<UNK>` is distributed over the outside texts. */
function canBeOffered(id: number): boolean {
  return id !== PAD_ID && id !== UNK_ID;
}
