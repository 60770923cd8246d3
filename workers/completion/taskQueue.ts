/**
 * Runs one task at a time. A newer call of a kind supersedes the older ones. An urgent call, such as for a keystroke, aborts one that is
 * not urgent, such as for coloring a whole text, which runs again afterwards.
 */

export interface Call {
  /** The object that is called. Calls of a kind supersede each other only for the same object. */
  readonly of: object;
  readonly kind: string;
  readonly ticket: number;
  /** Whether a user who types waits for it. */
  readonly urgent: boolean;
}

export class TaskQueue {
  /** The highest ticket of each kind. */
  readonly #newest = new WeakMap<object, Map<string, number>>();
  readonly #ended = new WeakSet<object>();
  #last: Promise<unknown> = Promise.resolve();
  /** Number of urgent calls that wait or run. */
  #urgent = 0;
  #running: Running | null = null;

  /**
   * @param job returns null if it was aborted; it runs again if an urgent call was the reason
   * @returns null if a newer call of its kind supersedes it
   */
  async run<T>({ of, kind, ticket, urgent }: Call, job: (signal: AbortSignal) => Promise<T | null>): Promise<T | null> {
    const tickets = this.#newest.get(of) ?? new Map<string, number>();
    this.#newest.set(of, tickets);
    const isNewest = () => !this.#ended.has(of) && (tickets.get(kind) ?? ticket) <= ticket;
    if (!isNewest()) return null;
    tickets.set(kind, ticket);
    if (urgent) this.#urgent++;
    this.#abortIfSuperseded();
    const isWanted = () => isNewest() && (urgent || this.#urgent === 0);
    try {
      for (;;) {
        const result = await this.alone(() => (isNewest() ? this.#runWhile(isWanted, job) : Promise.resolve(null)));
        if (result !== null || !isNewest()) return result;
      }
    } finally {
      if (urgent) this.#urgent--;
    }
  }

  async #runWhile<T>(isWanted: () => boolean, job: (signal: AbortSignal) => Promise<T | null>): Promise<T | null> {
    const controller = new AbortController();
    this.#running = { controller, isWanted };
    this.#abortIfSuperseded();
    try {
      return await job(controller.signal);
    } finally {
      this.#running = null;
    }
  }

  #abortIfSuperseded(): void {
    if (this.#running?.isWanted() === false) this.#running.controller.abort();
  }

  /** Supersedes all present and later calls of an object. Resolves when none of them runs. */
  end(of: object): Promise<void> {
    this.#ended.add(of);
    this.#abortIfSuperseded();
    return this.alone(() => Promise.resolve());
  }

  /** Runs a job after all earlier ones are done. */
  alone<T>(job: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(job);
    // the next job waits for this one even if it fails; its caller gets the failure
    this.#last = turn.catch(() => {});
    return turn;
  }
}

interface Running {
  readonly controller: AbortController;
  readonly isWanted: () => boolean;
}
