/** What tests of WebGPU kernels share: nothing is left behind, values are close, bits are the same. */
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, expect } from 'vitest';
import { streamFor } from '../../../src/core/random/stream.ts';
import type { Device } from '../devices/device.ts';

/** Every test runs in a scope of its own, after which the device holds what it held before. */
export function expectNothingLeft(device: () => Device): void {
  let tensors = 0;
  let buffers = 0;
  beforeEach(() => {
    tf.engine().startScope();
    tensors = device().tensors();
    buffers = tf.backend().numDataIds();
  });
  afterEach(() => {
    tf.engine().endScope();
    expect(device().tensors()).toBe(tensors);
    // Scratch is no tensor, but data of the backend.
    expect(tf.backend().numDataIds()).toBe(buffers);
  });
}

export const random = streamFor(7, 'ops');
export function normal<R extends tf.Rank>(shape: tf.ShapeMap[R]): tf.Tensor<R> {
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal() * 0.5);
  return tf.tensor(values, shape);
}

/** Differences relative to the largest magnitude expected, or absolute where that is below 1. */
export async function expectClose(actual: tf.Tensor, expected: tf.Tensor, tolerance = 1e-6): Promise<void> {
  expect(actual.shape).toEqual(expected.shape);
  const [a, b] = [await actual.data(), await expected.data()];
  const scale = Float32Array.from(b).reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  const differs = a.findIndex((value, i) => !(Math.abs(value - b[i]!) <= tolerance * scale));
  expect(differs, `value ${differs}: ${a[differs]} instead of ${b[differs]}`).toBe(-1);
}

export async function bitsOf(tensors: readonly tf.Tensor[]): Promise<Uint32Array[]> {
  const values = await Promise.all(tensors.map((tensor) => tensor.data()));
  return values.map((data) => new Uint32Array(Float32Array.from(data).buffer));
}
