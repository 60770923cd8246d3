/** The one worker of this page that completes code: started when it is first asked, and again after it has died. */
import type { CompletionApi } from '#contract/completer.ts';
import type { Failure } from '#core/failure.ts';
import { WorkerLink, type Unwrapped } from './workerLink.ts';

/** `CompletionApi` as the page calls it: the value, or a thrown `LabError`. */
export type Completer = { readonly [Name in keyof CompletionApi]: Unwrapped<CompletionApi[Name]> };

const REMEDY =
  'Start it again: your text and all models are safe. If it cannot be loaded, check the connection to the server.';
const DEATHS = {
  threw: { what: 'The worker that completes code stopped on an error.', remedy: REMEDY },
  lost: { what: 'The worker that completes code could not be loaded, or it died.', remedy: REMEDY },
  ended: { what: 'The worker that completes code was ended.', remedy: 'Nothing to do: a new one takes its place.' },
};

let current: WorkerLink<CompletionApi> | null = null;
let tell: (failure: Failure) => void = () => {};
let lastTicket = 0;

/** @param listener is told when the worker is gone; the next call starts a new one */
export function onCompleterDeath(listener: (failure: Failure) => void): void {
  tell = listener;
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
  const fresh = new WorkerLink<CompletionApi>(worker, DEATHS, (failure) => {
    if (current !== fresh) return;
    current = null;
    tell(failure);
  });
  current = fresh;
  return fresh;
}

export const completer: Completer = {
  open: (source) => link().ask(() => link().remote.open(source)),
  candidates: (request) => link().ask(() => link().remote.candidates(request)),
  line: (request) => link().ask(() => link().remote.line(request)),
  inspect: (request) => link().ask(() => link().remote.inspect(request)),
  unit: (request) => link().ask(() => link().remote.unit(request)),
  informativeUnits: (request) => link().ask(() => link().remote.informativeUnits(request)),
  expected: (request) => link().ask(() => link().remote.expected(request)),
  testFile: (runId, draw) => link().ask(() => link().remote.testFile(runId, draw)),
};
