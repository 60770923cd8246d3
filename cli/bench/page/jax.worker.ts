/** jax-js as a subject: its matrix product on WebGPU. */
import { defaultDevice, getWebGPUDevice, init, numpy } from '@jax-js/jax';
import { expose } from 'comlink';
import type { JaxSubject } from './protocol.ts';
import { randomMatrix, randomStream, requireProduct } from './rows.ts';

const subject: JaxSubject = {
  async product({ size, timed }) {
    if (!(await init('webgpu')).includes('webgpu')) throw new Error('jax-js could not start its WebGPU backend');
    defaultDevice('webgpu');
    const { queue } = getWebGPUDevice();
    const stream = randomStream('product');
    const [left, right] = [randomMatrix(stream, size), randomMatrix(stream, size)];
    const matrix = (values: Float32Array<ArrayBuffer>) => numpy.array(values).reshape([size, size]);
    const [a, b] = [matrix(left), matrix(right)];
    const first = await numpy.matmul(a.ref, b.ref).data(); // compiles
    requireProduct(first[0], left, right, size);
    const seconds: number[] = [];
    for (let i = 0; i < timed; i++) {
      const from = performance.now();
      const c = numpy.matmul(a.ref, b.ref);
      // this encodes and submits, but its read of zero bytes does not wait for the queue to finish
      await c.blockUntilReady();
      await queue.onSubmittedWorkDone();
      seconds.push((performance.now() - from) / 1000);
      c.dispose();
    }
    return { seconds };
  },
};

expose(subject);
