/** When a training is due to be saved: as often as saving takes a small share of its time, and at least every ten minutes. */

/**
 * Share of the training time that saving may take, the saves at the ends of epochs included. The promise is 2%: the rest is room for a first
 * save before its cost is known, and for time that is no training.
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

  /** @param now milliseconds, as all times here; pauses left out */
  constructor(now: number) {
    this.#start = now;
    this.#last = now;
  }

  /** Milliseconds spent so far. */
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
