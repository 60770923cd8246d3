/** Limits automatic restarts after device losses: after a few recent ones the user has to decide. */
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
