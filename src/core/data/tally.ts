/** Tokens as a model sees them, and how often they occur: in typed arrays, since a large set has millions of them. */
import { END_TOKEN, START_TOKEN } from '../python/specialTokens.ts';
import { type TokenTable, textOf } from '../python/lexer/tokens.ts';
import type { Literals } from './literals.ts';
import { SPECIAL_IDS, UNK_ID } from './vocabulary.ts';

/**
 * What each number of the table comes out as, once it is known which literals are kept. Several numbers can share a text,
 * since the table tells all literals apart: each goes to the number of its final text, which the table gets as a token.
 */
export class FinalTokens {
  readonly start: number;
  readonly end: number;
  readonly #table: TokenTable;
  readonly #finals: Int32Array;

  constructor(table: TokenTable, literals: Literals) {
    this.#table = table;
    this.start = table.idOf(START_TOKEN);
    this.end = table.idOf(END_TOKEN);
    const kept = { str: new Set(literals.str), num: new Set(literals.num) };
    this.#finals = new Int32Array(table.size);
    for (let id = 0; id < this.#finals.length; id++) {
      const token = table.token(id);
      this.#finals[id] = token.kind === 'word' ? id : table.idOf(textOf(token, kept));
    }
  }

  /** How many numbers there are. */
  get size(): number {
    return this.#table.size;
  }

  of(id: number): number {
    return this.#finals[id]!;
  }

  text(final: number): string {
    return textOf(this.#table.token(final), NONE_KEPT);
  }
}

const NONE_KEPT = { str: new Set<string>(), num: new Set<string>() };

/** Counts numbers, and remembers in which order they first came. */
export class Tally {
  readonly #counts: Uint32Array;
  #seen = new Int32Array(1 << 10);
  #distinct = 0;

  /** @param size how many numbers there are */
  constructor(size: number) {
    this.#counts = new Uint32Array(size);
  }

  get distinct(): number {
    return this.#distinct;
  }

  add(number: number, times = 1): void {
    if (this.#counts[number] === 0) {
      if (this.#distinct === this.#seen.length) {
        const larger = new Int32Array(2 * this.#seen.length);
        larger.set(this.#seen);
        this.#seen = larger;
      }
      this.#seen[this.#distinct++] = number;
    }
    this.#counts[number]! += times;
  }

  count(number: number): number {
    return this.#counts[number]!;
  }

  /** Numbers in the order they were first counted. */
  get seen(): Int32Array {
    return this.#seen.subarray(0, this.#distinct);
  }

  /** Numbers by falling count, ties in the order they were first counted: Python's `Counter.most_common()`. */
  mostCommon(): Int32Array {
    const seen = this.seen;
    let most = 0;
    for (const number of seen) most = Math.max(most, this.#counts[number]!);
    // Sorted as plain numbers, which takes no comparison function: count first, then place. Both fit 53 bits together.
    const keys = new Float64Array(seen.length);
    for (let i = 0; i < seen.length; i++) keys[i] = (most - this.#counts[seen[i]!]!) * seen.length + i;
    keys.sort();
    return Int32Array.from(keys, (key) => seen[key % seen.length]!);
  }
}

/** The id of each number: from 2 for those of a vocabulary, `<UNK>` for the others. */
export function idsOf(vocabulary: Int32Array, size: number): Uint16Array {
  const ids = new Uint16Array(size).fill(UNK_ID);
  for (let i = 0; i < vocabulary.length; i++) ids[vocabulary[i]!] = i + SPECIAL_IDS;
  return ids;
}
