/** The WebGPU kernels against the reference ops on sizes that fit no vector, tile or workgroup; the same bits twice. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { PAD_ID } from '../../../src/core/dataset/vocabulary.ts';
import { dropoutBits, dropoutThreshold } from '../../../src/core/random/dropout.ts';
import { streamFor } from '../../../src/core/random/stream.ts';
import { openDevice, type Device } from '../devices/device.ts';
import type { Ops } from './contract.ts';
import { outputAndGradients, RECURRENT_CASES } from './recurrent-cases.fixture.ts';
import { referenceOps as reference } from './table.ts';
import { bitsOf, expectClose, expectNothingLeft, normal, random } from './webgpu.fixture.ts';

let device: Device;
let ops: Ops;
/** Of the reference device, which is open before the GPU, since one is open at a time. */
const expectedOutputs = new Map<string, readonly Float32Array[]>();
beforeAll(async () => {
  await openDevice('reference');
  for (const one of RECURRENT_CASES) expectedOutputs.set(one.title, await outputAndGradients(one, reference));
  device = await openDevice('webgpu');
  ops = device.ops;
});
expectNothingLeft(() => device);

describe('adam', () => {
  const shapes = [[1], [7], [4], [5, 3], [130, 36], [10_007], [300, 256]];

  async function train(set: Ops, clipNorm: number): Promise<tf.Tensor[]> {
    const own = streamFor(3, 'adam');
    const values = (shape: number[]) =>
      tf.tensor(
        Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => own.normal()),
        shape,
      );
    const variables = shapes.map((shape) => tf.tidy(() => tf.variable(values(shape))));
    const [first, second] = [0, 1].map(() =>
      shapes.map((shape) => tf.tidy(() => tf.variable(tf.zeros(shape), false))),
    ) as [tf.Variable[], tf.Variable[]];
    const norms: tf.Tensor[] = [];
    for (let step = 1; step <= 3; step++) {
      const gradients = shapes.map((shape) => values(shape));
      norms.push(set.adam({ variables, gradients, first, second, step, learningRate: 0.01, clipNorm }));
      // Read, so that the CPU holds a copy that the next step makes stale.
      await Promise.all(variables.map((variable) => variable.data()));
    }
    const results = tf.tidy(() => [...norms, ...variables, ...first, ...second].map((tensor) => tf.add(tensor, 0)));
    await Promise.all(results.map((result) => result.data()));
    tf.dispose([variables, first, second]);
    return results;
  }

  it.each([0, 1, 1e6])('agrees with the reference with clip %s, and twice with itself', async (clip) => {
    const [ours, again, expected] = [await train(ops, clip), await train(ops, clip), await train(reference, clip)];
    for (const [index, tensor] of ours.entries()) await expectClose(tensor, expected[index]!, 2e-6);
    expect(await bitsOf(again)).toEqual(await bitsOf(ours));
  });

  it.each([0, 1])('changes nothing where every gradient is zero, with clip %s', async (clipNorm) => {
    const variable = tf.tidy(() => tf.variable(tf.tensor1d([1, -2, 3])));
    const moments = [0, 1].map(() => tf.tidy(() => tf.variable(tf.zeros([3]), false))) as [tf.Variable, tf.Variable];
    const step = {
      variables: [variable],
      gradients: [tf.zeros([3])],
      first: [moments[0]],
      second: [moments[1]],
      step: 1,
    };
    const norm = ops.adam({ ...step, learningRate: 0.5, clipNorm });
    expect([...(await norm.data())]).toEqual([0]);
    expect([...(await variable.data())]).toEqual([1, -2, 3]);
    for (const moment of moments) expect([...(await moment.data())]).toEqual([0, 0, 0]);
    tf.dispose([variable, ...moments]);
  });

  it('keeps a variable’s values current after reading, and a clone’s as they were', async () => {
    const variable = tf.tidy(() => tf.variable(tf.tensor1d([1, 2, 3])));
    const clone = tf.clone(variable);
    const moments = [0, 1].map(() => tf.tidy(() => tf.variable(tf.zeros([3]), false))) as [tf.Variable, tf.Variable];
    expect([...(await variable.data())]).toEqual([1, 2, 3]);
    const gradients = [tf.tensor1d([1, -1, 0])];
    const step = { variables: [variable], gradients, first: [moments[0]], second: [moments[1]], step: 1 };
    ops.adam({ ...step, learningRate: 0.5, clipNorm: 0 });
    const values = [...(await variable.data())];
    for (const [index, expected] of [0.5, 2.5, 3].entries()) expect(values[index]).toBeCloseTo(expected, 5);
    expect([...(await clone.data())]).toEqual([1, 2, 3]);
    tf.dispose([variable, ...moments]);
  });
});

describe('matMul', () => {
  it.each([
    { m: 1, n: 1, k: 1 },
    { m: 1, n: 5, k: 7 },
    { m: 17, n: 1, k: 9 },
    { m: 9, n: 35, k: 3 },
  ])('agrees with the reference at %o, either one transposed', async ({ m, n, k }) => {
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const a = normal<tf.Rank.R2>(transposeA ? [k, m] : [m, k]);
      const b = normal<tf.Rank.R2>(transposeB ? [n, k] : [k, n]);
      await expectClose(ops.matMul(a, b, transposeA, transposeB), reference.matMul(a, b, transposeA, transposeB), 1e-6);
    }
  });
});

describe('dropout', () => {
  it.each([
    { shape: [1, 1, 1], rate: 0.5 },
    { shape: [1, 17, 1], rate: 0.1 },
    { shape: [3, 5, 7], rate: 0.3 },
    { shape: [20, 8, 36], rate: 0.9 },
  ] as const)('draws the reference’s mask at %o, forward and backward', async ({ shape, rate }) => {
    const x = normal<tf.Rank.R3>([...shape]);
    const direction = normal<tf.Rank.R3>([...shape]);
    const key = { seed: 0xffff_ffff, step: 12, layer: 1 };
    const through = (set: Ops) =>
      tf.valueAndGrad((values: tf.Tensor) => tf.sum(tf.mul(set.dropout(values as tf.Tensor3D, rate, key), direction)))(
        x,
      );
    expect(await bitsOf([ops.dropout(x, rate, key), through(ops).grad])).toEqual(
      await bitsOf([reference.dropout(x, rate, key), through(reference).grad]),
    );
  });

  it('drops what src/core says, and gives its argument back at rate 0', async () => {
    const x = tf.ones<tf.Rank.R3>([50, 8, 25]);
    const key = { seed: 42, step: 3, layer: 0 };
    const values = await ops.dropout(x, 0.3, key).data();
    const dropped = values.map((_, index) => (dropoutBits(42, 3, 0, index) < dropoutThreshold(0.3) ? 1 : 0));
    expect(values.map((value) => (value === 0 ? 1 : 0))).toEqual(dropped);
    expect(ops.dropout(x, 0, key)).toBe(x);
  });
});

describe('recurrent ops agree with the reference, and twice with themselves', () => {
  it.each(RECURRENT_CASES.map((one) => [one.title, one] as const))('%s', async (_, one) => {
    const ours = await outputAndGradients(one, ops);
    const expected = expectedOutputs.get(one.title)!;
    for (const [index, values] of ours.entries()) {
      await expectClose(tf.tensor1d(values), tf.tensor1d(expected[index]!), 3e-6);
    }
    expect(await outputAndGradients(one, ops)).toEqual(ours);
  });
});

describe('embedding', () => {
  it.each([
    { steps: 1, rows: 1, tokens: 1, width: 1 },
    { steps: 1, rows: 1, tokens: 2, width: 1 },
    { steps: 1, rows: 17, tokens: 3, width: 5 },
    { steps: 9, rows: 7, tokens: 5, width: 3 },
    { steps: 41, rows: 5, tokens: 19, width: 36 },
    { steps: 130, rows: 3, tokens: 1_003, width: 8 },
  ])('agrees with the reference at %o, and twice with itself', async ({ steps, rows, tokens, width }) => {
    const table = normal<tf.Rank.R2>([tokens, width]);
    const direction = normal<tf.Rank.R3>([steps, rows, width]);
    // Small ids come often: long chains.
    const drawn = Int32Array.from({ length: steps * rows }, () => random.below(1 + random.below(tokens)));
    const ids = tf.tensor2d(drawn, [steps, rows], 'int32');
    const through = (set: Ops) =>
      tf.grad((t: tf.Tensor) => tf.sum(tf.mul(set.embedding(t as tf.Tensor2D, ids), direction)))(table);
    expect(await ops.embedding(table, ids).data()).toEqual(await reference.embedding(table, ids).data());
    const gradient = through(ops);
    await expectClose(gradient, through(reference));
    expect(await bitsOf([through(ops)])).toEqual(await bitsOf([gradient]));
    const padded = await tf.slice(gradient, [PAD_ID, 0], [1, width]).data();
    expect(padded.every((value) => value === 0)).toBe(true);
  });

  it('gives no gradient where every id is PAD', async () => {
    const table = normal<tf.Rank.R2>([6, 4]);
    const ids = tf.zeros<tf.Rank.R2>([70, 3], 'int32');
    const gradient = tf.grad((t: tf.Tensor) => tf.sum(ops.embedding(t as tf.Tensor2D, ids)))(table);
    expect((await gradient.data()).every((value) => value === 0)).toBe(true);
  });
});
