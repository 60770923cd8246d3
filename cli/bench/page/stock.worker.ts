/**
 * Measures TensorFlow.js as its guide uses it: `tf.layers` on an unchanged backend, the loss from `tf.losses`, the gradients by its
 * automatic differentiation, and `tf.train.adam`. It has neither dropout nor clipping here, and its one-hot targets are made before the
 * clock starts; both make it faster.
 */
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plainWasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdWasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedWasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import '@tensorflow/tfjs-backend-webgpu';
import { expose } from 'comlink';
import type { Cell } from '#core/models/registry.ts';
import type { ModelSpec } from '#core/models/spec.ts';
import { startGpuMeter } from './gpuMeter.ts';
import type { StockSubject } from './protocol.ts';
import { randomRows, randomStream, requireLoss } from './rows.ts';

const meter = startGpuMeter();

// its threads start from the source text of a function, which bundlers change
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
setWasmPaths({
  'tfjs-backend-wasm.wasm': plainWasm,
  'tfjs-backend-wasm-simd.wasm': simdWasm,
  'tfjs-backend-wasm-threaded-simd.wasm': threadedWasm,
});

const subject: StockSubject = {
  async steps(backend, { spec, config, timed }) {
    if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js could not start its backend ${backend}`);
    const model = sequential(spec);
    const optimiser = tf.train.adam(config.learningRate);
    const rows = randomRows(randomStream('steps'), config.batch, config.length, spec.tokens).map((row) => [...row]);
    const inputs = tf.tensor2d(rows.map((row) => row.slice(0, -1)));
    const targets = tf.oneHot(tf.tensor2d(rows.map((row) => row.slice(1))).toInt(), spec.tokens);
    const step = async () => {
      const cost = optimiser.minimize(() => {
        const logits = model.apply(inputs, { training: true });
        if (!(logits instanceof tf.Tensor)) throw new Error('tf.layers gave no tensor');
        return tf.losses.softmaxCrossEntropy(targets, logits).asScalar();
      }, true);
      requireLoss((await cost?.data())?.[0], spec.tokens);
      cost?.dispose();
    };
    await step(); // compiles
    const seconds: number[] = [];
    let before = 0;
    for (let i = 0; i < timed; i++) {
      before = meter.dispatches();
      const from = performance.now();
      await step();
      seconds.push((performance.now() - from) / 1000);
    }
    return { seconds, dispatches: meter.dispatches() - before, peakBytes: meter.takePeak() };
  },
};

function sequential({ cell, tokens, embedding, hidden }: ModelSpec): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.embedding({ inputDim: tokens, outputDim: embedding, inputShape: [null] }),
      recurrent(cell, hidden),
      recurrent(cell, hidden),
      tf.layers.dense({ units: tokens }),
    ],
  });
}

function recurrent(cell: Cell, units: number): tf.layers.Layer {
  const shared = {
    units,
    returnSequences: true,
    // the default, orthogonal, takes minutes to initialize at this size
    recurrentInitializer: 'glorotUniform',
  } as const;
  switch (cell) {
    case 'lstm':
      return tf.layers.lstm({ ...shared, recurrentActivation: 'sigmoid' });
    case 'rnn':
      return tf.layers.simpleRNN({ ...shared, activation: 'tanh' });
    case 'gru':
      return tf.layers.gru({ ...shared, recurrentActivation: 'sigmoid' });
    default:
      return cell satisfies never;
  }
}

expose(subject);
