/**
 * The page's side of a worker: every answer unwrapped, every failure thrown as a `LabError`, and pending calls rejected when the worker
 * dies, since comlink's calls to a dead worker never settle.
 */
import { wrap, type Endpoint, type Remote } from 'comlink';
import { callsThrough, unwrap, type Answer, type RemoteCalls } from '#contract/remote.ts';
import { failureOf, LabError, type Failure } from '#core/failure.ts';

/** The part of a `Worker` that is used. */
export interface LabWorker extends Endpoint {
  terminate(): void;
}

type Sentences = Pick<Failure, 'what' | 'remedy'>;

/** What to say when the worker is gone. */
export interface FailureTexts {
  /** It threw. */
  readonly threw: Sentences;
  /** Its script did not load, or it vanished. */
  readonly lost: Sentences;
  /** The page ended it. */
  readonly ended: Sentences;
}

/** The worker's side as comlink sees it: its calls by name. */
type Answering = Record<string, (...args: readonly unknown[]) => Promise<Answer<unknown>>>;

export class WorkerLink<Api> {
  readonly calls: RemoteCalls<Api> = callsThrough<Api>((name, args) => this.call(name, args));
  readonly #remote: Remote<Answering>;
  readonly #worker: LabWorker;
  readonly #texts: FailureTexts;
  readonly #onFailure: (failure: Failure) => void;
  readonly #pending = new Set<(error: LabError) => void>();
  #failure: Failure | null = null;

  /** @param onFailure called once, when the worker is gone for good and the page did not end it */
  constructor(worker: LabWorker, texts: FailureTexts, onFailure: (failure: Failure) => void) {
    this.#worker = worker;
    this.#texts = texts;
    this.#onFailure = onFailure;
    this.#remote = wrap<Answering>(worker);
    worker.addEventListener('error', this.#onError);
    worker.addEventListener('messageerror', this.#onError);
  }

  /** Makes the call of that name. */
  call(name: string, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(new LabError(this.#failure));
        return;
      }
      this.#pending.add(reject);
      void this.#remote[name]!(...args)
        .then(unwrap)
        .then(resolve, (cause: unknown) => {
          reject(cause instanceof LabError ? cause : new LabError(failureOf(cause), { cause }));
        })
        .finally(() => this.#pending.delete(reject));
    });
  }

  /** Ends the worker and reports why; pending calls fail. */
  die(failure: Failure): void {
    if (this.#failure) return;
    this.#end(failure);
    this.#onFailure(failure);
  }

  /** Ends the worker; pending calls fail. */
  close(): void {
    this.#end({ kind: 'cancelled', ...this.#texts.ended });
  }

  readonly #onError = (event: Event): void => {
    // A worker whose script cannot be loaded sends a bare event; one that threw says what.
    const detail = 'message' in event && typeof event.message === 'string' ? event.message : '';
    event.preventDefault();
    const { threw, lost } = this.#texts;
    this.die({ kind: 'worker', ...(detail ? { ...threw, detail } : lost) });
  };

  #end(failure: Failure): void {
    if (this.#failure) return;
    this.#failure = failure;
    this.#worker.removeEventListener('error', this.#onError);
    this.#worker.removeEventListener('messageerror', this.#onError);
    this.#worker.terminate();
    const error = new LabError(failure);
    for (const reject of this.#pending) reject(error);
    this.#pending.clear();
  }
}
