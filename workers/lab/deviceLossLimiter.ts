/** Counts recent device losses: a few times the device is replaced automatically, then the user has to look. */
const MOST = 3;
const RECENT_MS = 10 * 60_000;

export class DeviceLossLimiter {
  #at: number[] = [];

  /** Counts a loss. @returns whether to resume automatically */
  mayRestart(now = Date.now()): boolean {
    this.#at = [...this.#at.filter((at) => now - at < RECENT_MS), now];
    return this.#at.length <= MOST;
  }
}
