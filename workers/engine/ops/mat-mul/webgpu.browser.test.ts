import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { streamFor } from '../../../../src/core/random/stream.ts';
import { openDevice, type Device } from '../../devices/device.ts';
import { GpuRuntime, OPERATIONS_A_SUBMISSION } from '../../webgpu/runtime.ts';
import { coverage, productProgram, type Start, type Tile } from './tiles.ts';
import { matMul, matMulInto, transposeInto } from './webgpu.ts';

let device: Device;
beforeAll(async () => {
  device = await openDevice('webgpu');
});

const random = streamFor(6, 'product');
function values(count: number): Float32Array {
  return Float32Array.from({ length: count }, () => random.normal());
}

const TILES: readonly Tile[] = [
  { kind: 'shared' },
  { kind: 'plain', rows: 8, columns: 2 },
  { kind: 'plain', rows: 16, columns: 4 },
];

describe.each(TILES)('tile %o', (tile) => {
  it.each([
    { m: 1, n: 1, k: 1 },
    { m: 3, n: 5, k: 7 },
    { m: 70, n: 68, k: 33 },
    { m: 67, n: 12, k: 130 },
    { m: 12, n: 132, k: 20 },
  ])('multiplies %o, plain and transposed, from every start', async ({ m, n, k }) => {
    const runtime = GpuRuntime.current();
    for (const transposeA of [false, true]) {
      for (const start of ['zero', 'accumulate', 'bias'] as const satisfies readonly Start[]) {
        const a = values(m * k);
        const b = values(k * n);
        const initial = values(m * n);
        const bias = values(n);
        const lda = transposeA ? m : k;
        const vector = lda % 4 === 0 && n % 4 === 0 ? 4 : 1;
        const shape = { tile, vector, transposeA, start } as const;
        const { rows, columns } = coverage(shape);
        const tensors = [tf.tensor1d(a), tf.tensor1d(b), tf.tensor2d(initial, [m, n]), tf.tensor1d(bias)];
        runtime.run([
          {
            program: productProgram(shape),
            tensors: start === 'bias' ? tensors : tensors.slice(0, 3),
            uniforms: [m, n, k, lda / vector, n / vector, n / vector, 0],
            workgroups: [Math.ceil(Math.ceil(n / vector) / columns), Math.ceil(m / rows)],
            operations: 2 * m * n * k,
          },
        ]);
        const result = await tensors[2]!.data();
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            let sum = start === 'zero' ? 0 : start === 'bias' ? bias[j]! : initial[i * n + j]!;
            for (let q = 0; q < k; q++) sum += (transposeA ? a[q * m + i]! : a[i * k + q]!) * b[q * n + j]!;
            expect(Math.abs(result[i * n + j]! - sum), `${start} ${i},${j}`).toBeLessThan(1e-4);
          }
        }
        tf.dispose(tensors);
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
  const c = GpuRuntime.current().output([m, n]);
  const product = { a: x, b: y, c, m, n, k, lda: k, ldb: n, ldc: n, init: 'zero' } as const;
  const dispatches = matMulInto(GpuRuntime.current(), product);
  expect(dispatches.length).toBeGreaterThan(1);
  expect(Math.max(...dispatches.map(({ operations }) => operations))).toBeLessThanOrEqual(OPERATIONS_A_SUBMISSION);
  GpuRuntime.current().run(dispatches);
  const result = await (tf.engine().makeTensorFromTensorInfo(c) as tf.Tensor2D).data();
  for (const row of [0, 1, 63, 64, 1000, 1664, 2099]) {
    let sum = 0;
    for (let q = 0; q < k; q++) sum += a[row * k + q]! * b[q * n + 7]!;
    expect(Math.abs(result[row * n + 7]! - sum), `row ${row}`).toBeLessThan(1e-3);
  }
});
