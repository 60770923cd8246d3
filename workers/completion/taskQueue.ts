/**
 * Whose turn it is: one thing is done at a time. A newer call of a kind supersedes the older ones; what colours a whole text steps
 * back for what a keystroke asks, and goes on after it.
 */
import type { Wanted } from '#engine/inference/sequence.ts';

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
  /** Urgent calls that wait or are under way. */
  #urgent = 0;

  /**
   * @param job gives null where it stopped because it was no longer wanted; it is asked again if that was for an urgent call
   * @returns null where a newer call of its kind has come
   */
  async take<T>({ of, kind, ticket, urgent }: Call, job: (wanted: Wanted) => Promise<T | null>): Promise<T | null> {
    const tickets = this.#newest.get(of) ?? new Map<string, number>();
    this.#newest.set(of, tickets);
    const isNewest = () => !this.#ended.has(of) && (tickets.get(kind) ?? ticket) <= ticket;
    if (!isNewest()) return null;
    tickets.set(kind, ticket);
    const wanted = () => isNewest() && (urgent || this.#urgent === 0);
    if (urgent) this.#urgent++;
    try {
      for (;;) {
        const result = await this.alone(() => (isNewest() ? job(wanted) : Promise.resolve(null)));
        if (result !== null || !isNewest()) return result;
      }
    } finally {
      if (urgent) this.#urgent--;
    }
  }

  /** Supersedes all calls of something for good. Resolves when none of them is under way. */
  end(of: object): Promise<void> {
    this.#ended.add(of);
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
