/** The page: holds the worker that records; the terminal drives it through `globalThis.regress`. */
import { wrap, type Remote } from 'comlink';
import type { Recorder } from '#core/regression/recorder.ts';
import type { RegressPage } from './protocol.ts';

let worker: Worker | undefined;
let recorder: Remote<Recorder> | undefined;
let broken: Promise<never>;

globalThis.regress = {
  open(device) {
    worker?.terminate();
    const started = new Worker(new URL('../../../workers/verify/regression/recorder.worker.ts', import.meta.url), {
      type: 'module',
      name: 'recorder',
    });
    worker = started;
    recorder = wrap<Recorder>(started);
    broken = new Promise<never>((_, reject) => {
      started.addEventListener('error', (event) => reject(new Error(event.message || 'the worker does not start')));
    });
    // it is raced only while there is work
    broken.catch(() => {});
    return Promise.race([recorder.open(device), broken]);
  },

  record(model) {
    if (!recorder) throw new Error('no device is open');
    return Promise.race([recorder.record(model), broken]);
  },
} satisfies RegressPage;
