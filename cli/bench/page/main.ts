/** The benchmark's page. Every request gets a new worker, which is terminated afterwards. The terminal uses `globalThis.bench`. */
import { wrap, type Remote } from 'comlink';
import type { BenchPage, JaxSubject, LabSubject, StockSubject } from './protocol.ts';

const lab = () =>
  new Subject<LabSubject>(new Worker(new URL('./lab.worker.ts', import.meta.url), { type: 'module', name: 'lab' }));
const stock = () =>
  new Subject<StockSubject>(
    new Worker(new URL('./stock.worker.ts', import.meta.url), { type: 'module', name: 'stock' }),
  );
const jax = () =>
  new Subject<JaxSubject>(new Worker(new URL('./jax.worker.ts', import.meta.url), { type: 'module', name: 'jax' }));

class Subject<Api> {
  readonly #worker: Worker;

  constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** Makes one request, then terminates the worker. Rejects also if the worker does not load or fails outside a call. */
  async ask<Value>(request: (api: Remote<Api>) => Promise<Value>): Promise<Value> {
    const broken = new Promise<never>((_, reject) => {
      this.#worker.addEventListener('error', (event) => {
        reject(new Error(event.message || 'the worker does not start'));
      });
    });
    try {
      return await Promise.race([request(wrap<Api>(this.#worker)), broken]);
    } finally {
      this.#worker.terminate();
    }
  }
}

globalThis.bench = {
  lab: {
    describe: (device) => lab().ask((api) => api.describe(device)),
    steps: (device, work) => lab().ask((api) => api.steps(device, work)),
    product: (device, work) => lab().ask((api) => api.product(device, work)),
    changingLengths: (device, work) => lab().ask((api) => api.changingLengths(device, work)),
    evaluation: (device, work) => lab().ask((api) => api.evaluation(device, work)),
    trainedWeights: (device, work) => lab().ask((api) => api.trainedWeights(device, work)),
  },
  stock: { steps: (backend, work) => stock().ask((api) => api.steps(backend, work)) },
  jax: { product: (work) => jax().ask((api) => api.product(work)) },
} satisfies BenchPage;
