/** When a training is due to be saved: as often as costs little, and never less often than every ten minutes. */

/** Of the time of training, at most so much is spent on saving it. */
const SHARE = 0.02;
const LEAST_MS = 20_000;
const MOST_MS = 10 * 60_000;

export class SavingPace {
  #last: number;
  /** Of the last save, all of it. */
  #cost = 0;
  #spent = 0;

  /** @param now milliseconds, as all times here */
  constructor(now: number) {
    this.#last = now;
  }

  /** Milliseconds spent so far. */
  get spent(): number {
    return this.#spent;
  }

  due(now: number): boolean {
    return now - this.#last >= Math.min(MOST_MS, Math.max(LEAST_MS, this.#cost / SHARE));
  }

  saved(now: number, cost: number): void {
    this.#last = now;
    this.#cost = cost;
    this.#spent += cost;
  }
}
