/** The one worker of this page that completes code, started by the first call, and again by the first call after it has died. */
import type { CompletionApi } from '#contract/completer.ts';
import { callsThrough } from '#contract/remote.ts';
import type { Failure } from '#core/failure.ts';
import { WorkerLink } from './workerLink.ts';

const REMEDY =
  'Restart it. Your text and all models are safe. If it does not load, check the connection to the server.';
const FAILURE_TEXTS = {
  threw: { what: 'The worker that completes code stopped on an error.', remedy: REMEDY },
  lost: { what: 'The worker that completes code could not be loaded, or it crashed.', remedy: REMEDY },
  ended: {
    what: 'The worker that completes code was stopped.',
    remedy: 'You need not do anything: a new one replaces it.',
  },
};

let current: WorkerLink<CompletionApi> | null = null;
let reportWorkerFailure: (failure: Failure) => void = () => {};
let lastTicket = 0;

/** @param listener called when the worker is gone; the next call starts a new one */
export function onCompleterFailure(listener: (failure: Failure) => void): void {
  reportWorkerFailure = listener;
}

/** Higher each time: a call with it supersedes those with lower ones of its kind. */
export function nextTicket(): number {
  return ++lastTicket;
}

function link(): WorkerLink<CompletionApi> {
  if (current) return current;
  const worker = new Worker(new URL('../../../workers/lab/completer.worker.ts', import.meta.url), {
    type: 'module',
    name: 'completion',
  });
  const fresh = new WorkerLink<CompletionApi>(worker, FAILURE_TEXTS, (failure) => {
    if (current !== fresh) return;
    current = null;
    reportWorkerFailure(failure);
  });
  current = fresh;
  return fresh;
}

/** Each call gives its value or throws a `LabError`. */
export const completer = callsThrough<CompletionApi>((name, args) => link().call(name, args));
