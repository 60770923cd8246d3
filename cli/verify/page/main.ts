/** The verifier's page. It owns the worker; the terminal drives it through `globalThis.verifier`. */
import { wrap, type Remote } from 'comlink';
import type { Verifier } from '#core/regression/verifier.ts';
import './protocol.ts';

interface Running {
  readonly worker: Worker;
  readonly remote: Remote<Verifier>;
  /** Rejects when the worker does not start or stops on an error; never resolves. */
  readonly broken: Promise<never>;
}

let running: Running | undefined;

/** Replaces the worker, so that no state of an earlier device remains. */
function start(): void {
  running?.worker.terminate();
  const worker = new Worker(new URL('../../../workers/verify/verify.worker.ts', import.meta.url), {
    type: 'module',
    name: 'verifier',
  });
  const broken = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event) => reject(new Error(event.message || 'the worker does not start')));
  });
  // `broken` is only awaited during a request; without this, an error at other times would be an unhandled rejection
  broken.catch(() => {});
  running = { worker, remote: wrap<Verifier>(worker), broken };
}

function ask<T>(request: (remote: Remote<Verifier>) => Promise<T>): Promise<T> {
  if (!running) throw new Error('no device is open');
  return Promise.race([request(running.remote), running.broken]);
}

globalThis.verifier = {
  open(device) {
    start();
    return ask((remote) => remote.open(device));
  },
  record: (model) => ask((remote) => remote.record(model)),
  checkOracle: (facts, tensors) => ask((remote) => remote.checkOracle(facts, tensors)),
  replay: (file) => ask((remote) => remote.replay(file)),
  logits: (weights, ids) => ask((remote) => remote.logits(weights, ids)),
  checkCache: (text) => ask((remote) => remote.checkCache(text)),
  evaluateStored(request) {
    start();
    return ask((remote) => remote.evaluateStored(request));
  },
  checkFullSize(model, device) {
    // this check opens its own devices, so it needs a new worker
    start();
    return ask((remote) => remote.checkFullSize(model, device));
  },
} satisfies Verifier;
