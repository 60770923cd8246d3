const NOTHING = { seconds: 0, dataWaitSeconds: 0 };

/**
 * How long training steps take where one is begun before the last one is done: from the end of one to the end of the next,
 * pauses left out. What was spent waiting for data counts as such only while nothing was being computed.
 */
export class StepClock {
  /** End of the last step, moved on by pauses since. */
  #last: number;
  #seconds: number;
  #dataWaitSeconds: number;

  /**
   * @param now in milliseconds, as all times here
   * @param before count to continue from
   */
  constructor(now: number, before: { readonly seconds: number; readonly dataWaitSeconds: number } = NOTHING) {
    this.#last = now;
    this.#seconds = before.seconds;
    this.#dataWaitSeconds = before.dataWaitSeconds;
  }

  /** Seconds that all steps took so far. */
  get seconds(): number {
    return this.#seconds;
  }

  /** Seconds of these that were spent waiting for data. */
  get dataWaitSeconds(): number {
    return this.#dataWaitSeconds;
  }

  /** @returns seconds that the step took */
  ended(now: number): number {
    const seconds = Math.max(0, now - this.#last) / 1000;
    this.#last = Math.max(this.#last, now);
    this.#seconds += seconds;
    return seconds;
  }

  /**
   * @param seconds of a wait that ends now
   * @param idleSince when the device had nothing left to compute; null where it still has
   */
  waitedForData(seconds: number, now: number, idleSince: number | null): void {
    if (idleSince !== null) this.#dataWaitSeconds += Math.max(0, Math.min(seconds, (now - idleSince) / 1000));
  }

  /** @param seconds during which nothing was computed */
  paused(seconds: number): void {
    this.#last += seconds * 1000;
  }
}
