/** Decides when to save a training: as often as a small share of its time allows, and at least every ten minutes. */

/**
 * Share of the training time that saving may take, including the saves at the ends of epochs. The limit to keep is 2%. The margin covers
 * the first save, whose cost is not known in advance, and time spent on other work than training.
 */
const SHARE = 0.015;
const MIN_MS = 20_000;
const MAX_MS = 10 * 60_000;

export class SavingPace {
  readonly #start: number;
  #last: number;
  /** Milliseconds that the last save took. */
  #cost = 0;
  #spent = 0;

  /** @param now in milliseconds without pauses, like all times here */
  constructor(now: number) {
    this.#start = now;
    this.#last = now;
  }

  /** Milliseconds spent on saving so far. */
  get spent(): number {
    return this.#spent;
  }

  due(now: number): boolean {
    const since = now - this.#last;
    if (since < MIN_MS) return false;
    return since >= MAX_MS || this.#spent + this.#cost <= SHARE * (now - this.#start);
  }

  saved(now: number, cost: number): void {
    this.#last = now;
    this.#cost = cost;
    this.#spent += cost;
  }
}
