import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { streamFor } from '#core/random/stream.ts';
import type { Device } from '../../devices/device.ts';
import { sharedDevice } from '../../devices/shared.fixture.ts';
import { GpuRuntime } from '../../backends/webgpu/runtime.ts';
import { matMul } from './op.ts';
import type { Start } from './tiles.ts';
import { matMulInto, TILES, transposeInto } from './webgpu.ts';

let device: Device;
beforeAll(async () => {
  device = await sharedDevice('webgpu');
});

const random = streamFor(6, 'product');
function values(count: number): Float32Array {
  return Float32Array.from({ length: count }, () => random.normal());
}

/** Values before a, b and c in their tensors. */
const OFFSETS = [
  { offsetA: 0, offsetB: 0, offsetC: 0 },
  { offsetA: 8, offsetB: 4, offsetC: 12 },
  { offsetA: 3, offsetB: 2, offsetC: 1 },
] as const;

describe.each(TILES)('tile %o', (tile) => {
  it.each([
    { m: 1, n: 1, k: 1 },
    { m: 3, n: 5, k: 7 },
    { m: 5, n: 8, k: 0 },
    { m: 70, n: 68, k: 33 },
    { m: 67, n: 12, k: 130 },
    { m: 12, n: 132, k: 20 },
  ])('multiplies %o, plain and transposed, from every start and place', async ({ m, n, k }) => {
    const runtime = GpuRuntime.current();
    for (const transposeA of [false, true]) {
      for (const start of ['zero', 'accumulate', 'bias'] as const satisfies readonly Start[]) {
        for (const offsets of OFFSETS) {
          const { offsetA, offsetB, offsetC } = offsets;
          // At least a vector each, as every buffer of a real product has.
          const [a, b] = [values(offsetA + m * k + 4), values(offsetB + k * n + 4)];
          const [initial, bias] = [values(offsetC + m * n), values(n)];
          const [x, y, c, z] = [tf.tensor1d(a), tf.tensor1d(b), tf.tensor1d(initial), tf.tensor1d(bias)];
          const init = start === 'bias' ? { bias: z } : start;
          const leading = { lda: transposeA ? m : k, ldb: n, ldc: n };
          runtime.run(matMulInto(runtime, { a: x, b: y, c, m, n, k, ...leading, transposeA, ...offsets, init }, tile));
          const result = await c.data();
          expect(result.slice(0, offsetC)).toEqual(initial.slice(0, offsetC));
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < n; j++) {
              const at = offsetC + i * n + j;
              let sum = start === 'zero' ? 0 : start === 'bias' ? bias[j]! : initial[at]!;
              for (let q = 0; q < k; q++) {
                sum += a[offsetA + (transposeA ? q * m + i : i * k + q)]! * b[offsetB + q * n + j]!;
              }
              expect(Math.abs(result[at]! - sum), `${start} ${i},${j}`).toBeLessThan(1e-4);
            }
          }
          tf.dispose([x, y, c, z]);
        }
      }
    }
  });
});

it('gives what TensorFlow.js gives, for every transposition, and keeps no tensor', async () => {
  const [a, at] = [tf.tensor2d(values(15 * 8), [15, 8]), tf.tensor2d(values(8 * 15), [8, 15])];
  const [b, bt] = [tf.tensor2d(values(8 * 20), [8, 20]), tf.tensor2d(values(20 * 8), [20, 8])];
  const before = device.tensors();
  for (const [x, y, transposeA, transposeB] of [
    [a, b, false, false],
    [at, b, true, false],
    [a, bt, false, true],
    [at, bt, true, true],
  ] as const) {
    const [ours, stock] = [matMul(x, y, transposeA, transposeB), tf.matMul(x, y, transposeA, transposeB)];
    const [one, other] = [await ours.data(), await stock.data()];
    expect(ours.shape).toEqual(stock.shape);
    for (let i = 0; i < one.length; i++) expect(Math.abs(one[i]! - other[i]!)).toBeLessThan(1e-5);
    tf.dispose([ours, stock]);
  }
  expect(device.tensors()).toBe(before);
});

it('pads a transpose with zeros', async () => {
  const runtime = GpuRuntime.current();
  const to = runtime.output([3, 8]);
  runtime.run([
    transposeInto(
      tf.tensor2d([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      to,
      2,
      3,
      8,
    ),
  ]);
  const read = tf.engine().makeTensorFromTensorInfo(to) as tf.Tensor2D;
  expect(await read.array()).toEqual([
    [1, 4, 0, 0, 0, 0, 0, 0],
    [2, 5, 0, 0, 0, 0, 0, 0],
    [3, 6, 0, 0, 0, 0, 0, 0],
  ]);
});

it('cuts a large product into bands of rows that no dispatch outlasts', async () => {
  const [m, k, n] = [2100, 400, 300];
  const [a, b] = [values(m * k), values(k * n)];
  const [x, y] = [tf.tensor2d(a, [m, k]), tf.tensor2d(b, [k, n])];
  const runtime = GpuRuntime.current();
  runtime.operationsPerSecond = 4e9;
  const c = runtime.output([m, n]);
  const product = { a: x, b: y, c, m, n, k, lda: k, ldb: n, ldc: n, init: 'zero' } as const;
  const dispatches = matMulInto(runtime, product);
  expect(dispatches.length).toBeGreaterThan(1);
  expect(Math.max(...dispatches.map(({ operations }) => operations))).toBeLessThanOrEqual(
    runtime.operationsASubmission,
  );
  runtime.run(dispatches);
  const result = await (tf.engine().makeTensorFromTensorInfo(c) as tf.Tensor2D).data();
  for (const row of [0, 1, 63, 64, 1000, 1664, 2099]) {
    let sum = 0;
    for (let q = 0; q < k; q++) sum += a[row * k + q]! * b[q * n + 7]!;
    expect(Math.abs(result[row * n + 7]! - sum), `row ${row}`).toBeLessThan(1e-3);
  }
});
