/**
 * What a training tells comes as often as it has something to tell; what it changes is drawn as often as the page can. While it keeps
 * up each is applied at once. Where it does not, on a machine that is busy with the training itself, news waits and is applied together:
 * else the thread would draw one after the other, and timers, and with them the charts, would never have their turn.
 */

/** Milliseconds after which the page is taken to be free, whatever it says: a hidden page's timers can take a minute. */
const MAX_BUSY = 1_000;

export class Pacing<Event> {
  readonly #apply: (event: Event) => void;
  readonly #canWait: (event: Event) => boolean;
  #waiting: Event[] = [];
  #appliedAt = -Infinity;
  /** What was applied last is still being drawn. */
  #isBusy = false;
  /** Of the last, milliseconds until all of it was drawn. */
  #cost = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param canWait whether an event may be applied later than it comes; the others take those that wait along, in order */
  constructor(apply: (event: Event) => void, canWait: (event: Event) => boolean) {
    this.#apply = apply;
    this.#canWait = canWait;
  }

  take(event: Event): void {
    this.#waiting.push(event);
    if (!this.#canWait(event) || this.#isFree()) this.flush();
    else this.#tryLater();
  }

  /** Applies what waits. */
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

  /** As long as drawing took is left to the rest of the page. */
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
