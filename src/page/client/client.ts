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
  'Start it again. What is stored is safe; a run that was training keeps its finished epochs. If it cannot be loaded, check the connection to the server.';
const DEATHS = {
  threw: { what: 'The lab’s worker stopped on an error.', remedy: REMEDY },
  lost: { what: 'The lab’s worker could not be loaded, or it died.', remedy: REMEDY },
  ended: { what: 'The lab’s worker was ended.', remedy: 'Nothing to do: a new one takes its place.' },
};

export class LabClient {
  readonly #link: WorkerLink<LabApi>;

  /** @param onDeath called once, when the worker is gone for good */
  constructor(worker: LabWorker, onDeath: (failure: Failure) => void) {
    this.#link = new WorkerLink<LabApi>(worker, DEATHS, onDeath);
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
          'Start it again; if it stays silent, close other heavy tabs and reload the page. What is stored is safe.',
      });
    }, patience);
    try {
      return await this.#link.calls.connect(proxy(listener));
    } finally {
      clearTimeout(timer);
    }
  }

  /** It does not answer any more. */
  hang(): void {
    this.#link.die({
      kind: 'worker',
      what: 'The lab’s worker did not answer for a minute and a half.',
      remedy: 'A new one takes its place. What is stored is safe; a run goes on from where it was saved.',
    });
  }

  /** Ends the worker; what waits for it fails. */
  close(): void {
    this.#link.close();
  }
}
