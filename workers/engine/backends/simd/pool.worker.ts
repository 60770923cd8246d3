/** One of the threads that compute: waits for its program, then takes commands from the queue until it is ended. */
import { instantiate } from './kernels.ts';
import type { ThreadStart } from './threads.ts';

self.addEventListener('message', ({ data }: MessageEvent<ThreadStart>) => {
  const kernels = instantiate(data.module, data.memory);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
  self.postMessage('ready');
  kernels.work(data.thread, data.threads);
});
