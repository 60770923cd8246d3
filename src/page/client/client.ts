/** The page's side of the worker that trains, measures and stores. */
import { proxy } from 'comlink';
import type { LabApi, LabEvent, LabSnapshot } from '#contract/lab.ts';
import type { RemoteCalls } from '#contract/remote.ts';
import type { Failure } from '#core/failure.ts';
import { WorkerLink, type LabWorker } from './workerLink.ts';

/** The worker's calls; each gives its value or throws a `LabError`. */
export type Lab = RemoteCalls<Omit<LabApi, 'connect'>>;

/** Loading TensorFlow.js and trying the devices takes seconds on a slow machine, never a minute. */
const CONNECT_PATIENCE = 60_000;

export function startWorker(): Worker {
  return new Worker(new URL('../../../workers/lab/lab.worker.ts', import.meta.url), { type: 'module' });
}

const REMEDY =
  'Restart it. Stored data is safe, and a run that was training keeps its finished epochs. If it does not load, check the connection to the server.';
const FAILURE_TEXTS = {
  threw: { what: 'The lab’s worker stopped on an error.', remedy: REMEDY },
  lost: { what: 'The lab’s worker could not be loaded, or it crashed.', remedy: REMEDY },
  ended: { what: 'The lab’s worker was stopped.', remedy: 'You need not do anything: a new one replaces it.' },
};

export class LabClient {
  readonly #link: WorkerLink<LabApi>;

  /** @param onFailure called once, when the worker is gone for good */
  constructor(worker: LabWorker, onFailure: (failure: Failure) => void) {
    this.#link = new WorkerLink<LabApi>(worker, FAILURE_TEXTS, onFailure);
  }

  get calls(): Lab {
    return this.#link.calls;
  }

  /** Makes the call of that name. */
  call(name: string, args: readonly unknown[]): Promise<unknown> {
    return this.#link.call(name, args);
  }

  async connect(listener: (event: LabEvent) => void, patience = CONNECT_PATIENCE): Promise<LabSnapshot> {
    const timer = setTimeout(() => {
      this.#link.die({
        kind: 'worker',
        what: `The lab’s worker did not answer within ${Math.round(patience / 1000)} seconds.`,
        remedy:
          'Restart it. If it still does not answer, close other busy tabs and reload the page. Stored data is safe.',
      });
    }, patience);
    try {
      return await this.#link.calls.connect(proxy(listener));
    } finally {
      clearTimeout(timer);
    }
  }

  /** The worker no longer answers. */
  hang(): void {
    this.#link.die({
      kind: 'worker',
      what: 'The lab’s worker did not answer for a minute and a half.',
      remedy: 'A new one replaces it. Stored data is safe, and a run resumes from its last checkpoint.',
    });
  }

  /** Ends the worker; pending calls fail. */
  close(): void {
    this.#link.close();
  }
}
