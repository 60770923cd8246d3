import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { CELLS } from '#core/models/registry.ts';
import { streamFor } from '#core/random/stream.ts';
import { openDevice, type Device } from '../../devices/device.ts';
import { GpuRuntime } from '../../backends/webgpu/runtime.ts';
import type { RecurrentWeights, StackOptions } from '../contract.ts';
import { TILES, setTile } from '../matMul/webgpu.ts';
import { recurrentStack as kernel } from './op.ts';
import { recurrentStack as reference } from './reference.ts';

let device: Device;
beforeAll(async () => {
  device = await openDevice('webgpu');
});

const random = streamFor(5, 'stack');
function normal(shape: number[]): tf.Tensor {
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal() * 0.5);
  return tf.tensor(values, shape);
}

const LSTM = { cell: 'lstm', activation: 'tanh' } as const;
const RNN = { cell: 'rnn', activation: 'tanh' } as const;

describe.each([
  { options: { ...LSTM, residual: false, dropout: null } },
  { options: { ...LSTM, residual: true, dropout: { rate: 0.4, key: { seed: 3, step: 2 } } } },
  { options: { ...RNN, residual: true, dropout: null } },
  { options: { ...RNN, residual: false, dropout: { rate: 0.4, key: { seed: 3, step: 2 } } } },
  {
    // a micro-batch: the mask is drawn for more rows than are here
    options: { ...RNN, residual: true, dropout: { rate: 0.4, key: { seed: 3, step: 2, rows: { first: 2, all: 29 } } } },
  },
] satisfies { options: StackOptions }[])('recurrentStack on webgpu, $options', ({ options }) => {
  it.each([
    { steps: 1, rows: 1, input: 1, hidden: 1 },
    { steps: 9, rows: 3, input: 5, hidden: 7 },
    { steps: 20, rows: 9, input: 6, hidden: 12 },
    { steps: 70, rows: 2, input: 4, hidden: 8 },
  ])('gives the reference’s values and gradients at %o, and no tensor more', async ({ steps, rows, input, hidden }) => {
    const stacked = CELLS[options.cell].gates * hidden;
    const layer = (width: number) => [[stacked, width], [stacked, hidden], [stacked], [stacked]];
    const operands = [[steps, rows, input], ...layer(input), ...layer(hidden)].map(normal);
    const direction = normal([steps * rows, hidden]);
    const before = device.tensors();
    const through = (op: typeof kernel) => {
      const stack = (...w: tf.Tensor[]): tf.Tensor =>
        op(w[0] as tf.Tensor3D, [weightsFrom(w.slice(1, 5)), weightsFrom(w.slice(5))], options);
      const value = tf.tidy(() => stack(...operands));
      return [value, ...tf.grads((...w: tf.Tensor[]) => tf.sum(tf.mul(stack(...w), direction)))(operands)];
    };
    const expected = through(reference);
    for (const tile of TILES.filter(({ kind }, index) => kind === 'shared' || index === TILES.length - 1)) {
      setTile(GpuRuntime.current(), tile);
      const actual = through(kernel);
      for (const [index, tensor] of actual.entries()) {
        const [a, b] = [await tensor.data(), await expected[index]!.data()];
        expect(tensor.shape).toEqual(expected[index]!.shape);
        const limit = 2e-5 * Math.max(1, ...b.map(Math.abs));
        for (let i = 0; i < a.length; i++)
          expect(Math.abs(a[i]! - b[i]!), `${tile.kind}, output ${index}, value ${i}`).toBeLessThan(limit);
      }
      tf.dispose(actual);
    }
    tf.dispose(expected);
    expect(device.tensors()).toBe(before);
    tf.dispose([...operands, direction]);
  });
});

function weightsFrom([weightIh, weightHh, biasIh, biasHh]: tf.Tensor[]): RecurrentWeights {
  return { weightIh, weightHh, biasIh, biasHh } as unknown as RecurrentWeights;
}
