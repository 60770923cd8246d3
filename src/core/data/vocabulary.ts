/** The vocabulary: which tokens have an id, and the ids that every data set shares. */
import { END_TOKEN, EOL_TOKEN, PAD_TOKEN, START_TOKEN, UNK_TOKEN } from '../python/specialTokens.ts';

export const PAD_ID = 0;
export const UNK_ID = 1;
/** Ids before the first token of the vocabulary. */
export const SPECIAL_IDS = 2;
/** Most tokens a vocabulary can hold: ids are uint16. */
export const MAX_VOCABULARY_SIZE = 65_534;

/**
 * The `limit` commonest keys, as Python's `Counter.most_common(limit)`: by falling count, ties in the order the keys were
 * first counted.
 */
export function mostCommon<K>(counts: ReadonlyMap<K, number>, limit: number): [K, number][] {
  // `toSorted` is stable, and a Map keeps the order in which its keys came.
  return [...counts].toSorted((a, b) => b[1] - a[1]).slice(0, limit);
}

/** Looks ids up by token and back. */
export class Vocabulary {
  /** `tokens[i]` has the id i + 2. */
  readonly tokens: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;

  constructor(tokens: readonly string[]) {
    this.tokens = tokens;
    this.#ids = new Map(tokens.map((token, index) => [token, index + SPECIAL_IDS]));
  }

  /** Number of ids: the tokens, PAD and UNK. */
  get size(): number {
    return this.tokens.length + SPECIAL_IDS;
  }

  /** `UNK_ID` for a token it does not hold. */
  id(token: string): number {
    return this.#ids.get(token) ?? UNK_ID;
  }

  /** @throws RangeError for an id it does not have */
  token(id: number): string {
    if (id === PAD_ID) return PAD_TOKEN;
    if (id === UNK_ID) return UNK_TOKEN;
    const token = this.tokens[id - SPECIAL_IDS];
    if (token === undefined) throw new RangeError(`No id ${id}: the vocabulary has ${this.size}.`);
    return token;
  }
}

const IGNORED_TOKENS: ReadonlySet<string> = new Set([START_TOKEN, END_TOKEN, EOL_TOKEN]);

/**
 * Ids that CodeXGLUE's accuracy does not count: those of `<s>`, `</s>` and `<EOL>`, as far as the vocabulary has them.
 * @param tokens the vocabulary's, by id from 2
 */
export function ignoredIds(tokens: readonly string[]): ReadonlySet<number> {
  const ids = new Set<number>();
  for (const [index, token] of tokens.entries()) {
    if (IGNORED_TOKENS.has(token)) ids.add(index + SPECIAL_IDS);
  }
  return ids;
}
