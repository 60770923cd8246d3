/** Pause, resume and stop, between the page's wishes and the loop that trains. */

export type Wish = 'run' | 'pause' | 'stop';

export class Control {
  #wish: Wish = 'run';
  #resume: (() => void) | undefined;
  readonly #onChange: (state: 'training' | 'pausing' | 'paused' | 'stopping') => void;

  constructor(onChange: (state: 'training' | 'pausing' | 'paused' | 'stopping') => void) {
    this.#onChange = onChange;
  }

  get stopped(): boolean {
    return this.#wish === 'stop';
  }

  pause(): void {
    if (this.#wish !== 'run') return;
    this.#wish = 'pause';
    this.#onChange('pausing');
  }

  resume(): void {
    if (this.#wish !== 'pause') return;
    this.#wish = 'run';
    this.#onChange('training');
    this.#resume?.();
  }

  stop(): void {
    if (this.#wish === 'stop') return;
    this.#wish = 'stop';
    this.#onChange('stopping');
    this.#resume?.();
  }

  /**
   * Called between two steps: lets messages in, and waits while paused.
   * @param settle is waited for before that: it brings to an end what is under way
   * @returns seconds spent paused
   */
  async turn(settle?: () => Promise<void>): Promise<number> {
    await nextTask();
    // The wish may have changed while waiting, which the compiler cannot see: read it afresh each time.
    const wish = (): Wish => this.#wish;
    if (wish() !== 'pause') return 0;
    await settle?.();
    const from = performance.now();
    while (wish() === 'pause') {
      this.#onChange('paused');
      await new Promise<void>((resolve) => {
        this.#resume = resolve;
      });
    }
    this.#resume = undefined;
    return (performance.now() - from) / 1000;
  }
}

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.addEventListener('message', () => waiting.shift()?.());
channel.port1.start();

/** Resolves in a task of its own: unlike a promise it lets messages in, unlike a timer it is not held back 4 ms. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
}
