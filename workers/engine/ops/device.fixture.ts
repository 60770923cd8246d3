/**
 * What tests of kernels share: the devices that have some, results as plain values, which outlive their device since one is
 * open at a time, and that nothing is left behind.
 */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { DeviceKind } from '#core/devices.ts';
import type { RandomStream } from '#core/random/stream.ts';
import type { Device } from '../devices/device.ts';
import { sharedDevice } from '../devices/shared.fixture.ts';

/** Devices with kernels of their own (table.ts): each is compared with the reference. */
export const KERNEL_DEVICES = ['webgpu', 'cpu'] as const satisfies readonly DeviceKind[];

/**
 * A device for the tests of a suite, after each of which it holds what it held before.
 * @returns it, once the tests run
 */
export function suiteDevice(kind: DeviceKind): () => Device {
  let device: Device;
  beforeAll(async () => {
    device = await sharedDevice(kind);
  });
  const current = () => device;
  expectNothingLeft(current);
  return current;
}

/** Every test runs in a scope of its own, after which the device holds what it held before. */
function expectNothingLeft(device: () => Device): void {
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

export interface Result {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Reads tensors back and disposes of them. */
export async function resultsOf(tensors: readonly tf.Tensor[]): Promise<Result[]> {
  const results = await Promise.all(
    tensors.map(async (tensor) => ({ shape: tensor.shape, values: Float32Array.from(await tensor.data()) })),
  );
  tf.dispose([...tensors]);
  return results;
}

export function normal<R extends tf.Rank>(random: RandomStream, shape: tf.ShapeMap[R], scale = 0.5): tf.Tensor<R> {
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.normal() * scale);
  return tf.tensor(values, shape);
}

/** Differences relative to the largest magnitude expected, or absolute where that is below 1. */
export function expectClose(actual: Float32Array, expected: Float32Array, tolerance = 1e-6): void {
  expect(actual.length).toBe(expected.length);
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  const differs = actual.findIndex((value, i) => !(Math.abs(value - expected[i]!) <= tolerance * scale));
  expect(differs, `value ${differs}: ${actual[differs]} instead of ${expected[differs]}`).toBe(-1);
}

/** @param tolerance 0 for the same bits, down to the signs of zeros */
export function expectResultsClose(actual: readonly Result[], expected: readonly Result[], tolerance?: number): void {
  expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  if (tolerance === 0) expect(bitsOf(actual)).toEqual(bitsOf(expected));
  for (const [index, { values }] of actual.entries()) expectClose(values, expected[index]!.values, tolerance);
}

export function bitsOf(results: readonly Result[]): Uint32Array[] {
  return results.map(({ values }) => new Uint32Array(values.buffer));
}
