/** The WebGPU kernels against the reference ops on sizes that fit no vector, tile or workgroup; the same bits twice. */
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MODEL_NAMES, modelSpec, presetConfig, type ModelName } from '../../../src/core/config.ts';
import { PAD_ID } from '../../../src/core/dataset/vocabulary.ts';
import { dropoutBits, dropoutThreshold } from '../../../src/core/random/dropout.ts';
import { streamFor } from '../../../src/core/random/stream.ts';
import { makeBatch } from '../../../src/core/sampler/batch.ts';
import { initialWeights } from '../../../src/core/weights.ts';
import { openDevice, type Device } from '../devices/device.ts';
import { takeStep, type StepRequest, type StepValues } from '../training-step.ts';
import type { Ops, TargetScores } from './contract.ts';
import { definition } from './linear-cross-entropy/definition.fixture.ts';
import { outputAndGradients, RECURRENT_CASES } from './recurrent-cases.fixture.ts';
import { referenceOps as reference } from './table.ts';

/** Rows by their number of tokens. */
const BATCHES = [
  { of: 'a single row of two tokens', lengths: [2] },
  { of: 'nine rows', lengths: [3, 8, 2, 5, 4, 7, 2, 6, 3] },
  { of: '17 rows, some of one token or none', lengths: [8, 1, 7, 0, 2, 6, 1, 3, 5, 4, 2, 8, 0, 1, 2, 3, 4] },
] as const;

function stepRequest(name: ModelName, lengths: readonly number[]): StepRequest {
  const config = { ...presetConfig('tiny', 3), vocabulary: 9, embedding: 3, hidden: 5 };
  const spec = modelSpec(name, config, config.vocabulary);
  const ids = streamFor(8, 'rows');
  const rows = lengths.map((length) =>
    Uint16Array.from({ length: 8 }, (_, i) => (i < length ? 1 + ids.below(10) : PAD_ID)),
  );
  return {
    spec,
    weights: initialWeights(spec, 6),
    batch: makeBatch(rows, config),
    training: { dropout: 0.3, seed: 5, step: 1 },
    optimiser: { learningRate: 0.01, clipNorm: 0.5 },
  };
}

let device: Device;
let ops: Ops;
let tensorsBefore = 0;
let buffersBefore = 0;
/** Of the reference device, which is open before the GPU, since one is open at a time. */
const expectedSteps = new Map<string, StepValues>();
const expectedOutputs = new Map<string, readonly Float32Array[]>();
beforeAll(async () => {
  await openDevice('reference');
  for (const one of RECURRENT_CASES) expectedOutputs.set(one.title, await outputAndGradients(one, reference));
  for (const name of MODEL_NAMES) {
    for (const { of, lengths } of BATCHES) {
      expectedSteps.set(`${name} ${of}`, await takeStep(stepRequest(name, lengths), reference));
    }
  }
  device = await openDevice('webgpu');
  ops = device.ops;
});
beforeEach(() => {
  tf.engine().startScope();
  tensorsBefore = device.tensors();
  buffersBefore = tf.backend().numDataIds();
});
afterEach(() => {
  tf.engine().endScope();
  expect(device.tensors()).toBe(tensorsBefore);
  // Scratch is no tensor, but data of the backend.
  expect(tf.backend().numDataIds()).toBe(buffersBefore);
});

const random = streamFor(7, 'ops');
function normal<R extends tf.Rank>(shape: tf.ShapeMap[R]): tf.Tensor<R> {
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal() * 0.5);
  return tf.tensor(values, shape);
}

/** Differences relative to the largest magnitude expected, or absolute where that is below 1. */
async function expectClose(actual: tf.Tensor, expected: tf.Tensor, tolerance = 1e-6): Promise<void> {
  expect(actual.shape).toEqual(expected.shape);
  const [a, b] = [await actual.data(), await expected.data()];
  const scale = Float32Array.from(b).reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  const differs = a.findIndex((value, i) => !(Math.abs(value - b[i]!) <= tolerance * scale));
  expect(differs, `value ${differs}: ${a[differs]} instead of ${b[differs]}`).toBe(-1);
}

async function bitsOf(tensors: readonly tf.Tensor[]): Promise<Uint32Array[]> {
  const values = await Promise.all(tensors.map((tensor) => tensor.data()));
  return values.map((data) => new Uint32Array(Float32Array.from(data).buffer));
}

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

describe.each(MODEL_NAMES)('a step of the whole %s', (name) => {
  it.each(BATCHES)('agrees with the reference on $of', async ({ of, lengths }) => {
    const values = await takeStep(stepRequest(name, lengths), ops);
    const expected = expectedSteps.get(`${name} ${of}`)!;
    const scores = ({ loss, norm, losses }: StepValues) => tf.tensor1d([loss, norm, ...losses]);
    await expectClose(scores(values), scores(expected));
    for (const [parameter, gradient] of expected.gradients) {
      await expectClose(tf.tensor1d(values.gradients.get(parameter)!), tf.tensor1d(gradient));
    }
    for (const [parameter, weights] of expected.weights) {
      await expectClose(tf.tensor1d(values.weights.get(parameter)!), tf.tensor1d(weights), 1e-5);
    }
  });

  it('gives zeros for a batch without targets, and leaves the weights as they were', async () => {
    const request = stepRequest(name, [1, 0, 1]);
    expect(request.batch.counted).toBe(0);
    const { loss, norm, losses, gradients, weights } = await takeStep(request, ops);
    for (const values of [[loss, norm], losses, ...gradients.values()]) {
      expect(values.every((value) => value === 0)).toBe(true);
    }
    for (const [parameter, values] of weights) expect(values).toEqual(request.weights.get(parameter)!.data);
  });
});
