/** Masks of micro-batches against the whole batch's, on both implementations. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { streamFor } from '../../../../src/core/random/stream.ts';
import { openDevice } from '../../devices/device.ts';
import { dropout as reference } from './reference.ts';
import { dropout as webgpu } from './webgpu.ts';

beforeAll(async () => {
  await openDevice('webgpu');
});

const key = { seed: 7, step: 3, layer: 1 };

describe.each([
  { name: 'reference', dropout: reference },
  { name: 'webgpu', dropout: webgpu },
])('dropout of micro-batches, $name', ({ dropout }) => {
  it.each([
    { width: 3, cuts: [1, 4] },
    { width: 7, cuts: [2, 2, 1] },
    { width: 8, cuts: [3, 2] },
    { width: 2, cuts: [2, 3] },
  ])('drops what the whole batch does, forward and back: $cuts rows of $width', async ({ width, cuts }) => {
    const [steps, all] = [6, 5];
    const random = streamFor(width, 'dropout');
    const values = Float32Array.from({ length: steps * all * width }, () => random.normal());
    const x = tf.tensor3d(values, [steps, all, width]);
    const whole = await dropout(x, 0.4, key).data();
    expect(whole.some((value) => value === 0)).toBe(true);
    let first = 0;
    for (const rows of cuts) {
      // A micro-batch may also have fewer steps.
      const here = steps - first;
      const part = tf.slice(x, [0, first, 0], [here, rows, width]);
      const expected = tf.slice(tf.tensor3d(whole, x.shape), [0, first, 0], [here, rows, width]);
      const place = { ...key, rows: { first, all } };
      expect(await dropout(part, 0.4, place).data()).toEqual(await expected.data());
      const { grad } = tf.valueAndGrad((v: tf.Tensor) => tf.sum(tf.mul(dropout(v as tf.Tensor3D, 0.4, place), v)))(
        part,
      );
      // x mask x: the gradient is twice the masked values.
      expect(await grad.data()).toEqual(await tf.mul(expected, 2).data());
      first += rows;
    }
  });
});
