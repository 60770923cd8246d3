const NOTHING = { seconds: 0, dataWaitSeconds: 0 };

/**
 * Measures the time of training steps. Since a step can begin before the last one is done, its time is measured from the end of the
 * last one to its own end, without pauses. Waiting for data counts only while nothing is computed.
 */
export class StepClock {
  /** End of the last step, plus the pauses since. */
  #last: number;
  #seconds: number;
  #dataWaitSeconds: number;

  /**
   * @param now in milliseconds, like all times here
   * @param before times to continue from
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

  /** The part of `seconds` that was spent waiting for data. */
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
   * @param seconds length of a wait that ends now
   * @param idleSince when the device ran out of work; null if it is still computing
   */
  waitedForData(seconds: number, now: number, idleSince: number | null): void {
    if (idleSince !== null) this.#dataWaitSeconds += Math.max(0, Math.min(seconds, (now - idleSince) / 1000));
  }

  /** @param seconds length of the pause */
  paused(seconds: number): void {
    this.#last += seconds * 1000;
  }
}
