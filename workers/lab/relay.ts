/**
 * What the lab's tabs tell each other: one trains, the others watch. Events go over a BroadcastChannel. The training
 * tab's lock is released however it ends, which tells the others that it is gone.
 */
import { whenFree } from './locks.ts';
import type { Activity, LabEvent } from '#contract/lab.ts';

const CHANNEL = 'minicopilot-lab';

/** Events about what is stored, which a tab that trains takes from other tabs too. */
type Stored = Extract<LabEvent, { type: 'datasets' | 'damaged' | 'deleted' | 'label' | 'queue' }>;
type Relayed = Stored | Extract<LabEvent, { type: 'activity' | 'progress' | 'run' }>;
/** `ask` comes from a tab that has just been opened. */
type Message = { readonly type: 'ask' } | { readonly type: 'event'; readonly event: Relayed };

export interface RelayOptions {
  /** What this tab itself does. */
  readonly activity: () => Activity;
  /** Receives the events of another tab; its training is reported as `watching`. */
  readonly emit: (event: LabEvent) => void;
  /** The tab that trained is closed, or its training has ended: the stored runs are to be read again. */
  readonly onEnd: () => void;
}

export class Relay {
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #options: RelayOptions;
  #watching: Activity = { state: 'idle' };

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#channel.addEventListener('message', ({ data }: MessageEvent<Message>) => this.#receive(data));
    this.#send({ type: 'ask' });
  }

  /** What another tab trains; idle where none does. */
  get watching(): Activity {
    return this.#watching;
  }

  /** Passes on what concerns the other tabs. */
  pass(event: LabEvent): void {
    switch (event.type) {
      case 'activity':
      case 'progress':
      case 'run':
      case 'datasets':
      case 'damaged':
      case 'deleted':
      case 'label':
      case 'queue':
        this.#send({ type: 'event', event });
        return;
      case 'download':
      case 'import':
      case 'rateFinder':
      case 'note':
      case 'failure':
        return; // these events concern only the tab that they happened in
      default:
        event satisfies never;
    }
  }

  #send(message: Message): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel reaches its own origin alone
    this.#channel.postMessage(message);
  }

  #receive(message: Message): void {
    if (message.type === 'ask') {
      const activity = this.#options.activity();
      if (activity.state !== 'idle') this.#send({ type: 'event', event: { type: 'activity', activity } });
      return;
    }
    const { event } = message;
    if (isStored(event)) {
      this.#options.emit(event);
      return;
    }
    // a training tab ignores other tabs' events: only the first to take the lock continues
    if (this.#options.activity().state !== 'idle') return;
    if (event.type !== 'activity') {
      this.#options.emit(event);
      return;
    }
    const began = this.#watching.state === 'idle' && event.activity.state !== 'idle';
    const ended = this.#watching.state !== 'idle' && event.activity.state === 'idle';
    this.#watch(event.activity);
    if (ended) this.#options.onEnd();
    if (began) {
      void whenFree('training').then(() => {
        if (this.#watching.state === 'idle') return;
        this.#watch({ state: 'idle' });
        this.#options.onEnd();
      });
    }
  }

  #watch(activity: Activity): void {
    this.#watching = activity.state === 'idle' ? activity : { ...activity, state: 'watching' };
    this.#options.emit({ type: 'activity', activity: this.#watching });
  }
}

function isStored(event: Relayed): event is Stored {
  const { type } = event;
  return type === 'datasets' || type === 'damaged' || type === 'deleted' || type === 'label' || type === 'queue';
}
