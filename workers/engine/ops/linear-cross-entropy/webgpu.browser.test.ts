/** The WebGPU cross-entropy against the reference, and in several slices against its definition; the same bits twice. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { PAD_ID } from '../../../../src/core/dataset/vocabulary.ts';
import { openDevice, type Device } from '../../devices/device.ts';
import type { Ops, TargetScores } from '../contract.ts';
import { referenceOps as reference } from '../table.ts';
import { bitsOf, expectClose, expectNothingLeft, normal, random } from '../webgpu.fixture.ts';
import { definition } from './definition.fixture.ts';

let device: Device;
let ops: Ops;
beforeAll(async () => {
  device = await openDevice('webgpu');
  ops = device.ops;
});
expectNothingLeft(() => device);

describe('linearCrossEntropy', () => {
  function through(set: Ops, operands: tf.Tensor[], targets: tf.Tensor1D, counted: number) {
    let scores: TargetScores | undefined;
    const { value, grads } = tf.valueAndGrads((...v: tf.Tensor[]) => {
      const [h, w, b] = v as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
      scores = set.linearCrossEntropy(h, w, b, targets, counted, true);
      return scores.loss;
    })(operands);
    return { losses: scores!.losses, ranks: scores!.ranks, all: [value, ...grads] };
  }

  it.each([
    { n: 1, hidden: 1, tokens: 1 },
    { n: 1, hidden: 1, tokens: 2 },
    { n: 17, hidden: 1, tokens: 3 },
    { n: 9, hidden: 5, tokens: 4 },
    { n: 1, hidden: 3, tokens: 5 },
    { n: 13, hidden: 7, tokens: 11 },
    { n: 70, hidden: 36, tokens: 301 },
  ])('agrees with the reference at %o, and twice with itself', async ({ n, hidden, tokens }) => {
    const operands = [
      normal<tf.Rank.R2>([n, hidden]),
      normal<tf.Rank.R2>([tokens, hidden]),
      normal<tf.Rank.R1>([tokens]),
    ] as const;
    const ids = Int32Array.from({ length: n }, (_, i) => (i % 5 === 4 ? PAD_ID : random.below(tokens)));
    const targets = tf.tensor1d(ids, 'int32');
    const counted = ids.filter((id) => id !== PAD_ID).length;
    const [ours, again, expected] = [ops, ops, reference].map((set) =>
      through(set, [...operands], targets, counted),
    ) as [ReturnType<typeof through>, ReturnType<typeof through>, ReturnType<typeof through>];
    for (const [index, tensor] of ours.all.entries()) {
      // Gradients are small: a tolerance of their own size.
      await expectClose(tf.mul(tensor, n), tf.mul(expected.all[index]!, n), 2e-6);
    }
    expect(await bitsOf(again.all)).toEqual(await bitsOf(ours.all));

    const [losses, expectedLosses] = [await ours.losses.data(), await expected.losses.data()];
    const [ranks, expectedRanks] = [await ours.ranks.data(), await expected.ranks.data()];
    let ranksApart = 0;
    for (const [i, id] of ids.entries()) {
      if (id === PAD_ID) continue;
      expect(Math.abs(losses[i]! - expectedLosses[i]!)).toBeLessThan(1e-5);
      ranksApart += Math.abs(ranks[i]! - expectedRanks[i]!);
    }
    // The two products round differently, so that logits all but equal may change places.
    expect(ranksApart).toBeLessThanOrEqual(n / 100);

    const evaluated = ops.linearCrossEntropy(...operands, targets, counted, false);
    expect(await bitsOf([evaluated.losses, evaluated.ranks])).toEqual(await bitsOf([ours.losses, ours.ranks]));
    tf.dispose([ours, again, expected].flatMap(({ losses, ranks }) => [losses, ranks]));
  });

  it('sums slices to what their rows give apart, and to what the definition gives', async () => {
    // More logits than 64 MiB hold; each half alone is one slice.
    const [n, hidden, tokens] = [1_700, 3, 10_007];
    const states = normal<tf.Rank.R2>([n, hidden]);
    const weights = [normal([tokens, hidden]), normal([tokens])] as const;
    const targets = tf.tensor1d(
      Int32Array.from({ length: n }, () => 1 + random.below(tokens - 1)),
      'int32',
    );
    const whole = through(ops, [states, ...weights], targets, n);
    const halves = [0, n / 2].map((first) => {
      const rows = tf.slice(states, [first, 0], [n / 2, hidden]);
      return through(ops, [rows, ...weights], tf.slice(targets, first, n / 2), n);
    }) as [ReturnType<typeof through>, ReturnType<typeof through>];
    const [loss, dStates, dWeight, dBias] = [0, 1, 2, 3].map((i) => halves.map(({ all }) => all[i]!));
    await expectClose(whole.all[0]!, tf.addN(loss!));
    // Gradients are small: a tolerance of their own size.
    await expectClose(tf.mul(whole.all[1]!, n), tf.mul(tf.concat(dStates!), n));
    await expectClose(tf.mul(whole.all[2]!, n), tf.mul(tf.addN(dWeight!), n), 1e-5);
    await expectClose(tf.mul(whole.all[3]!, n), tf.mul(tf.addN(dBias!), n), 1e-5);
    const expected = definition(
      await states.data(),
      await weights[0].data(),
      await weights[1].data(),
      await targets.data(),
    );
    for (const [index, values] of expected.gradients.entries()) {
      await expectClose(
        tf.mul(whole.all[1 + index]!, n),
        tf.tensor(Float32Array.from(values), whole.all[1 + index]!.shape),
        1e-5,
      );
    }
    await expectClose(whole.losses, tf.tensor1d(expected.losses));
    const ranks = await whole.ranks.data();
    const ranksApart = expected.ranks.reduce((sum, rank, i) => sum + Math.abs(rank - ranks[i]!), 0);
    expect(ranksApart).toBeLessThanOrEqual(n / 100);
    for (const scores of ['losses', 'ranks'] as const) {
      const apart = tf.concat(halves.map((half) => half[scores]));
      expect(await bitsOf([whole[scores]])).toEqual(await bitsOf([apart]));
    }
    tf.dispose([whole, ...halves].flatMap(({ losses, ranks }) => [losses, ranks]));
  });

  it('scales its gradients by the one that comes in', async () => {
    const operands = [normal([3, 5]), normal([7, 5]), normal([7])];
    const targets = tf.tensor1d([1, 0, 6], 'int32');
    const gradients = (factor: number) =>
      tf.grads((...v: tf.Tensor[]) => {
        const [h, w, b] = v as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
        const scores = ops.linearCrossEntropy(h, w, b, targets, 2, true);
        tf.dispose([scores.losses, scores.ranks]);
        return tf.mul(scores.loss, factor);
      })(operands);
    const [once, thrice] = [gradients(1), gradients(3)];
    for (const [index, gradient] of thrice.entries()) await expectClose(gradient, tf.mul(once[index]!, 3));
  });

  it('counts only logits strictly greater than the target’s', async () => {
    const w = tf.tensor2d([[0], [2], [2], [3], [2]]);
    const targets = tf.tensor1d([2], 'int32');
    const { ranks } = ops.linearCrossEntropy(tf.tensor2d([[1]]), w, tf.zeros([5]), targets, 1, false);
    expect([...(await ranks.data())]).toEqual([1]);
  });

  it('gives a loss and gradients of zero where every target is PAD', async () => {
    const operands = [normal([4, 3]), normal([6, 3]), normal([6])];
    const { losses, ranks, all } = through(ops, operands, tf.zeros([4], 'int32'), 0);
    for (const tensor of all) expect((await tensor.data()).every((value) => value === 0)).toBe(true);
    tf.dispose([losses, ranks]);
  });
});
