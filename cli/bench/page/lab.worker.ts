/** The lab as a subject: its own engine on a device opened as the lab opens it. */
import * as tf from '@tensorflow/tfjs';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { expose } from 'comlink';
import type { DeviceKind } from '../../../src/core/config.ts';
import type { Batch } from '../../../src/core/sampler/batch.ts';
import { openDevice } from '../../../workers/engine/devices/device.ts';
import { GpuRuntime } from '../../../workers/engine/webgpu/runtime.ts';
import { startGpuMeter } from './gpu-meter.ts';
import { LabTraining } from './lab.ts';
import type { LabSubject, ModelWork, WeightsDigest } from './protocol.ts';
import { randomBatch, randomMatrix, randomStream, requireLoss, requireProduct } from './rows.ts';

const meter = startGpuMeter();

const subject: LabSubject = {
  async name(kind) {
    return (await openDevice(kind)).name;
  },

  async steps(kind, { spec, config, timed }) {
    const training = await LabTraining.begin(await openDevice(kind), spec, config);
    const batch = randomBatch(randomStream('steps'), config.batch, config.length, spec.tokens);
    const step = async () => requireLoss(await training.step(batch), spec.tokens);
    meter.takePeak();
    await step(); // compiles
    const seconds: number[] = [];
    let before = dispatchesNow(kind);
    for (let i = 0; i < timed; i++) {
      before = dispatchesNow(kind);
      seconds.push(await secondsOf(step));
    }
    const after = dispatchesNow(kind);
    return {
      seconds,
      dispatches: after.all - before.all,
      ownDispatches: after.own - before.own,
      peakBytes: meter.takePeak(),
    };
  },

  async product(kind, { size, timed }) {
    const { ops, lost } = await openDevice(kind);
    const stream = randomStream('product');
    const [left, right] = [randomMatrix(stream, size), randomMatrix(stream, size)];
    const [a, b] = [tf.tensor2d(left, [size, size]), tf.tensor2d(right, [size, size])];
    const first = ops.matMul(a, b); // compiles, and moves both to the device
    requireProduct((await Promise.race([first.data(), lost]))[0], left, right, size);
    first.dispose();
    const seconds: number[] = [];
    for (let i = 0; i < timed; i++) {
      seconds.push(
        await secondsOf(async () => {
          ops.matMul(a, b).dispose(); // its buffer is not used again before the product is done
          await Promise.race([submittedWork(), lost]);
        }),
      );
    }
    return { seconds };
  },

  async changingLengths(kind, { spec, config, steps }) {
    const training = await LabTraining.begin(await openDevice(kind), spec, config);
    const batches = changingBatches('lengths', { spec, config });
    meter.takePeak();
    const peaks: number[] = [];
    let tokens = 0;
    const half = async () => {
      for (let i = 0; i < steps / 2; i++) {
        const batch = batches();
        await training.step(batch);
        tokens += batch.counted;
      }
      peaks.push(meter.takePeak());
    };
    const seconds = (await secondsOf(half)) + (await secondsOf(half));
    const [first = 0, second = 0] = peaks;
    return {
      planBytes: training.plan.bytes,
      peakBytes: Math.max(first, second),
      growthBytes: Math.max(0, second - first),
      tokens,
      seconds,
    };
  },

  async trainedWeights(kind, { spec, config, steps }) {
    const training = await LabTraining.begin(await openDevice(kind), spec, config);
    const batches = changingBatches('repeat', { spec, config });
    for (let i = 0; i < steps; i++) await training.step(batches());
    const digest: Record<string, string> = {};
    for (const [name, { data }] of await training.weights()) {
      const hash = await crypto.subtle.digest('SHA-256', data.slice());
      digest[name] = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
    }
    return digest satisfies WeightsDigest;
  },
};

/** Batches whose rows are all as long as the next draw says, from 2 tokens to the longest. */
function changingBatches(name: string, { spec, config }: ModelWork): () => Batch {
  const stream = randomStream(name);
  return () => randomBatch(stream, config.batch, 2 + stream.below(config.length - 1), spec.tokens);
}

/** Dispatches so far: at WebGPU's interface, and by the runtime's own count, which leaves out what is TensorFlow.js's. */
function dispatchesNow(kind: DeviceKind): { readonly all: number; readonly own: number } {
  return { all: meter.dispatches(), own: kind === 'webgpu' ? GpuRuntime.current().dispatches : 0 };
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}

/** Waits for the GPU; other backends have computed when an op returns. */
async function submittedWork(): Promise<void> {
  const backend = tf.backend();
  if (backend instanceof WebGPUBackend) await backend.device.queue.onSubmittedWorkDone();
}

expose(subject);
