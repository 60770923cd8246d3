import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { streamFor } from '#core/random/stream.ts';
import { openDevice, type Device } from '../../devices/device.ts';
import { GpuRuntime } from '../../backends/webgpu/runtime.ts';
import type { Ops, StackOptions } from '../contract.ts';
import { TILES, setTile } from '../matMul/webgpu.ts';
import { CELL_CASES, stackShapes, throughStack } from '../opCases.fixture.ts';
import { referenceOps } from '../table.ts';

let device: Device;
beforeAll(async () => {
  device = await openDevice('webgpu');
});

const random = streamFor(5, 'stack');
function normal(shape: number[]): tf.Tensor {
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal() * 0.5);
  return tf.tensor(values, shape);
}

// a micro-batch: the mask is drawn for more rows than are here
const PART = { rate: 0.4, key: { seed: 3, step: 2, rows: { first: 2, all: 29 } } };

describe.each(
  CELL_CASES.flatMap((cell): { options: StackOptions }[] => [
    { options: { ...cell, dropout: null } },
    { options: { ...cell, dropout: PART } },
  ]),
)('recurrentStack on webgpu, $options', ({ options }) => {
  it.each([
    { layers: 2, steps: 1, rows: 1, input: 1, hidden: 1 },
    { layers: 2, steps: 9, rows: 3, input: 5, hidden: 7 },
    { layers: 1, steps: 3, rows: 17, input: 4, hidden: 9 },
    { layers: 2, steps: 20, rows: 9, input: 6, hidden: 12 },
    { layers: 3, steps: 70, rows: 2, input: 4, hidden: 8 },
    { layers: 4, steps: 10, rows: 2, input: 4, hidden: 68 },
  ])('gives the reference’s values and gradients at %o, and no tensor more', async (sizes) => {
    const { layers, steps, rows, hidden } = sizes;
    const operands = stackShapes(options.cell, sizes).map(normal);
    const direction = normal([layers, steps, rows, hidden]);
    const before = device.tensors();
    const through = (ops: Ops) => {
      const stack = (...w: tf.Tensor[]): tf.Tensor => throughStack(ops, w, options);
      const value = tf.tidy(() => stack(...operands));
      return [value, ...tf.grads((...w: tf.Tensor[]) => tf.sum(tf.mul(stack(...w), direction)))(operands)];
    };
    const expected = through(referenceOps);
    for (const tile of TILES.filter(({ kind }, index) => kind === 'shared' || index === TILES.length - 1)) {
      setTile(GpuRuntime.current(), tile);
      const actual = through(device.ops);
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
