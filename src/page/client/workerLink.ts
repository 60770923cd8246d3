/**
 * The page's side of a worker: every answer unwrapped, every failure thrown as a `LabError`, and nothing left waiting
 * when the worker goes, since comlink's own calls on a dead worker never settle.
 */
import { wrap, type Endpoint, type Remote } from 'comlink';
import type { Answer } from '#contract/lab.ts';
import { failureOf, LabError, type Failure } from '#core/failure.ts';

/** A call of a worker as the page makes it: the value, or a thrown `LabError`. */
export type Unwrapped<Call> = Call extends (...args: infer Args) => Promise<Answer<infer Value>>
  ? (...args: Args) => Promise<Value>
  : never;

/** What is needed of a `Worker`. */
export interface LabWorker extends Endpoint {
  terminate(): void;
}

type Sentences = Pick<Failure, 'what' | 'remedy'>;

/** What is said where a worker is gone. */
export interface Deaths {
  /** It threw. */
  readonly threw: Sentences;
  /** Its script did not load, or it vanished. */
  readonly lost: Sentences;
  /** The page ended it. */
  readonly ended: Sentences;
}

export class WorkerLink<Api> {
  readonly remote: Remote<Api>;
  readonly #worker: LabWorker;
  readonly #deaths: Deaths;
  readonly #onDeath: (failure: Failure) => void;
  readonly #pending = new Set<(error: LabError) => void>();
  #death: Failure | null = null;

  /** @param onDeath called once, when the worker is gone for good and the page did not end it */
  constructor(worker: LabWorker, deaths: Deaths, onDeath: (failure: Failure) => void) {
    this.#worker = worker;
    this.#deaths = deaths;
    this.#onDeath = onDeath;
    this.remote = wrap<Api>(worker);
    worker.addEventListener('error', this.#onError);
    worker.addEventListener('messageerror', this.#onError);
  }

  ask<Value>(call: () => Promise<Answer<Value>>): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (this.#death) {
        reject(new LabError(this.#death));
        return;
      }
      this.#pending.add(reject);
      void call()
        .then(
          (answer) => (answer.ok ? resolve(answer.value) : reject(new LabError(answer.failure))),
          (cause: unknown) => reject(new LabError(failureOf(cause), { cause })),
        )
        .finally(() => this.#pending.delete(reject));
    });
  }

  /** Ends the worker for a reason that whoever watches is told. */
  die(failure: Failure): void {
    if (this.#death) return;
    this.#end(failure);
    this.#onDeath(failure);
  }

  /** Ends the worker; what waits for it fails. */
  close(): void {
    this.#end({ kind: 'cancelled', ...this.#deaths.ended });
  }

  readonly #onError = (event: Event): void => {
    // A worker whose script cannot be loaded sends a bare event; one that threw says what.
    const detail = 'message' in event && typeof event.message === 'string' ? event.message : '';
    event.preventDefault();
    const { threw, lost } = this.#deaths;
    this.die({ kind: 'worker', ...(detail ? { ...threw, detail } : lost) });
  };

  #end(failure: Failure): void {
    if (this.#death) return;
    this.#death = failure;
    this.#worker.removeEventListener('error', this.#onError);
    this.#worker.removeEventListener('messageerror', this.#onError);
    this.#worker.terminate();
    const error = new LabError(failure);
    for (const reject of this.#pending) reject(error);
    this.#pending.clear();
  }
}
