/** Masks of micro-batches against the whole batch's, by the kernel of each device and by the reference ops on it. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { streamFor } from '#core/random/stream.ts';
import { sharedDevice } from '../../devices/shared.fixture.ts';
import { KERNEL_DEVICES } from '../device.fixture.ts';
import { dropout as kernel } from './op.ts';
import { dropout as reference } from './reference.ts';

const key = { seed: 7, step: 3, layer: 1 };

describe.each(KERNEL_DEVICES)('dropout of micro-batches on %s', (kind) => {
  beforeAll(async () => {
    await sharedDevice(kind);
  });

  describe.each([
    { name: 'reference', dropout: reference },
    { name: 'kernel', dropout: kernel },
  ])('$name', ({ dropout }) => {
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
      const whole = Float32Array.from(await dropout(x, 0.4, key).data());
      expect(whole.some((value) => value === 0)).toBe(true);
      const partOf = (from: Float32Array, first: number, rows: number, steps: number) =>
        Float32Array.from({ length: steps * rows * width }, (_, i) => {
          const [t, inStep] = [Math.floor(i / (rows * width)), i % (rows * width)];
          return from[(t * all + first) * width + inStep]!;
        });
      let first = 0;
      for (const rows of cuts) {
        // A micro-batch may also have fewer steps.
        const here = steps - first;
        const part = tf.tensor3d(partOf(values, first, rows, here), [here, rows, width]);
        const expected = partOf(whole, first, rows, here);
        const place = { ...key, rows: { first, all } };
        expect(await dropout(part, 0.4, place).data()).toEqual(expected);
        const { grad } = tf.valueAndGrad((v: tf.Tensor) => tf.sum(tf.mul(dropout(v as tf.Tensor3D, 0.4, place), v)))(
          part,
        );
        // x mask x: the gradient is twice the masked values.
        expect(await grad.data()).toEqual(expected.map((value) => 2 * value));
        first += rows;
      }
    });
  });
});
