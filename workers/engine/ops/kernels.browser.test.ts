/** The kernels of every device against the reference ops on sizes that fit no vector, tile or workgroup; the same bits twice. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { PAD_ID } from '#core/data/vocabulary.ts';
import { dropoutBits, dropoutThreshold } from '#core/random/dropout.ts';
import { OPTIMIZER_NAMES, type OptimizerName } from '#core/optimization/optimizers.ts';
import { streamFor } from '#core/random/stream.ts';
import { sharedDevice } from '../devices/shared.fixture.ts';
import type { Ops } from './contract.ts';
import { bitsOf, suiteDevice, expectResultsClose, KERNEL_DEVICES, normal, resultsOf } from './device.fixture.ts';
import type { Result } from './device.fixture.ts';
import {
  DROPOUT_CASES,
  EMBEDDING_CASES,
  JOIN_CASES,
  outputAndGradients,
  PROJECTION_CASES,
  RECURRENT_CASES,
  type OpCase,
} from './opCases.fixture.ts';
import { referenceOps } from './table.ts';

interface Comparison {
  readonly title: string;
  readonly results: (set: Ops) => Promise<Result[]>;
  /** 0 for the same bits. */
  readonly tolerance: number;
}

const throughOp = (one: OpCase, tolerance: number): Comparison => ({
  title: one.title,
  results: (set) => outputAndGradients(one, set),
  tolerance,
});

const COMPARISONS: readonly Comparison[] = [
  ...OPTIMIZER_NAMES.flatMap((optimizer) =>
    [0, 1, 1e6].map((clip) => ({
      title: `${optimizer} with clip ${clip}`,
      results: (set: Ops) => train(set, optimizer, clip),
      tolerance: 2e-6,
    })),
  ),
  ...[
    { m: 1, n: 1, k: 1 },
    { m: 1, n: 5, k: 7 },
    { m: 17, n: 1, k: 9 },
    { m: 9, n: 35, k: 3 },
  ].map((sizes) => ({
    title: `matMul ${JSON.stringify(sizes)}, either one transposed`,
    results: (set: Ops) => products(set, sizes),
    tolerance: 1e-6,
  })),
  ...DROPOUT_CASES.map((one) => throughOp(one, 0)),
  ...RECURRENT_CASES.map((one) => throughOp(one, 3e-6)),
  ...JOIN_CASES.map((one) => throughOp(one, 1e-6)),
  ...EMBEDDING_CASES.map((one) => throughOp(one, 1e-6)),
  ...PROJECTION_CASES.map((one) => throughOp(one, 2e-6)),
];

const ADAM_SHAPES = [[1], [7], [4], [5, 3], [130, 36], [10_007], [300, 256]];
const ADAM_GROUPS = [1, 4, 0, 2];

/** Three steps: the norms, then variables and moments after them. */
async function train(set: Ops, optimizer: OptimizerName, clipNorm: number): Promise<Result[]> {
  const random = streamFor(3, 'adam');
  const draw = () => ADAM_SHAPES.map((shape) => normal(random, shape, 1));
  const variables = tf.tidy(() => draw().map((values) => tf.variable(values)));
  const [first, second] = [zeroMoments(), zeroMoments()];
  const norms: tf.Tensor[] = [];
  for (let step = 1; step <= 3; step++) {
    const gradients = draw();
    const common = { variables, gradients, first, learningRate: 0.01, clipNorm, groups: ADAM_GROUPS };
    norms.push(
      optimizer === 'sgd'
        ? set.sgd({ ...common, momentum: 0.9 })
        : set.adam({ ...common, second, step, weightDecay: optimizer === 'adamw' ? 0.1 : 0 }),
    );
    tf.dispose(gradients);
    // Read, so that the CPU holds a copy that the next step makes stale.
    await Promise.all(variables.map((variable) => variable.data()));
  }
  // Computed with, then read.
  const sums = tf.tidy(() => [...variables, ...first, ...second].map((tensor) => tf.add(tensor, 0)));
  tf.dispose([variables, first, second]);
  return resultsOf([...norms, ...sums]);
}

function zeroMoments(): tf.Variable[] {
  return ADAM_SHAPES.map((shape) => tf.tidy(() => tf.variable(tf.zeros(shape), false)));
}

function products(set: Ops, { m, n, k }: Readonly<Record<'m' | 'n' | 'k', number>>): Promise<Result[]> {
  const random = streamFor(7, `products ${m} ${n} ${k}`);
  const results = tf.tidy(() =>
    [false, true].flatMap((transposeA) =>
      [false, true].map((transposeB) => {
        const a = normal<tf.Rank.R2>(random, transposeA ? [k, m] : [m, k]);
        const b = normal<tf.Rank.R2>(random, transposeB ? [n, k] : [k, n]);
        return set.matMul(a, b, transposeA, transposeB);
      }),
    ),
  );
  return resultsOf(results);
}

/** Results of the reference device, which is opened before the others, since one is open at a time. */
const expectedResults = new Map<string, readonly Result[]>();
beforeAll(async () => {
  await sharedDevice('reference');
  for (const { title, results } of COMPARISONS) expectedResults.set(title, await results(referenceOps));
});

describe.each(KERNEL_DEVICES)('kernels on %s', (kind) => {
  const device = suiteDevice(kind);

  describe('agree with the reference, and twice with themselves', () => {
    it.each(COMPARISONS.map((one) => [one.title, one] as const))('%s', async (title, { results, tolerance }) => {
      const ours = await results(device().ops);
      expectResultsClose(ours, expectedResults.get(title)!, tolerance);
      expect(bitsOf(await results(device().ops))).toEqual(bitsOf(ours));
    });
  });

  describe('adam', () => {
    it.each([0, 1])('changes nothing where every gradient is zero, with clip %s', async (clipNorm) => {
      const { variable, moments } = trained([1, -2, 3]);
      const step = {
        weightDecay: 0,
        variables: [variable],
        gradients: [tf.zeros([3])],
        first: [moments[0]],
        second: [moments[1]],
        step: 1,
      };
      const norms = device().ops.adam({ ...step, learningRate: 0.5, clipNorm, groups: [1] });
      expect([...(await norms.data())]).toEqual([0, 0]);
      expect([...(await variable.data())]).toEqual([1, -2, 3]);
      for (const moment of moments) expect([...(await moment.data())]).toEqual([0, 0, 0]);
      tf.dispose([variable, ...moments]);
    });

    it('measures all gradients and each group of them, before clipping', async () => {
      const gradients = ADAM_SHAPES.map((shape) => normal(streamFor(9, shape.join()), shape, 0.01));
      const squares = await Promise.all(
        gradients.map(async (gradient) => (await gradient.data<'float32'>()).reduce((sum, g) => sum + g * g, 0)),
      );
      const variables = zeroMoments();
      const [first, second] = [zeroMoments(), zeroMoments()];
      const step = { variables, gradients, first, second, step: 1, learningRate: 0.5, weightDecay: 0, clipNorm: 0.1 };
      const norms = await device()
        .ops.adam({ ...step, groups: ADAM_GROUPS })
        .data();
      const rootOf = (some: readonly number[]) => Math.sqrt(some.reduce((a, b) => a + b, 0));
      const expected = [squares, squares.slice(0, 1), squares.slice(1, 5), [], squares.slice(5)].map(rootOf);
      expect(norms).toHaveLength(expected.length);
      for (const [index, norm] of expected.entries()) {
        expect(Math.abs(norms[index]! - norm), `norm ${index}`).toBeLessThanOrEqual(1e-6 * norm);
      }
      tf.dispose([variables, first, second, gradients]);
    });

    it('keeps a variable’s values current after reading, and a clone’s as they were', async () => {
      const { variable, moments } = trained([1, 2, 3]);
      const clone = tf.clone(variable);
      expect([...(await variable.data())]).toEqual([1, 2, 3]);
      const gradients = [tf.tensor1d([1, -1, 0])];
      const step = { variables: [variable], gradients, first: [moments[0]], second: [moments[1]], step: 1 };
      device().ops.adam({ ...step, learningRate: 0.5, weightDecay: 0, clipNorm: 0, groups: [] });
      const values = [...(await variable.data())];
      for (const [index, expected] of [0.5, 2.5, 3].entries()) expect(values[index]).toBeCloseTo(expected, 5);
      expect([...(await clone.data())]).toEqual([1, 2, 3]);
      tf.dispose([variable, ...moments]);
    });

    function trained(values: number[]) {
      const variable = tf.tidy(() => tf.variable(tf.tensor1d(values)));
      const moments = [0, 1].map(() => tf.tidy(() => tf.variable(tf.zeros([values.length]), false)));
      return { variable, moments: moments as [tf.Variable, tf.Variable] };
    }
  });

  it('dropout drops what src/core says, and gives its argument back at rate 0', async () => {
    const x = tf.ones<tf.Rank.R3>([50, 8, 25]);
    const key = { seed: 42, step: 3, layer: 0 };
    const values = await device().ops.dropout(x, 0.3, key).data();
    const dropped = values.map((_, index) => (dropoutBits(42, 3, 0, index) < dropoutThreshold(0.3) ? 1 : 0));
    expect(values.map((value) => (value === 0 ? 1 : 0))).toEqual(dropped);
    expect(device().ops.dropout(x, 0, key)).toBe(x);
  });

  describe('embedding', () => {
    it.each(EMBEDDING_CASES.map((one) => [one.title, one] as const))(
      'looks rows up as they are, and gives the PAD row no gradient: %s',
      async (title, one) => {
        const [rows, gradient] = await outputAndGradients(one, device().ops);
        expect(rows).toEqual(expectedResults.get(title)![0]);
        const [, width] = gradient!.shape;
        const padded = gradient!.values.slice(PAD_ID * width!, (PAD_ID + 1) * width!);
        expect(padded.every((value) => value === 0)).toBe(true);
      },
    );

    it('gives no gradient where every id is PAD', async () => {
      const table = normal<tf.Rank.R2>(streamFor(7, 'table'), [6, 4]);
      const ids = tf.zeros<tf.Rank.R2>([70, 3], 'int32');
      const gradient = tf.grad((t: tf.Tensor) => tf.sum(device().ops.embedding(t as tf.Tensor2D, ids)))(table);
      expect((await gradient.data()).every((value) => value === 0)).toBe(true);
    });
  });
});
