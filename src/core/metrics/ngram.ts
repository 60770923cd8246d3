/**
 * Counted unigram and bigram models: the baselines a network has to beat. They see the same rows and the same cuts of
 * vocabulary and length as the network does, and predict the same targets: ids 1 .. n-1 of a row, from the id before.
 */
import { PAD_ID } from '../data/vocabulary.ts';
import { type Measures, MeasureSum } from './measures.ts';

/** Rows of ids after the cuts; PAD only trails. */
export type IdRows = Iterable<ArrayLike<number>>;

export interface NgramMeasures {
  readonly unigram: Measures;
  readonly bigram: Measures;
}

/** Pairs of ids as one number; both are uint16, so it fits 32 bits. */
const HISTORY = 2 ** 16;

/**
 * Counts on training rows, and measures on others.
 *
 * Unigram: add-one, P1(w) = (c(w) + 1) / (N + V). Bigram, interpolated with it by Witten and Bell (1991):
 * P2(w | h) = (c(h, w) + T(h) P1(w)) / (c(h) + T(h)), T(h) the number of different ids seen after h. It needs no
 * held-out data to tune, and gives every id a probability, so perplexity is finite. PAD is never predicted.
 */
export class NgramModel {
  /** Number of ids, including PAD. */
  readonly #tokens: number;
  /** P1 of each id. */
  readonly #unigram: Float64Array;
  /** All values of P1 but PAD's, ascending. */
  readonly #sorted: Float64Array;
  /** Followers of a history h, and how often each followed: entries `#starts[h]` up to `#starts[h + 1]`. */
  readonly #starts: Uint32Array;
  readonly #followers: Uint16Array;
  readonly #counts: Uint32Array;

  /** @param tokens ids there are: vocabulary, PAD and UNK; at most 65,536 */
  constructor(rows: IdRows, tokens: number) {
    this.#tokens = tokens;
    const pairs = pairsOf(rows).toSorted();
    const counts = new Float64Array(tokens);
    this.#starts = new Uint32Array(tokens + 1);
    const runs = runsOf(pairs);
    this.#followers = new Uint16Array(runs.length);
    this.#counts = new Uint32Array(runs.length);
    for (const [r, { pair, start, end }] of runs.entries()) {
      this.#starts[Math.floor(pair / HISTORY) + 1]!++;
      this.#followers[r] = pair % HISTORY;
      this.#counts[r] = end - start;
      counts[pair % HISTORY]! += end - start;
    }
    for (let h = 0; h < tokens; h++) this.#starts[h + 1]! += this.#starts[h]!;
    const total = pairs.length + tokens - 1;
    this.#unigram = counts.map((count, id) => (id === PAD_ID ? 0 : (count + 1) / total));
    this.#sorted = this.#unigram.slice(PAD_ID + 1).toSorted();
  }

  /** @param silent as `MeasureSum` takes it */
  evaluate(rows: IdRows, ignored: ReadonlySet<number>): NgramMeasures {
    const pairs = pairsOf(rows).toSorted();
    const targets = new Uint16Array(pairs.length);
    const unigram = { losses: new Float64Array(pairs.length), ranks: new Uint32Array(pairs.length) };
    const bigram = { losses: new Float64Array(pairs.length), ranks: new Uint32Array(pairs.length) };
    let history: History | null = null;
    for (const { pair, start, end } of runsOf(pairs)) {
      const id = Math.floor(pair / HISTORY);
      const target = pair % HISTORY;
      if (history?.id !== id) history = this.#history(id);
      const p1 = this.#unigram[target]!;
      const p2 = history.probability(target);
      targets.fill(target, start, end);
      unigram.losses.fill(-Math.log(p1), start, end);
      unigram.ranks.fill(countAbove(this.#sorted, p1), start, end);
      bigram.losses.fill(-Math.log(p2), start, end);
      bigram.ranks.fill(history.rank(p2), start, end);
    }
    const measured = ({ losses, ranks }: typeof unigram) => {
      const sum = new MeasureSum(ignored);
      sum.add(targets, losses, ranks);
      return sum.measures();
    };
    return { unigram: measured(unigram), bigram: measured(bigram) };
  }

  #history(id: number): History {
    const start = id < this.#tokens ? this.#starts[id]! : 0;
    const end = id < this.#tokens ? this.#starts[id + 1]! : 0;
    return new History(
      id,
      this.#followers.subarray(start, end),
      this.#counts.subarray(start, end),
      this.#unigram,
      this.#sorted,
    );
  }
}

/** P2( . | h) of one history. */
class History {
  readonly id: number;
  readonly #unigram: Float64Array;
  readonly #sorted: Float64Array;
  readonly #counts: ReadonlyMap<number, number>;
  readonly #different: number;
  readonly #total: number;
  /** P2 of the followers, and their probability if they had not followed; each ascending. */
  readonly #scores: Float64Array;
  readonly #unseenScores: Float64Array;

  constructor(id: number, followers: Uint16Array, counts: Uint32Array, unigram: Float64Array, sorted: Float64Array) {
    this.id = id;
    this.#unigram = unigram;
    this.#sorted = sorted;
    this.#counts = new Map(Array.from(followers, (follower, i) => [follower, counts[i]!]));
    // After an id never seen, only the unigram is known: any weight other than zero gives it.
    this.#different = Math.max(1, followers.length);
    this.#total = counts.reduce((sum, count) => sum + count, 0) + this.#different;
    this.#scores = Float64Array.from(followers, (follower) => this.probability(follower)).toSorted();
    this.#unseenScores = Float64Array.from(followers, (follower) => this.#unseen(unigram[follower]!)).toSorted();
  }

  probability(id: number): number {
    const count = this.#counts.get(id);
    const p1 = this.#unigram[id]!;
    return count === undefined ? this.#unseen(p1) : (count + this.#different * p1) / this.#total;
  }

  /** Number of ids that are likelier than `probability`. */
  rank(probability: number): number {
    const unseen = countAbove(this.#sorted, probability, (p1) => this.#unseen(p1));
    return unseen - countAbove(this.#unseenScores, probability) + countAbove(this.#scores, probability);
  }

  #unseen(p1: number): number {
    return (this.#different * p1) / this.#total;
  }
}

/** Every target with the id before it, as history * 65,536 + target. */
function pairsOf(rows: IdRows): Uint32Array {
  let pairs = new Uint32Array(1 << 16);
  let length = 0;
  for (const row of rows) {
    if (length + row.length > pairs.length) {
      const larger = new Uint32Array(2 * (length + row.length));
      larger.set(pairs.subarray(0, length));
      pairs = larger;
    }
    for (let i = 1; i < row.length && row[i] !== PAD_ID; i++) pairs[length++] = row[i - 1]! * HISTORY + row[i]!;
  }
  return pairs.slice(0, length);
}

/** Runs of equal numbers in a sorted array. */
function runsOf(sorted: Uint32Array): { pair: number; start: number; end: number }[] {
  const runs = [];
  for (let start = 0; start < sorted.length;) {
    const pair = sorted[start]!;
    let end = start + 1;
    while (sorted[end] === pair) end++;
    runs.push({ pair, start, end });
    start = end;
  }
  return runs;
}

/** How many of an ascending array's values are strictly above a limit, each seen through a monotonous function. */
function countAbove(sorted: Float64Array, limit: number, seen: (value: number) => number = (value) => value): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (seen(sorted[middle]!) > limit) high = middle;
    else low = middle + 1;
  }
  return sorted.length - low;
}
