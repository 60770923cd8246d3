/**
 * Coalesces the worker's events while the page still draws the last ones. The worker sends progress five times a second at most, but a
 * page on a busy machine can take longer than that to draw. Without this it would apply one event after the other, and its timers,
 * the turns of charts among them (charts/turns.ts), would starve. Measured with three models on screen and the page's CPU slowed down
 * six times: each chart was redrawn 13 to 20 times in 20 seconds; without this at most once in 110 seconds.
 */

/** Milliseconds after which the page counts as free, whatever its timers say: those of a hidden page can take a minute. */
const MAX_BUSY = 1_000;

export class EventCoalescer<Event> {
  readonly #apply: (event: Event) => void;
  readonly #canWait: (event: Event) => boolean;
  #waiting: Event[] = [];
  #appliedAt = -Infinity;
  /** Whether the last events are still being drawn. */
  #isBusy = false;
  /** Milliseconds that it took until the last events were drawn. */
  #cost = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param canWait whether an event may be applied late; an event that may not is applied at once, after those that wait */
  constructor(apply: (event: Event) => void, canWait: (event: Event) => boolean) {
    this.#apply = apply;
    this.#canWait = canWait;
  }

  push(event: Event): void {
    this.#waiting.push(event);
    if (!this.#canWait(event) || this.#isFree()) this.flush();
    else this.#tryLater();
  }

  /** Applies the events that wait. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    const from = performance.now();
    this.#appliedAt = from;
    this.#isBusy = true;
    setTimeout(() => {
      // a later flush has a timer of its own
      if (this.#appliedAt !== from) return;
      this.#isBusy = false;
      this.#cost = Math.min(MAX_BUSY, performance.now() - from);
    });
    for (const event of waiting) this.#apply(event);
  }

  /** After drawing, the rest of the page has as much time as drawing took. */
  #isFree(): boolean {
    const since = performance.now() - this.#appliedAt;
    return since >= MAX_BUSY || (!this.#isBusy && since >= 2 * this.#cost);
  }

  #tryLater(): void {
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        if (this.#isFree()) this.flush();
        else this.#tryLater();
      },
      Math.max(this.#cost, 1),
    );
  }
}
