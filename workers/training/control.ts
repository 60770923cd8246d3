/** Pause, resume and stop: the user's requests, which the training loop and the device follow. */
import type { DeviceControl } from '#engine/devices/device.ts';

export type RequestedState = 'run' | 'pause' | 'stop';

/** After a pause of this length the step in flight is finished, so that the training can be saved. */
const FINISH_STEP_MS = 3_000;

export class Control {
  #requested: RequestedState = 'run';
  #resume: (() => void) | undefined;
  #device: DeviceControl | null = null;
  /** Whether to pause again after the next step or batch. */
  #single = false;
  #pausedSince: number | null = null;
  #pausedMilliseconds = 0;
  #cancelled: Promise<void> = Promise.resolve();
  #skipping = false;
  #afterSkip: 'run' | 'pause' = 'run';
  /** Timer that lets a paused device finish the step in flight. */
  #finishStep: ReturnType<typeof setTimeout> | undefined;
  readonly #onChange: (state: 'training' | 'pausing' | 'paused' | 'stopping') => void;

  constructor(onChange: (state: 'training' | 'pausing' | 'paused' | 'stopping') => void) {
    this.#onChange = onChange;
  }

  /** Lets the device pause and stop within a step from now on. Results that arrive after a stop are undefined. */
  attach(device: DeviceControl): void {
    this.#device = device;
    if (this.#requested === 'pause') this.#pauseDevice(device);
  }

  get stopped(): boolean {
    return this.#requested === 'stop';
  }

  get pauseRequested(): boolean {
    return this.#requested === 'pause';
  }

  /** Whether only the current run stops, so that the next one follows. */
  get skipping(): boolean {
    return this.#skipping;
  }

  /** Seconds spent paused so far. */
  get pausedSeconds(): number {
    const now = this.#pausedSince === null ? 0 : performance.now() - this.#pausedSince;
    return (this.#pausedMilliseconds + now) / 1000;
  }

  /** Resolves when the device has discarded the work that a stop left in its queue. */
  get cancelled(): Promise<void> {
    return this.#cancelled;
  }

  pause(): void {
    if (this.#requested !== 'run') return;
    this.#requested = 'pause';
    this.#single = false;
    if (this.#device) this.#pauseDevice(this.#device);
    else this.#onChange('pausing');
  }

  /** While paused: runs one step or batch, then pauses again. */
  step(): void {
    if (this.#requested !== 'pause') return;
    this.resume();
    this.#single = true;
  }

  /** Call when a step, or a batch of a measurement, is done. */
  stepDone(): void {
    if (this.#single) this.pause();
  }

  resume(): void {
    if (this.#requested !== 'pause') return;
    this.#requested = 'run';
    this.#endPause();
    this.#device?.resume();
    this.#onChange('training');
    this.#resume?.();
  }

  /** Stops the current run. `endSkip` then lets the next one train, or wait if training was paused. */
  skip(): void {
    if (this.#requested === 'stop') return;
    const after = this.#requested;
    this.stop();
    this.#skipping = true;
    this.#afterSkip = after;
  }

  /** Call when a run has ended. @returns whether it was skipped */
  endSkip(): boolean {
    if (!this.#skipping) return false;
    this.#skipping = false;
    this.#requested = this.#afterSkip;
    this.#device = null;
    this.#onChange(this.#afterSkip === 'pause' ? 'pausing' : 'training');
    return true;
  }

  stop(): void {
    this.#skipping = false;
    if (this.#requested === 'stop') return;
    this.#requested = 'stop';
    this.#endPause();
    this.#onChange('stopping');
    if (this.#device) {
      this.#cancelled = this.#device.cancel();
      // a failure of the device is reported by the code that computes on it
      this.#cancelled.catch(() => {});
    }
    this.#resume?.();
  }

  /**
   * Call between two steps. Lets messages be handled, then waits while paused.
   * @param settle called before a pause; resolves when no step is in flight
   * @param onRest called in a pause once no step is in flight; the training can be saved then
   */
  async waitWhilePaused(settle?: () => Promise<void>, onRest?: () => Promise<void>): Promise<void> {
    await nextTask();
    // A function, because the compiler assumes that the request cannot change during an await.
    const requested = (): RequestedState => this.#requested;
    if (requested() !== 'pause') return;
    await settle?.();
    let rested = false;
    while (requested() === 'pause') {
      this.#beginPause();
      if (!rested) {
        rested = true;
        await onRest?.();
        if (requested() !== 'pause') break;
      }
      await new Promise<void>((resolve) => {
        this.#resume = resolve;
      });
    }
    this.#resume = undefined;
  }

  #pauseDevice(device: DeviceControl): void {
    device.pause();
    this.#beginPause();
    this.#finishStep = setTimeout(() => device.resume(), FINISH_STEP_MS);
  }

  #beginPause(): void {
    if (this.#pausedSince !== null) return;
    this.#pausedSince = performance.now();
    this.#onChange('paused');
  }

  #endPause(): void {
    clearTimeout(this.#finishStep);
    this.#pausedMilliseconds = this.pausedSeconds * 1000;
    this.#pausedSince = null;
  }
}

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.addEventListener('message', () => waiting.shift()?.());
channel.port1.start();

/** Resolves in a new task. Unlike a microtask, this lets messages be handled; unlike a timer, it is not delayed by 4 ms. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
}
