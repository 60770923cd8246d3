/** The written-out gradients of the reference ops against TensorFlow.js's automatic ones, on sizes that fit no tile. */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CELLS } from '#core/models/registry.ts';
import { streamFor } from '#core/random/stream.ts';
import { sharedDevice } from '../devices/shared.fixture.ts';
import type { RecurrentWeights } from './contract.ts';
import { layersOf } from './joinLayers/reference.ts';
import { CELL_CASES, throughStack } from './opCases.fixture.ts';
import { referenceOps as ops } from './table.ts';

let tensorsBefore = 0;
beforeAll(async () => {
  await sharedDevice('reference');
});
beforeEach(() => {
  tf.engine().startScope();
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  tf.engine().endScope();
  // Whatever the ops kept must have been handed over and disposed of by the test.
  expect(tf.memory().numTensors).toBeLessThanOrEqual(tensorsBefore);
});

const random = streamFor(7, 'ops');
function normal<R extends tf.Rank>(shape: tf.ShapeMap[R]): tf.Tensor<R> {
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal() * 0.5);
  return tf.tensor(values, shape);
}

async function expectClose(actual: tf.Tensor, expected: tf.Tensor, tolerance = 1e-5): Promise<void> {
  expect(actual.shape).toEqual(expected.shape);
  const [a, b] = [await actual.data(), await expected.data()];
  for (let i = 0; i < a.length; i++) expect(Math.abs(a[i]! - b[i]!), `value ${i}`).toBeLessThanOrEqual(tolerance);
}

describe.each(CELL_CASES)('recurrentStack of one layer, $cell $activation', ({ cell, activation }) => {
  /** The definition, step by step, for automatic differentiation. */
  function stepwise(x: tf.Tensor3D, w: RecurrentWeights): tf.Tensor3D {
    const [steps, rows] = x.shape;
    const width = w.weightHh.shape[1];
    let h = tf.zeros<tf.Rank.R2>([rows, width]);
    let c = tf.zeros<tf.Rank.R2>([rows, width]);
    const out: tf.Tensor2D[] = [];
    for (let t = 0; t < steps; t++) {
      const xt = tf.reshape<tf.Rank.R2>(tf.slice(x, [t, 0, 0], [1, rows, x.shape[2]]), [rows, x.shape[2]]);
      const input = tf.add(tf.matMul(xt, w.weightIh, false, true), w.biasIh);
      const recurrent = tf.add(tf.matMul(h, w.weightHh, false, true), w.biasHh);
      const z = tf.add<tf.Tensor2D>(input, recurrent);
      if (cell === 'gru') {
        const [xr, xz, xn] = tf.split(input, 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
        const [hr, hz, hn] = tf.split(recurrent, 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
        const [r, u] = [tf.sigmoid(tf.add(xr, hr)), tf.sigmoid(tf.add(xz, hz))];
        const n = tf.tanh(tf.add(xn, tf.mul(r, hn)));
        h = tf.add(tf.mul(tf.sub(1, u), n), tf.mul(u, h));
      } else if (cell === 'rnn') {
        h = activation === 'tanh' ? tf.tanh(z) : tf.relu(z);
      } else {
        const [i, f, g, o] = tf.split(z, 4, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
        c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
        h = tf.mul(tf.sigmoid(o), tf.tanh(c));
      }
      out.push(h);
    }
    return tf.stack(out) as tf.Tensor3D;
  }

  it.each([
    { steps: 1, rows: 1, input: 1, hidden: 1 },
    { steps: 1, rows: 3, input: 5, hidden: 7 },
    { steps: 6, rows: 1, input: 3, hidden: 5 },
    { steps: 9, rows: 3, input: 5, hidden: 7 },
  ])('agrees with its definition at %o', async ({ steps, rows, input, hidden }) => {
    const { gates } = CELLS[cell];
    const operands: tf.Tensor[] = [
      normal<tf.Rank.R3>([steps, rows, input]),
      normal<tf.Rank.R2>([gates * hidden, input]),
      normal<tf.Rank.R2>([gates * hidden, hidden]),
      normal<tf.Rank.R1>([gates * hidden]),
      normal<tf.Rank.R1>([gates * hidden]),
    ];
    const direction = normal<tf.Rank.R3>([steps, rows, hidden]);
    const weights = (w: tf.Tensor[]): RecurrentWeights => ({
      weightIh: w[1] as tf.Tensor2D,
      weightHh: w[2] as tf.Tensor2D,
      biasIh: w[3] as tf.Tensor1D,
      biasHh: w[4] as tf.Tensor1D,
    });
    const ours = (...w: tf.Tensor[]) => layersOf(throughStack(ops, w, { cell, activation, dropout: null }))[0]!;
    const definition = (...w: tf.Tensor[]) => stepwise(w[0] as tf.Tensor3D, weights(w));
    await expectClose(ours(...operands), definition(...operands));
    const through = (layer: typeof ours) =>
      tf.grads((...w: tf.Tensor[]) => tf.sum(tf.mul(layer(...w), direction)))(operands);
    const [actual, expected] = [through(ours), through(definition)];
    for (const [index, gradient] of actual.entries()) await expectClose(gradient, expected[index]!, 2e-5);
  });
});

describe('linearCrossEntropy', () => {
  /** Stock ops over all rows at once. */
  function definition(h: tf.Tensor2D, w: tf.Tensor2D, b: tf.Tensor, targets: tf.Tensor1D, counted: number): tf.Scalar {
    const logits = tf.add(tf.matMul(h, w, false, true), b);
    const picked = tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(targets, w.shape[0])), 1);
    return tf.div(tf.sum(tf.mul(tf.neg(picked), tf.cast(tf.notEqual(targets, 0), 'float32'))), Math.max(1, counted));
  }

  it.each([
    { n: 1, hidden: 3, tokens: 5 },
    { n: 13, hidden: 7, tokens: 11 },
    // More values than one slice holds, so that several are summed.
    { n: 900, hidden: 3, tokens: 10_007 },
  ])('agrees with stock ops at %o', async ({ n, hidden, tokens }) => {
    const h = normal<tf.Rank.R2>([n, hidden]);
    const w = normal<tf.Rank.R2>([tokens, hidden]);
    const b = normal<tf.Rank.R1>([tokens]);
    const ids = Int32Array.from({ length: n }, (_, i) => (i % 5 === 4 ? 0 : random.below(tokens)));
    const targets = tf.tensor1d(ids, 'int32');
    const counted = ids.filter((id) => id !== 0).length;
    let scores: ReturnType<typeof ops.linearCrossEntropy> | undefined;
    const { value, grads } = tf.valueAndGrads((...v: tf.Tensor[]) => {
      const [hh, ww, bb] = v as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
      scores = ops.linearCrossEntropy(hh, ww, bb, targets, counted, true);
      return scores.loss;
    })([h, w, b]);
    const stock = (...v: tf.Tensor[]) => definition(v[0] as tf.Tensor2D, v[1] as tf.Tensor2D, v[2]!, targets, counted);
    await expectClose(value, stock(h, w, b), 1e-5);
    const expected = tf.grads(stock)([h, w, b]);
    for (const [index, gradient] of grads.entries()) await expectClose(gradient, expected[index]!, 1e-6);

    const evaluated = ops.linearCrossEntropy(h, w, b, targets, counted, false);
    expect(await evaluated.losses.data()).toEqual(await scores!.losses.data());
    expect(await evaluated.ranks.data()).toEqual(await scores!.ranks.data());
    tf.dispose([scores!.losses, scores!.ranks]);
  });

  it('counts only logits strictly greater than the target’s', async () => {
    const h = tf.tensor2d([[1]]);
    const w = tf.tensor2d([[0], [2], [2], [3], [2]]);
    const { ranks } = ops.linearCrossEntropy(h, w, tf.zeros([5]), tf.tensor1d([2], 'int32'), 1, false);
    expect([...(await ranks.data())]).toEqual([1]);
  });

  it('gives a loss and gradients of zero where every target is PAD', async () => {
    const h = normal<tf.Rank.R2>([4, 3]);
    const w = normal<tf.Rank.R2>([6, 3]);
    const b = normal<tf.Rank.R1>([6]);
    let scores: ReturnType<typeof ops.linearCrossEntropy> | undefined;
    const { value, grads } = tf.valueAndGrads((...v: tf.Tensor[]) => {
      const [hh, ww, bb] = v as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
      scores = ops.linearCrossEntropy(hh, ww, bb, tf.zeros([4], 'int32'), 0, true);
      return scores.loss;
    })([h, w, b]);
    expect((await value.data())[0]).toBe(0);
    for (const gradient of grads) expect((await gradient.data()).every((x) => x === 0)).toBe(true);
    tf.dispose([scores!.losses, scores!.ranks]);
  });
});

describe('embedding', () => {
  it('sums the gradients of a token’s every place, and gives the PAD row none', async () => {
    const table = normal<tf.Rank.R2>([5, 3]);
    const ids = tf.tensor2d(
      [
        [2, 2, 0],
        [4, 2, 0],
      ],
      [2, 3],
      'int32',
    );
    const direction = normal<tf.Rank.R3>([2, 3, 3]);
    const [gradient] = tf.grads((t: tf.Tensor) => tf.sum(tf.mul(ops.embedding(t as tf.Tensor2D, ids), direction)))([
      table,
    ]);
    const d = await direction.array();
    const sum = (...rows: number[][]) => [0, 1, 2].map((k) => rows.reduce((total, row) => total + row[k]!, 0));
    const expected = [[0, 0, 0], [0, 0, 0], sum(d[0]![0]!, d[0]![1]!, d[1]![1]!), [0, 0, 0], d[1]![0]!];
    await expectClose(gradient!, tf.tensor2d(expected));
  });
});

describe('dropout', () => {
  it('drops and scales by the key alone, and not at all at rate 0', async () => {
    const x = tf.ones<tf.Rank.R3>([50, 8, 25]);
    const key = { seed: 42, step: 3, layer: 1 };
    const once = await ops.dropout(x, 0.3, key).data();
    expect(await ops.dropout(x, 0.3, key).data()).toEqual(once);
    expect(await ops.dropout(x, 0.3, { ...key, step: 4 }).data()).not.toEqual(once);
    const share = once.filter((value) => value === 0).length / once.length;
    expect(Math.abs(share - 0.3)).toBeLessThan(0.02);
    expect(once.every((value) => value === 0 || value === Math.fround(1 / 0.7))).toBe(true);
    expect(ops.dropout(x, 0, key)).toBe(x);
  });
});
