/**
 * The kinds of tiles against each other. ../kernels.browser.test.ts compares the one that is chosen here with the reference: stock ops
 * step by step take minutes on a software adapter.
 */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { streamFor } from '#core/random/stream.ts';
import { openDevice, type Device } from '../../devices/device.ts';
import { GpuRuntime } from '../../backends/webgpu/runtime.ts';
import type { StackOptions } from '../contract.ts';
import type { Tile } from '../matMul/tiles.ts';
import { TILES, setTile } from '../matMul/webgpu.ts';
import { CELL_CASES, stackShapes, throughStack } from '../opCases.fixture.ts';

let device: Device;
beforeAll(async () => {
  // its own: beside what other tests left, its many programs took three times as long
  device = await openDevice('webgpu');
});

const random = streamFor(5, 'stack');
/** Small enough that no unit saturates: rounding grows from layer to layer where weights are larger. */
function normal(shape: number[]): tf.Tensor {
  const scale = 1 / Math.sqrt(shape.at(-1)!);
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal() * scale);
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
    { layers: 3, steps: 20, rows: 9, input: 6, hidden: 12 },
    { layers: 4, steps: 3, rows: 2, input: 4, hidden: 68 },
  ])('gives the same values and gradients in tiles of every kind at %o, and no tensor more', async (sizes) => {
    const { layers, steps, rows, hidden } = sizes;
    const operands = stackShapes(options.cell, sizes).map(normal);
    const direction = normal([layers, steps, rows, hidden]);
    const before = device.tensors();
    const through = (tile: Tile) => {
      setTile(GpuRuntime.current(), tile);
      const stack = (...w: tf.Tensor[]): tf.Tensor => throughStack(device.ops, w, options);
      const value = tf.tidy(() => stack(...operands));
      return [value, ...tf.grads((...w: tf.Tensor[]) => tf.sum(tf.mul(stack(...w), direction)))(operands)];
    };
    const expected = through({ kind: 'plain', rows: 8, columns: 4 });
    const shared = TILES.filter(({ kind }) => kind === 'shared');
    expect(shared.length).toBeGreaterThan(0);
    for (const tile of shared) {
      const actual = through(tile);
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
