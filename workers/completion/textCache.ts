/**
 * The cache of a text that is being written (core/cache/mixture.ts). It grows with the text, and drops the tokens after a change. It
 * also has the literals that the data set does not keep. The probability of `<STR_LIT>` or `<NUM_LIT>` is shared among the literals that
 * it replaced, by the similarity of the states before them, just as that of `<UNK>` is shared among names.
 */
import { ContinuousCache } from '#core/cache/continuousCache.ts';
import { Suggestions } from '#core/cache/suggestions.ts';
import type { CacheParameters } from '#core/cache/parameters.ts';
import type { Choice } from '#core/completion/choice.ts';
import type { Distribution } from '#core/completion/distribution.ts';
import { UNK_ID } from '#core/data/vocabulary.ts';
import { literalOf } from '#core/python/code/literals.ts';
import type { LexedText } from '#core/python/code/text.ts';
import { outputWidth } from '#core/models/spec.ts';
import type { TextModel } from './textModel.ts';

export interface TextToken {
  readonly token: string;
  /** The literal of a placeholder (core/python/code/literals.ts); null for other tokens. */
  readonly literal: string | null;
}

/** @param tokens the first tokens lexed from the text */
export function tokensWithLiterals(tokens: readonly string[], text: string, lexed: LexedText): readonly TextToken[] {
  return tokens.map((token, i) => ({ token, literal: literalOf(token, text.slice(lexed.starts[i], lexed.ends[i])) }));
}

/** Position of a literal from another file, before all tokens of the text. */
const OF_OTHERS = -1;

/** Literals that one placeholder replaced, and their positions in the text. */
interface Literals {
  readonly cache: ContinuousCache;
  readonly positions: number[];
}

export class TextCache {
  readonly #model: TextModel;
  readonly #parameters: CacheParameters;
  readonly #cache: ContinuousCache;
  readonly #literals = new Map<string, Literals>();
  #tokens: TextToken[] = [];
  /** Number of entries from other files, before those of the text. */
  #others = 0;

  constructor(model: TextModel, parameters: CacheParameters) {
    this.#model = model;
    this.#parameters = parameters;
    this.#cache = this.#empty();
  }

  /** Whether a token is in the text, or in another file. */
  has(token: string): boolean {
    return this.#cache.has(token);
  }

  /** Sets the entries of other files, which come before those of the text. Replaces the previous ones and clears the text. */
  setOthers(entries: readonly (TextToken & { readonly state: Float32Array })[]): void {
    this.#tokens = [];
    this.#cache.truncate(0);
    this.#literals.clear();
    for (const { token, literal, state } of entries) this.#append(token, literal, state, OF_OTHERS);
    this.#others = entries.length;
  }

  /** Sets the tokens of the text, which the model's sequence has read. */
  update(tokens: readonly TextToken[]): void {
    let same = 0;
    while (
      same < tokens.length &&
      tokens[same]!.token === this.#tokens[same]?.token &&
      tokens[same]!.literal === this.#tokens[same]!.literal
    ) {
      same++;
    }
    this.#truncate(same);
    for (let i = same; i < tokens.length; i++) {
      const { token, literal } = tokens[i]!;
      // `<s>` is at position 0, so the state before token i is at position i
      this.#append(token, literal, this.#model.sequence.seen(i), i);
    }
    this.#tokens = [...tokens];
  }

  #append(token: string, literal: string | null, state: Float32Array, position: number): void {
    this.#cache.append(state, token);
    if (literal === null) return;
    let literals = this.#literals.get(token);
    if (!literals) this.#literals.set(token, (literals = { cache: this.#empty(), positions: [] }));
    literals.cache.append(state, literal);
    literals.positions.push(position);
  }

  /**
   * Predicts the next token with the cache.
   * @param state input of the output layer at this position
   */
  next(distribution: Distribution, state: Float32Array): NextWithCache {
    const { vocabulary } = this.#model.file;
    const { theta } = this.#parameters;
    const suggestions = new Suggestions(
      distribution,
      this.#cache.view(state, theta, this.#others),
      vocabulary,
      this.#parameters,
    );
    const literals = [...this.#literals].map(([placeholder, { cache }]) => {
      const { texts, entries } = cache.view(state, theta);
      // Witten and Bell (1991): a literal is new as often as literals have been new so far
      const handedOut = entries / (entries + texts.length || 1);
      return { placeholder, handedOut, shares: texts.map(({ text, mass }) => ({ text, share: handedOut * mass })) };
    });
    return new NextWithCache(suggestions, literals);
  }

  #truncate(length: number): void {
    this.#cache.truncate(this.#others + length);
    for (const [placeholder, { cache, positions }] of this.#literals) {
      const kept = positions.findIndex((position) => position >= length);
      if (kept === -1) continue;
      cache.truncate(kept);
      positions.length = kept;
      if (kept === 0) this.#literals.delete(placeholder);
    }
  }

  #empty(): ContinuousCache {
    return new ContinuousCache(this.#model.file.vocabulary, outputWidth(this.#model.network.spec));
  }
}

interface SharedPlaceholder {
  readonly placeholder: string;
  /** Share of the placeholder's probability that goes to the literals of the text and of other files. */
  readonly handedOut: number;
  readonly shares: readonly { readonly text: string; readonly share: number }[];
}

export class NextWithCache {
  readonly #suggestions: Suggestions;
  readonly #literals: readonly SharedPlaceholder[];

  constructor(suggestions: Suggestions, literals: readonly SharedPlaceholder[]) {
    this.#suggestions = suggestions;
    this.#literals = literals;
  }

  /** Probability of a name that is neither in the vocabulary nor in the text. */
  get somethingNew(): number {
    return this.#suggestions.somethingNew;
  }

  probability(token: string): number {
    return this.#suggestions.probability(token);
  }

  /** The most likely tokens, at most `count`. @param admits leaves out tokens for which it returns false */
  top(count: number, admits?: (token: string) => boolean): readonly Choice[] {
    const choices = this.#suggestions
      .top(count, admits)
      .map(({ text, id, probability, fromFile, fromOthers }): Choice => {
        const left = 1 - (this.#literals.find(({ placeholder }) => placeholder === text)?.handedOut ?? 0);
        return {
          id,
          token: text,
          probability: left * probability,
          fromCache: left * fromFile,
          fromOthers: left * fromOthers,
          ofText: id === UNK_ID,
        };
      });
    for (const { placeholder, shares } of this.#literals) {
      const { id, probability, fromFile, fromOthers } = this.#suggestions.of(placeholder);
      for (const { text, share } of shares) {
        if (admits && !admits(text)) continue;
        choices.push({
          id,
          token: text,
          probability: share * probability,
          fromCache: share * fromFile,
          fromOthers: share * fromOthers,
          ofText: true,
        });
      }
    }
    return choices.toSorted((a, b) => b.probability - a.probability).slice(0, count);
  }
}
