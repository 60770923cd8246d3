/**
 * One task runs at a time. A newer call of a kind supersedes the older ones; what colors a whole text is aborted for what a keystroke
 * asks, and runs again after it.
 */

export interface Call {
  /** What is asked: calls of a kind supersede each other for the same one. */
  readonly of: object;
  readonly kind: string;
  readonly ticket: number;
  /** Somebody types and waits. */
  readonly urgent: boolean;
}

export class TaskQueue {
  /** The highest ticket of each kind. */
  readonly #newest = new WeakMap<object, Map<string, number>>();
  readonly #ended = new WeakSet<object>();
  #last: Promise<unknown> = Promise.resolve();
  /** Urgent calls that wait or run. */
  #urgent = 0;
  #running: Running | null = null;

  /**
   * @param job gives null where it stopped because it was aborted; it runs again if that was for an urgent call
   * @returns null where a newer call of its kind has come
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

  /** Supersedes all calls of something for good. Resolves when none of them runs. */
  end(of: object): Promise<void> {
    this.#ended.add(of);
    this.#abortIfSuperseded();
    return this.alone(() => Promise.resolve());
  }

  /** Does something when all before it is done. */
  alone<T>(job: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(job);
    // the next one waits for its end, whatever that is; whoever asked hears of a failure
    this.#last = turn.catch(() => {});
    return turn;
  }
}

interface Running {
  readonly controller: AbortController;
  readonly isWanted: () => boolean;
}
