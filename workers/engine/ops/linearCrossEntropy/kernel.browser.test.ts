/** The cross-entropy's kernels against the reference, and in several slices against its definition; the same bits twice. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { PAD_ID } from '#core/data/vocabulary.ts';
import { streamFor, type RandomStream } from '#core/random/stream.ts';
import { sharedDevice } from '../../devices/shared.fixture.ts';
import type { Ops, TargetScores } from '../contract.ts';
import { bitsOf, expectClose, suiteDevice, KERNEL_DEVICES, resultsOf, type Result } from '../device.fixture.ts';
import { referenceOps } from '../table.ts';
import { definition } from './definition.fixture.ts';

interface Operands {
  /** [n, hidden] */
  readonly states: Float32Array;
  /** [tokens, hidden] */
  readonly weight: Float32Array;
  /** [tokens] */
  readonly bias: Float32Array;
  /** [n] */
  readonly targets: Int32Array;
}

interface Scores {
  readonly loss: number;
  readonly losses: Result;
  readonly ranks: Result;
  /** Gradients of states, weight and bias. */
  readonly gradients: readonly Result[];
}

interface Sizes {
  readonly n: number;
  readonly hidden: number;
  readonly tokens: number;
}

function operandsOf({ n, hidden, tokens }: Sizes, targetOf: (random: RandomStream, row: number) => number): Operands {
  const random = streamFor(7, `operands ${n} ${hidden} ${tokens}`);
  const normal = (length: number) => Float32Array.from({ length }, () => random.normal() * 0.5);
  return {
    states: normal(n * hidden),
    weight: normal(tokens * hidden),
    bias: normal(tokens),
    targets: Int32Array.from({ length: n }, (_, row) => targetOf(random, row)),
  };
}

function tensorsOf({ states, weight, bias, targets }: Operands) {
  const hidden = weight.length / bias.length;
  return {
    operands: [
      tf.tensor2d(states, [targets.length, hidden]),
      tf.tensor2d(weight, [bias.length, hidden]),
      tf.tensor1d(bias),
    ] as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D],
    targets: tf.tensor1d(targets, 'int32'),
  };
}

/** Scores and gradients of the loss times a factor. */
async function through(set: Ops, values: Operands, counted: number, factor = 1): Promise<Scores> {
  const { operands, targets } = tensorsOf(values);
  let scores: TargetScores | undefined;
  const { value, grads } = tf.valueAndGrads((...v: tf.Tensor[]) => {
    const [states, weight, bias] = v as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
    scores = set.linearCrossEntropy(states, weight, bias, targets, counted, true);
    return factor === 1 ? scores.loss : tf.mul(scores.loss, factor);
  })(operands);
  tf.dispose([operands, targets]);
  const [loss, losses, ranks, ...gradients] = await resultsOf([value, scores!.losses, scores!.ranks, ...grads]);
  return { loss: loss!.values[0]!, losses: losses!, ranks: ranks!, gradients };
}

const scaledBy = (factor: number, { values }: Result) => values.map((value) => value * factor);

const AGREEMENTS = [
  { n: 1, hidden: 1, tokens: 1 },
  { n: 1, hidden: 1, tokens: 2 },
  { n: 17, hidden: 1, tokens: 3 },
  { n: 9, hidden: 5, tokens: 4 },
  { n: 1, hidden: 3, tokens: 5 },
  { n: 13, hidden: 7, tokens: 11 },
  { n: 70, hidden: 36, tokens: 301 },
].map((sizes) => {
  const operands = operandsOf(sizes, (random, row) => (row % 5 === 4 ? PAD_ID : random.below(sizes.tokens)));
  return { sizes, operands, counted: operands.targets.filter((id) => id !== PAD_ID).length };
});

/** Results of the reference device, which is opened before the others, since one is open at a time. */
const expectedScores: Scores[] = [];
beforeAll(async () => {
  await sharedDevice('reference');
  for (const { operands, counted } of AGREEMENTS) {
    expectedScores.push(await through(referenceOps, operands, counted));
  }
});

describe.each(KERNEL_DEVICES)('linearCrossEntropy on %s', (kind) => {
  const device = suiteDevice(kind);

  it.each(AGREEMENTS.map((one, index) => ({ ...one, index })))(
    'agrees with the reference at $sizes, and twice with itself',
    async ({ index, sizes: { n }, operands, counted }) => {
      const [ours, again] = [
        await through(device().ops, operands, counted),
        await through(device().ops, operands, counted),
      ];
      const expected = expectedScores[index]!;
      // Gradients are small, and so is the mean loss's error: a tolerance of their own size.
      expectClose(Float32Array.of(ours.loss * n), Float32Array.of(expected.loss * n), 2e-6);
      for (const [index, gradient] of ours.gradients.entries()) {
        expect(gradient.shape).toEqual(expected.gradients[index]!.shape);
        expectClose(scaledBy(n, gradient), scaledBy(n, expected.gradients[index]!), 2e-6);
      }
      expect(again.loss).toBe(ours.loss);
      expect(bitsOf(again.gradients)).toEqual(bitsOf(ours.gradients));

      let ranksApart = 0;
      for (const [i, id] of operands.targets.entries()) {
        if (id === PAD_ID) continue;
        expect(Math.abs(ours.losses.values[i]! - expected.losses.values[i]!)).toBeLessThan(1e-5);
        ranksApart += Math.abs(ours.ranks.values[i]! - expected.ranks.values[i]!);
      }
      // The two products round differently, so that logits all but equal may change places.
      expect(ranksApart).toBeLessThanOrEqual(n / 100);

      const { operands: tensors, targets } = tensorsOf(operands);
      const { losses, ranks } = device().ops.linearCrossEntropy(...tensors, targets, counted, false);
      expect(bitsOf(await resultsOf([losses, ranks]))).toEqual(bitsOf([ours.losses, ours.ranks]));
    },
  );

  it('sums slices to what their rows give apart, and to what the definition gives', async () => {
    // More logits than 64 MiB hold; each half alone is one slice.
    const [n, hidden, tokens] = [1_700, 3, 10_007];
    const operands = operandsOf({ n, hidden, tokens }, (random) => 1 + random.below(tokens - 1));
    const { states, targets } = operands;
    const whole = await through(device().ops, operands, n);
    const half = (first: number) => {
      const rows = {
        states: states.slice(first * hidden, (first + n / 2) * hidden),
        targets: targets.slice(first, first + n / 2),
      };
      return through(device().ops, { ...operands, ...rows }, n);
    };
    const [one, other] = [await half(0), await half(n / 2)];
    expectClose(Float32Array.of(whole.loss), Float32Array.of(one.loss + other.loss));
    const [dStates, ...dWeights] = whole.gradients;
    // Gradients are small: a tolerance of their own size.
    const apart = [...one.gradients[0]!.values, ...other.gradients[0]!.values].map((value) => value * n);
    expectClose(scaledBy(n, dStates!), Float32Array.from(apart));
    for (const [index, gradient] of dWeights.entries()) {
      const rest = other.gradients[1 + index]!.values;
      const sum = one.gradients[1 + index]!.values.map((value, i) => (value + rest[i]!) * n);
      expectClose(scaledBy(n, gradient), sum, 1e-5);
    }
    const expected = definition(states, operands.weight, operands.bias, targets);
    for (const [index, values] of expected.gradients.entries()) {
      expectClose(scaledBy(n, whole.gradients[index]!), Float32Array.from(values), 1e-5);
    }
    expectClose(whole.losses.values, expected.losses);
    const ranksApart = expected.ranks.reduce((sum, rank, i) => sum + Math.abs(rank - whole.ranks.values[i]!), 0);
    expect(ranksApart).toBeLessThanOrEqual(n / 100);
    for (const scores of ['losses', 'ranks'] as const) {
      expect(whole[scores].values).toEqual(Float32Array.of(...one[scores].values, ...other[scores].values));
    }
  });

  it('scales its gradients by the one that comes in', async () => {
    const operands = operandsOf({ n: 3, hidden: 5, tokens: 7 }, (_, row) => [1, 0, 6][row]!);
    const [once, thrice] = [await through(device().ops, operands, 2), await through(device().ops, operands, 2, 3)];
    for (const [index, gradient] of thrice.gradients.entries()) {
      expectClose(gradient.values, scaledBy(3, once.gradients[index]!));
    }
  });

  it('counts only logits strictly greater than the target’s', async () => {
    const w = tf.tensor2d([[0], [2], [2], [3], [2]]);
    const targets = tf.tensor1d([2], 'int32');
    const { ranks } = device().ops.linearCrossEntropy(tf.tensor2d([[1]]), w, tf.zeros([5]), targets, 1, false);
    expect([...(await ranks.data())]).toEqual([1]);
  });

  it('gives a loss and gradients of zero where every target is PAD', async () => {
    const operands = operandsOf({ n: 4, hidden: 3, tokens: 6 }, () => PAD_ID);
    const { loss, gradients } = await through(device().ops, operands, 0);
    expect(loss).toBe(0);
    for (const { values } of gradients) expect(values.every((value) => value === 0)).toBe(true);
  });
});
