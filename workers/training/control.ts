/** Pause, resume and stop, between the page's wishes and the loop that trains. */
import type { Halt } from '#engine/devices/device.ts';

export type Wish = 'run' | 'pause' | 'stop';

/** A person who pauses for longer than this gets the step under way done, and the training saved. */
const WINDING_MS = 3_000;

export class Control {
  #wish: Wish = 'run';
  #resume: (() => void) | undefined;
  #halt: Halt | null = null;
  /** Pauses again as soon as something is done. */
  #single = false;
  #pausedSince: number | null = null;
  #pausedMilliseconds = 0;
  #abandoned: Promise<void> = Promise.resolve();
  /** Lets a held device bring to its end what is under way, so that the training can be saved. */
  #winding: ReturnType<typeof setTimeout> | undefined;
  readonly #onChange: (state: 'training' | 'pausing' | 'paused' | 'stopping') => void;

  constructor(onChange: (state: 'training' | 'pausing' | 'paused' | 'stopping') => void) {
    this.#onChange = onChange;
  }

  /** From now on wishes reach the device at once, within a step; results that come after a stop are then anything. */
  haltBy(halt: Halt): void {
    this.#halt = halt;
    if (this.#wish === 'pause') this.#hold(halt);
  }

  get stopped(): boolean {
    return this.#wish === 'stop';
  }

  /** Seconds spent paused so far. */
  get pausedSeconds(): number {
    const now = this.#pausedSince === null ? 0 : performance.now() - this.#pausedSince;
    return (this.#pausedMilliseconds + now) / 1000;
  }

  /** Kept when the device has passed over what a stop left in it. */
  get abandoned(): Promise<void> {
    return this.#abandoned;
  }

  pause(): void {
    if (this.#wish !== 'run') return;
    this.#wish = 'pause';
    this.#single = false;
    if (this.#halt) this.#hold(this.#halt);
    else this.#onChange('pausing');
  }

  /** While paused: goes on until the next step or batch is done, then pauses again. */
  step(): void {
    if (this.#wish !== 'pause') return;
    this.resume();
    this.#single = true;
  }

  /** To be called when a step, or a batch of a measurement, is done. */
  stepped(): void {
    if (this.#single) this.pause();
  }

  resume(): void {
    if (this.#wish !== 'pause') return;
    this.#wish = 'run';
    this.#endPause();
    this.#halt?.go();
    this.#onChange('training');
    this.#resume?.();
  }

  stop(): void {
    if (this.#wish === 'stop') return;
    this.#wish = 'stop';
    this.#endPause();
    this.#onChange('stopping');
    if (this.#halt) {
      this.#abandoned = this.#halt.abandon();
      // a device that fails meanwhile is told of by whoever computes on it
      this.#abandoned.catch(() => {});
    }
    this.#resume?.();
  }

  /**
   * Called between two steps: lets messages in, and waits while paused.
   * @param settle is waited for before that: it brings to an end what is under way
   * @param rest is done once nothing is under way: where the training can be saved
   */
  async turn(settle?: () => Promise<void>, rest?: () => Promise<void>): Promise<void> {
    await nextTask();
    // The wish may have changed while waiting, which the compiler cannot see: read it afresh each time.
    const wish = (): Wish => this.#wish;
    if (wish() !== 'pause') return;
    await settle?.();
    let rested = false;
    while (wish() === 'pause') {
      this.#beginPause();
      if (!rested) {
        rested = true;
        await rest?.();
        if (wish() !== 'pause') break;
      }
      await new Promise<void>((resolve) => {
        this.#resume = resolve;
      });
    }
    this.#resume = undefined;
  }

  #hold(halt: Halt): void {
    halt.hold();
    this.#beginPause();
    this.#winding = setTimeout(() => halt.go(), WINDING_MS);
  }

  #beginPause(): void {
    if (this.#pausedSince !== null) return;
    this.#pausedSince = performance.now();
    this.#onChange('paused');
  }

  #endPause(): void {
    clearTimeout(this.#winding);
    this.#pausedMilliseconds = this.pausedSeconds * 1000;
    this.#pausedSince = null;
  }
}

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.addEventListener('message', () => waiting.shift()?.());
channel.port1.start();

/** Resolves in a task of its own: unlike a promise it lets messages in, unlike a timer it is not held back 4 ms. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
}
