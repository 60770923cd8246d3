/** Who computes the commands: a pool of threads over a shared memory, or the directing thread itself, a few pieces at a time. */
import { LabError, messageOf } from '#core/failure.ts';
import type { Kernels } from './kernels.ts';

/** The first message to a thread of the pool. */
export interface ThreadStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly thread: number;
  readonly threads: number;
}

export interface Computing {
  /** Resolves once the command of that number is computed. */
  computed(number: number): Promise<void>;
  end(): void;
  /** Rejects with a `LabError` when a thread fails; never resolves. */
  readonly lost: Promise<never>;
}

/** Starts the pool, and waits until all its threads are there. */
export async function startPool(
  kernels: Kernels,
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  threads: number,
): Promise<Computing> {
  const workers = Array.from(
    { length: threads },
    (_, thread) =>
      new Worker(new URL('./pool.worker.ts', import.meta.url), { type: 'module', name: `thread ${thread + 1}` }),
  );
  const end = () => {
    for (const worker of workers) worker.terminate();
  };
  let started = false;
  const lost = new Promise<never>((_, reject) => {
    // a program that cannot be loaded is an error without a message
    const lose = (event: Event) => {
      end();
      const detail = event instanceof ErrorEvent ? event.message : event.type;
      reject(started ? threadLost(detail) : threadMissing(detail));
    };
    for (const worker of workers) {
      worker.addEventListener('error', lose);
      worker.addEventListener('messageerror', lose);
    }
  });
  // Callers race their work with this promise. Until one does, a loss must not be an unhandled rejection.
  lost.catch(() => {});
  const ready = workers.map(
    (worker) => new Promise((resolve) => worker.addEventListener('message', resolve, { once: true })),
  );
  for (const [thread, worker] of workers.entries()) {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
    worker.postMessage({ module, memory, thread, threads } satisfies ThreadStart);
  }
  await Promise.race([Promise.all(ready), lost]);
  started = true;
  const index = kernels.doneAddress() / Int32Array.BYTES_PER_ELEMENT;
  return {
    async computed(number) {
      for (;;) {
        // the memory may have grown: a view of before would do too, but is not kept
        const words = new Int32Array(memory.buffer);
        const done = Atomics.load(words, index);
        if (isPast(done, number)) return;
        await Promise.race([changed(words, index, done), lost]);
      }
    },
    end,
    lost,
  };
}

/** Milliseconds between two polls where the browser has no `Atomics.waitAsync`. */
const LOOK = 2;

/** Waits until the word has another value, without blocking. */
async function changed(words: Int32Array, index: number, value: number): Promise<void> {
  if ('waitAsync' in Atomics) {
    await Atomics.waitAsync(words as Int32Array<SharedArrayBuffer>, index, value).value;
    return;
  }
  await new Promise((resolve) => setTimeout(resolve, LOOK));
}

/** Numbers begin again after 2^32. */
function isPast(done: number, number: number): boolean {
  return ((done - number) | 0) >= 0;
}

/** Milliseconds that the directing thread computes before it lets messages in. */
const SLICE = 25;
/** Pieces between two looks at the clock. */
const PIECES = 16;

/** For a page that may not share memory: computes while somebody waits, and lets messages in between. */
export function computeHere(kernels: Kernels): Computing {
  let failure: LabError | null = null;
  const { promise: lost, reject } = Promise.withResolvers<never>();
  lost.catch(() => {});

  const slice = () => {
    const until = performance.now() + SLICE;
    try {
      for (let more = true; more && performance.now() < until;) {
        for (let i = 0; i < PIECES && more; i++) more = kernels.advance() !== 0;
      }
    } catch (cause) {
      failure = threadLost(messageOf(cause));
      reject(failure);
    }
  };
  return {
    async computed(number) {
      while (!isPast(kernels.done(), number)) {
        if (failure) throw failure;
        // Each waiting call computes; several take turns, a slice at a time.
        slice();
        await nextTask();
      }
    },
    end: () => {},
    lost,
  };
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(null);
  });
}

function threadLost(detail: string): LabError {
  return new LabError({
    kind: 'device-lost',
    what: 'A thread of the device CPU has failed.',
    remedy:
      'You can resume the run from its last checkpoint. If this happens again, start a new run with a smaller batch.',
    detail,
  });
}

/** A thread's program did not load: a page that stayed open may ask for files that a newer build of the site no longer has. */
function threadMissing(detail: string): LabError {
  return new LabError({
    kind: 'device',
    what: 'A thread of the device CPU could not be started.',
    remedy:
      'Reload the page: the site may have been updated meanwhile. If that does not help, check the connection to it.',
    detail,
  });
}
