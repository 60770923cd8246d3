/**
 * The page's side of the worker: every answer unwrapped, every failure thrown as a `LabError`, and nothing left
 * waiting when the worker goes, since comlink's own calls on a dead worker never settle.
 */
import { proxy, wrap, type Endpoint, type Remote } from 'comlink';
import type { Answer, LabApi, LabEvent, LabSnapshot } from '../../workers/protocol.ts';
import { failureOf, LabError, type Failure } from '../core/failure.ts';

type Unwrapped<Call> = Call extends (...args: infer Args) => Promise<Answer<infer Value>>
  ? (...args: Args) => Promise<Value>
  : never;

/** `LabApi` as the page calls it: the value, or a thrown `LabError`. */
export type Lab = { readonly [Name in Exclude<keyof LabApi, 'connect'>]: Unwrapped<LabApi[Name]> };

/** What the client needs of a `Worker`. */
export interface LabWorker extends Endpoint {
  terminate(): void;
}

/** Loading TensorFlow.js and trying the devices takes seconds on a slow machine, never a minute. */
const CONNECT_PATIENCE = 60_000;

export function startWorker(): Worker {
  return new Worker(new URL('../../workers/lab.worker.ts', import.meta.url), { type: 'module' });
}

export class LabClient implements Lab {
  readonly #worker: LabWorker;
  readonly #remote: Remote<LabApi>;
  readonly #onDeath: (failure: Failure) => void;
  readonly #pending = new Set<(error: LabError) => void>();
  #death: Failure | null = null;

  /** @param onDeath called once, when the worker is gone for good */
  constructor(worker: LabWorker, onDeath: (failure: Failure) => void) {
    this.#worker = worker;
    this.#onDeath = onDeath;
    this.#remote = wrap<LabApi>(worker);
    worker.addEventListener('error', this.#onError);
    worker.addEventListener('messageerror', this.#onError);
  }

  async connect(listener: (event: LabEvent) => void, patience = CONNECT_PATIENCE): Promise<LabSnapshot> {
    const timer = setTimeout(() => {
      this.#die({
        kind: 'worker',
        what: `The lab’s worker did not answer within ${Math.round(patience / 1000)} seconds.`,
        remedy:
          'Start it again; if it stays silent, close other heavy tabs and reload the page. What is stored is safe.',
      });
    }, patience);
    try {
      return await this.#ask(() => this.#remote.connect(proxy(listener)));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the worker; what waits for it fails. */
  close(): void {
    this.#end({
      kind: 'cancelled',
      what: 'The lab’s worker was ended.',
      remedy: 'Nothing to do: a new one takes its place.',
    });
  }

  offered: Lab['offered'] = () => this.#ask(() => this.#remote.offered());
  download: Lab['download'] = (offer) => this.#ask(() => this.#remote.download(offer));
  cancelDownload: Lab['cancelDownload'] = () => this.#ask(() => this.#remote.cancelDownload());
  importDataset: Lab['importDataset'] = (request) => this.#ask(() => this.#remote.importDataset(request));
  cancelImport: Lab['cancelImport'] = () => this.#ask(() => this.#remote.cancelImport());
  rows: Lab['rows'] = (request) => this.#ask(() => this.#remote.rows(request));
  deleteDataset: Lab['deleteDataset'] = (id) => this.#ask(() => this.#remote.deleteDataset(id));
  plan: Lab['plan'] = (request) => this.#ask(() => this.#remote.plan(request));
  start: Lab['start'] = (request) => this.#ask(() => this.#remote.start(request));
  pause: Lab['pause'] = () => this.#ask(() => this.#remote.pause());
  resume: Lab['resume'] = () => this.#ask(() => this.#remote.resume());
  step: Lab['step'] = () => this.#ask(() => this.#remote.step());
  stop: Lab['stop'] = () => this.#ask(() => this.#remote.stop());
  estimate: Lab['estimate'] = (request) => this.#ask(() => this.#remote.estimate(request));
  steps: Lab['steps'] = (runIds) => this.#ask(() => this.#remote.steps(runIds));
  label: Lab['label'] = (label) => this.#ask(() => this.#remote.label(label));
  deleteRuns: Lab['deleteRuns'] = (ids) => this.#ask(() => this.#remote.deleteRuns(ids));
  restoreRuns: Lab['restoreRuns'] = (ids) => this.#ask(() => this.#remote.restoreRuns(ids));
  compare: Lab['compare'] = (request) => this.#ask(() => this.#remote.compare(request));
  exportRun: Lab['exportRun'] = (id) => this.#ask(() => this.#remote.exportRun(id));
  importRun: Lab['importRun'] = (file) => this.#ask(() => this.#remote.importRun(file));
  weights: Lab['weights'] = (runId) => this.#ask(() => this.#remote.weights(runId));
  checkOracle: Lab['checkOracle'] = (oracleCase) => this.#ask(() => this.#remote.checkOracle(oracleCase));
  checkFullSize: Lab['checkFullSize'] = (fullSizeCase) => this.#ask(() => this.#remote.checkFullSize(fullSizeCase));

  #ask<Value>(call: () => Promise<Answer<Value>>): Promise<Value> {
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

  readonly #onError = (event: Event): void => {
    // A worker whose script cannot be loaded sends a bare event; one that threw says what.
    const detail = 'message' in event && typeof event.message === 'string' ? event.message : '';
    event.preventDefault();
    this.#die({
      kind: 'worker',
      what: detail ? 'The lab’s worker stopped on an error.' : 'The lab’s worker could not be loaded, or it died.',
      remedy:
        'Start it again. What is stored is safe; a run that was training keeps its finished epochs. If it cannot be loaded, check the connection to the server.',
      ...(detail ? { detail } : {}),
    });
  };

  #die(failure: Failure): void {
    if (this.#death) return;
    this.#end(failure);
    this.#onDeath(failure);
  }

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
