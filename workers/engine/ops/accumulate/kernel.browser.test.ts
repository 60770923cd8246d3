/** Sums value by value, by the kernel of each device and by the reference ops on it. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { streamFor } from '#core/random/stream.ts';
import type { Device } from '../../devices/device.ts';
import { sharedDevice } from '../../devices/shared.fixture.ts';
import { KERNEL_DEVICES } from '../device.fixture.ts';
import { accumulate as kernel } from './op.ts';
import { accumulate as reference } from './reference.ts';

describe.each(KERNEL_DEVICES)('accumulate on %s', (kind) => {
  let device: Device;
  beforeAll(async () => {
    device = await sharedDevice(kind);
  });

  describe.each([
    { name: 'reference', accumulate: reference },
    { name: 'kernel', accumulate: kernel },
  ])('$name', ({ accumulate }) => {
    it('adds value by value, three times over, and keeps no tensor', async () => {
      const before = device.tensors();
      const random = streamFor(1, 'sums');
      const shapes = [[1], [7], [4], [5, 3], [12, 36], [10_007], [3, 600]];
      const values = [0, 1, 2].map(() =>
        shapes.map((shape) => Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.normal())),
      );
      const [first, second, third] = values.map((list) => list.map((data, index) => tf.tensor(data, shapes[index])));
      const sums = accumulate(accumulate(first!, second!), third!);
      for (const [index, sum] of sums.entries()) {
        const [a, b, c] = values.map((list) => list[index]!) as [Float32Array, Float32Array, Float32Array];
        expect(sum.shape).toEqual(shapes[index]);
        expect(await sum.data()).toEqual(a.map((value, i) => Math.fround(Math.fround(value + b[i]!) + c[i]!)));
      }
      for (const [index, gradient] of second!.entries()) expect(await gradient.data()).toEqual(values[1]![index]);
      tf.dispose([sums, second!, third!]);
      expect(device.tensors()).toBe(before);
    });

    it('adds once to values that two sums share', async () => {
      const before = device.tensors();
      const shared = (value: number) => {
        const one = tf.tensor1d([value, value, 2 * value]);
        return [one, tf.clone(one)];
      };
      const [sums, gradients] = [shared(1), shared(10)];
      const after = accumulate(sums, gradients);
      for (const sum of after) expect([...(await sum.data())]).toEqual([11, 11, 22]);
      tf.dispose([after, gradients]);
      expect(device.tensors()).toBe(before);
    });
  });
});
