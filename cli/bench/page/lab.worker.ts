/** The lab as a subject: its own engine on a device opened as the lab opens it. */
import * as tf from '@tensorflow/tfjs-core';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { expose } from 'comlink';
import type { DeviceKind } from '#core/devices.ts';
import type { Batch } from '#core/data/batches/batch.ts';
import { openDevice, type Device } from '#engine/devices/device.ts';
import { GpuRuntime } from '#engine/backends/webgpu/runtime.ts';
import { timeEvaluation } from './evaluation.ts';
import { startGpuMeter } from './gpuMeter.ts';
import { LabTraining } from './lab.ts';
import type { LabDevice, LabSubject, ModelWork, WeightsDigest } from './protocol.ts';
import { randomBatch, randomMatrix, randomStream, requireLoss, requireProduct } from './rows.ts';

const meter = startGpuMeter();

const subject: LabSubject = {
  async describe(device) {
    if (!crossOriginIsolated) throw new Error('the page is not cross-origin isolated: no threads, and no exact clock');
    const { name, threads } = await open(device);
    return { name, threads };
  },

  async steps(device, { spec, config, timed }) {
    const training = await LabTraining.begin(await open(device), spec, config);
    const batch = randomBatch(randomStream('steps'), config.batch, config.length, spec.tokens);
    const step = async () => requireLoss(await training.step(batch), spec.tokens);
    meter.takePeak();
    await step(); // compiles
    const seconds: number[] = [];
    let before = dispatchesNow(device.kind);
    for (let i = 0; i < timed; i++) {
      before = dispatchesNow(device.kind);
      seconds.push(await secondsOf(step));
    }
    const after = dispatchesNow(device.kind);
    return {
      seconds,
      dispatches: after.all - before.all,
      ownDispatches: after.own - before.own,
      peakBytes: meter.takePeak(),
    };
  },

  async product(device, { size, together, timed }) {
    const { ops, lost } = await open(device);
    const stream = randomStream('product');
    const [left, right] = [randomMatrix(stream, size), randomMatrix(stream, size)];
    const [a, b] = [tf.tensor2d(left, [size, size]), tf.tensor2d(right, [size, size])];
    const first = ops.matMul(a, b); // compiles, and moves both to the device
    requireProduct((await Promise.race([first.data(), lost]))[0], left, right, size);
    first.dispose();
    const seconds: number[] = [];
    const pass = async () => {
      // disposed at once: a buffer is only reused after the product that wrote it
      for (let i = 1; i < together; i++) ops.matMul(a, b).dispose();
      const last = ops.matMul(a, b);
      await Promise.race([done(last), lost]);
      last.dispose();
    };
    for (let i = 0; i < timed; i++) seconds.push((await secondsOf(pass)) / together);
    return { seconds };
  },

  async changingLengths(device, { spec, config, steps }) {
    const training = await LabTraining.begin(await open(device), spec, config);
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

  evaluation: async (device, work) => timeEvaluation(await open(device), work),

  async trainedWeights(device, { spec, config, steps }) {
    const training = await LabTraining.begin(await open(device), spec, config);
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

function open({ kind, threads }: LabDevice): Promise<Device> {
  return openDevice(kind, { threads });
}

/** Batches of random length, from 2 tokens to the configuration's length. All rows of a batch have the same length. */
function changingBatches(name: string, { spec, config }: ModelWork): () => Batch {
  const stream = randomStream(name);
  return () => randomBatch(stream, config.batch, 2 + stream.below(config.length - 1), spec.tokens);
}

/** Dispatches so far: all at WebGPU's interface, and those counted by the lab's runtime, without those of TensorFlow.js. */
function dispatchesNow(kind: DeviceKind): { readonly all: number; readonly own: number } {
  return { all: meter.dispatches(), own: kind === 'webgpu' ? GpuRuntime.current().dispatches : 0 };
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}

/** Waits for a result and for all earlier work. */
async function done(last: tf.Tensor): Promise<void> {
  const backend = tf.backend();
  if (backend instanceof WebGPUBackend) await backend.device.queue.onSubmittedWorkDone();
  else await last.data();
}

expose(subject);
