import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { CELLS } from '#core/models/registry.ts';
import { streamFor } from '#core/random/stream.ts';
import { openDevice, type Device } from '../../devices/device.ts';
import { GpuRuntime } from '../../backends/webgpu/runtime.ts';
import type { RecurrentWeights } from '../contract.ts';
import type { Tile } from '../matMul/tiles.ts';
import { setTile } from '../matMul/webgpu.ts';
import { recurrentLayer as kernel } from './op.ts';
import { recurrentLayer as reference } from './reference.ts';

let device: Device;
beforeAll(async () => {
  device = await openDevice('webgpu');
});

const random = streamFor(5, 'recurrent');
function normal(shape: number[]): tf.Tensor {
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal() * 0.5);
  return tf.tensor(values, shape);
}

const TILES: readonly Tile[] = [{ kind: 'plain', rows: 8, columns: 4 }, { kind: 'shared' }];

describe.each(
  TILES.flatMap((tile) => [
    { tile, cell: 'rnn', activation: 'tanh' } as const,
    { tile, cell: 'rnn', activation: 'relu' } as const,
    { tile, cell: 'lstm', activation: 'tanh' } as const,
  ]),
)('recurrentLayer on webgpu, $cell $activation, $tile.kind', ({ tile, cell, activation }) => {
  it.each([
    { steps: 1, rows: 1, input: 1, hidden: 1 },
    { steps: 1, rows: 3, input: 5, hidden: 7 },
    { steps: 6, rows: 1, input: 3, hidden: 5 },
    { steps: 5, rows: 9, input: 6, hidden: 12 },
    { steps: 4, rows: 8, input: 8, hidden: 36 },
    { steps: 3, rows: 17, input: 4, hidden: 9 },
    { steps: 3, rows: 2, input: 4, hidden: 68 },
  ])('gives the reference’s values and gradients at %o, and no tensor more', async ({ steps, rows, input, hidden }) => {
    setTile(GpuRuntime.current(), tile);
    const gates = CELLS[cell].gates;
    const shapes = [
      [steps, rows, input],
      [gates * hidden, input],
      [gates * hidden, hidden],
      [gates * hidden],
      [gates * hidden],
    ];
    const operands = shapes.map(normal);
    const direction = normal([steps, rows, hidden]);
    const before = device.tensors();
    const through = (op: typeof kernel) => {
      const layer = (...w: tf.Tensor[]): tf.Tensor => {
        const [x, weightIh, weightHh, biasIh, biasHh] = w;
        const weights = { weightIh, weightHh, biasIh, biasHh } as unknown as RecurrentWeights;
        return op(x as tf.Tensor3D, weights, cell, activation);
      };
      const value = layer(...operands);
      return [value, ...tf.grads((...w: tf.Tensor[]) => tf.sum(tf.mul(layer(...w), direction)))(operands)];
    };
    const [actual, expected] = [through(kernel), through(reference)];
    for (const [index, tensor] of actual.entries()) {
      const [a, b] = [await tensor.data(), await expected[index]!.data()];
      expect(tensor.shape).toEqual(expected[index]!.shape);
      for (let i = 0; i < a.length; i++)
        expect(Math.abs(a[i]! - b[i]!), `output ${index}, value ${i}`).toBeLessThan(2e-5);
    }
    tf.dispose([...actual, ...expected]);
    expect(device.tensors()).toBe(before);
    tf.dispose([...operands, direction]);
  });
});
