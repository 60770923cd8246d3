/** How often a device was lost of late: a few times it is replaced by itself, then a person has to look. */
const MOST = 3;
const RECENT_MS = 10 * 60_000;

export class DeviceLossLimiter {
  #at: number[] = [];

  /** Counts one more. @returns whether to go on by oneself */
  mayRestart(now = Date.now()): boolean {
    this.#at = [...this.#at.filter((at) => now - at < RECENT_MS), now];
    return this.#at.length <= MOST;
  }
}
