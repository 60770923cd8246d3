/**
 * The measures of a split, summed over all its non-PAD targets (DESIGN: never a mean of batch means).
 * Devices only say, for every target, its negative log-likelihood and its rank; everything else is counted here.
 */
import { PAD_ID, UNK_ID } from '../data/vocabulary.ts';

/** Rates are fractions from 0 to 1; a hit at k means fewer than k logits are strictly greater than the target's. */
export interface Measures {
  /** Mean negative log-likelihood a target, in nats. */
  readonly loss: number;
  /** exp(loss). */
  readonly perplexity: number;
  /** exp of the mean loss over the targets that are in the vocabulary. */
  readonly perplexityKnown: number;
  readonly top1: number;
  readonly top5: number;
  /** Top-5 where an `<UNK>` target counts as a miss. */
  readonly top5Known: number;
  /** CodeXGLUE's own: top-1, an `<UNK>` target is a miss, and `<s>`, `</s>`, `<EOL>` are not counted. */
  readonly codexglue: number;
  /** Targets counted. */
  readonly counted: number;
  /** Number of counted targets that are `<UNK>`. */
  readonly unknown: number;
}

/** Numbers that a sum is made of. */
export const MEASURE_SUMS = 9;

export class MeasureSum {
  #loss = 0;
  #knownLoss = 0;
  #counted = 0;
  #unknown = 0;
  #top1 = 0;
  #top5 = 0;
  #top5Known = 0;
  #codexglueCounted = 0;
  #codexglueHits = 0;
  readonly #ignored: ReadonlySet<number>;

  /**
   * @param ignored ids that CodeXGLUE does not count: those of `<s>`, `</s>` and `<EOL>`
   * @param sums of another one, to go on from
   */
  constructor(ignored: ReadonlySet<number>, sums?: readonly number[]) {
    this.#ignored = ignored;
    if (!sums) return;
    const at = (index: number) => sums[index] ?? 0;
    [this.#loss, this.#knownLoss, this.#counted, this.#unknown] = [at(0), at(1), at(2), at(3)];
    [this.#top1, this.#top5, this.#top5Known] = [at(4), at(5), at(6)];
    [this.#codexglueCounted, this.#codexglueHits] = [at(7), at(8)];
  }

  /** `MEASURE_SUMS` numbers from which another one goes on. */
  sums(): number[] {
    return [
      this.#loss,
      this.#knownLoss,
      this.#counted,
      this.#unknown,
      this.#top1,
      this.#top5,
      this.#top5Known,
      this.#codexglueCounted,
      this.#codexglueHits,
    ];
  }

  /**
   * @param targets token ids, PAD where there is none
   * @param losses negative log-likelihood of each target, in nats; ignored at PAD
   * @param ranks number of logits strictly greater than the target's; ignored at PAD
   */
  add(targets: ArrayLike<number>, losses: ArrayLike<number>, ranks: ArrayLike<number>): void {
    for (let i = 0; i < targets.length; i++) {
      const target = targets[i]!;
      if (target === PAD_ID) continue;
      const rank = ranks[i]!;
      const known = target !== UNK_ID;
      this.#counted++;
      this.#loss += losses[i]!;
      if (known) this.#knownLoss += losses[i]!;
      else this.#unknown++;
      if (rank < 1) this.#top1++;
      if (rank < 5) this.#top5++;
      if (rank < 5 && known) this.#top5Known++;
      if (!this.#ignored.has(target)) {
        this.#codexglueCounted++;
        if (rank < 1 && known) this.#codexglueHits++;
      }
    }
  }

  get counted(): number {
    return this.#counted;
  }

  /** Mean loss so far, in nats; NaN before the first target. */
  get loss(): number {
    return this.#loss / this.#counted;
  }

  measures(): Measures {
    const rate = (hits: number) => hits / this.#counted;
    return {
      loss: this.loss,
      perplexity: Math.exp(this.loss),
      perplexityKnown: Math.exp(this.#knownLoss / (this.#counted - this.#unknown)),
      top1: rate(this.#top1),
      top5: rate(this.#top5),
      top5Known: rate(this.#top5Known),
      codexglue: this.#codexglueHits / this.#codexglueCounted,
      counted: this.#counted,
      unknown: this.#unknown,
    };
  }
}
