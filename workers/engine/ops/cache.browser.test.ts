/** What a cache needs of a model: the reference against its definition, and every device's kernels against the reference. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { massesOf } from '#core/cache/continuousCache.ts';
import { LARGEST } from '#core/cache/rowScores.ts';
import { NO_SLOT } from '#core/cache/rowTexts.ts';
import { PAD_ID } from '#core/data/vocabulary.ts';
import { streamFor } from '#core/random/stream.ts';
import { sharedDevice } from '../devices/shared.fixture.ts';
import type { Ops } from './contract.ts';
import { bitsOf, expectClose, suiteDevice, KERNEL_DEVICES, normal, resultsOf, type Result } from './device.fixture.ts';
import { referenceOps } from './table.ts';

interface Sizes {
  readonly steps: number;
  readonly rows: number;
  readonly width: number;
  readonly tokens: number;
  readonly texts: number;
  readonly theta: number;
}

const CASES: readonly Sizes[] = [
  { steps: 1, rows: 1, width: 1, tokens: 2, texts: 1, theta: 1 },
  { steps: 2, rows: 3, width: 5, tokens: 4, texts: 2, theta: 0 },
  { steps: 9, rows: 1, width: 7, tokens: 11, texts: 3, theta: 0.5 },
  { steps: 33, rows: 5, width: 12, tokens: 301, texts: 17, theta: 0.3 },
  // several bands of likenesses, and no size a multiple of a vector
  { steps: 301, rows: 2, width: 35, tokens: 1_003, texts: 41, theta: 0.2 },
];

/** Rows of different lengths: the last one has no target at all where there are several. */
function slotsOf({ steps, rows, texts }: Sizes): Int32Array {
  const random = streamFor(3, `slots ${steps} ${rows}`);
  return Int32Array.from({ length: steps * rows }, (_, position) => {
    const row = position % rows;
    const length = rows > 1 && row === rows - 1 ? 0 : steps - 3 * row;
    return Math.floor(position / rows) < length ? random.below(texts) : NO_SLOT;
  });
}

function operandsOf(sizes: Sizes) {
  const { steps, rows, width, tokens, texts } = sizes;
  const random = streamFor(5, `cache ${steps} ${rows}`);
  const slots = slotsOf(sizes);
  const states = normal<tf.Rank.R2>(random, [steps * rows, width], 1);
  const weight = normal<tf.Rank.R2>(random, [tokens, width], 0.5);
  const bias = normal<tf.Rank.R1>(random, [tokens], 0.5);
  const ids = Int32Array.from({ length: rows * texts }, () => random.below(tokens));
  const targets = slots.map((slot, position) => (slot === NO_SLOT ? PAD_ID : ids[(position % rows) * texts + slot]!));
  return {
    states,
    weight,
    bias,
    slots: tf.tensor2d(slots, [steps, rows], 'int32'),
    ids: tf.tensor2d(ids, [rows, texts], 'int32'),
    targets: tf.tensor1d(targets, 'int32'),
    counted: targets.filter((id) => id !== PAD_ID).length,
  };
}

interface Results {
  readonly masses: Result;
  readonly texts: Result;
  readonly largest: Result;
  readonly scores: readonly Result[];
}

async function through(set: Ops, sizes: Sizes): Promise<Results> {
  const tensors = tf.tidy(() => {
    const { states, weight, bias, slots, ids, targets, counted } = operandsOf(sizes);
    const masses = set.cacheMasses(states, slots, sizes.texts, sizes.theta);
    const { logits, loss, losses, ranks } = set.textLogits(states, weight, bias, targets, counted, ids);
    return [masses, logits.texts, logits.largest, loss, losses, ranks];
  });
  const [masses, texts, largest, ...scores] = await resultsOf(tensors);
  return { masses: masses!, texts: texts!, largest: largest!, scores };
}

async function plainScores(set: Ops, sizes: Sizes): Promise<Result[]> {
  const tensors = tf.tidy(() => {
    const { states, weight, bias, targets, counted } = operandsOf(sizes);
    const { loss, losses, ranks } = set.linearCrossEntropy(states, weight, bias, targets, counted, false);
    return [loss, losses, ranks];
  });
  return resultsOf(tensors);
}

/** Results of the reference device, which is opened before the others, since one is open at a time. */
const expected = new Map<Sizes, Results>();
beforeAll(async () => {
  await sharedDevice('reference');
  for (const sizes of CASES) expected.set(sizes, await through(referenceOps, sizes));
});

describe('the reference', () => {
  it.each(CASES)('gives the masses of the definition at %o', async (sizes) => {
    const { steps, rows, width, texts, theta } = sizes;
    await sharedDevice('reference');
    const slots = slotsOf(sizes);
    const tensors = tf.tidy(() => [operandsOf(sizes).states]);
    const [states] = await resultsOf(tensors);
    const state = (t: number, row: number) =>
      states!.values.subarray((t * rows + row) * width, (t * rows + row + 1) * width);
    const masses = new Float32Array(steps * rows * texts);
    for (let row = 0; row < rows; row++) {
      for (let t = 0; t < steps; t++) {
        const likeness = Array.from({ length: t }, (_, i) =>
          state(t, row).reduce((sum, value, k) => sum + theta * value * state(i, row)[k]!, 0),
        );
        // what has no slot is put behind all others
        const own = Array.from({ length: t }, (_, i) => (slots[i * rows + row]! < 0 ? texts : slots[i * rows + row]!));
        masses.set(massesOf(likeness, own, texts + 1).subarray(0, texts), (t * rows + row) * texts);
      }
    }
    expectClose(expected.get(sizes)!.masses.values, masses, 1e-5);
  });

  it.each(CASES)('gives the largest logits and those of the texts at %o', (sizes) => {
    const { steps, rows, tokens, texts } = sizes;
    const { largest, texts: ofTexts } = expected.get(sizes)!;
    expect(largest.shape).toEqual([steps * rows, Math.min(LARGEST, tokens)]);
    expect(ofTexts.shape).toEqual([steps * rows, texts]);
    const kept = Math.min(LARGEST, tokens);
    for (let position = 0; position < steps * rows; position++) {
      const own = [...largest.values.subarray(position * kept, (position + 1) * kept)];
      expect(own).toEqual(own.toSorted((a, b) => b - a));
      const most = Math.max(...ofTexts.values.subarray(position * texts, (position + 1) * texts));
      expect(most).toBeLessThanOrEqual(own[0]! + 1e-5);
    }
  });
});

describe.each(KERNEL_DEVICES)('the cache on %s', (kind) => {
  const device = suiteDevice(kind);

  it.each(CASES)('agrees with the reference at %o, and twice with itself', async (sizes) => {
    const [ours, again] = [await through(device().ops, sizes), await through(device().ops, sizes)];
    const { masses, texts, largest, scores } = expected.get(sizes)!;
    expect(ours.masses.shape).toEqual(masses.shape);
    expectClose(ours.masses.values, masses.values, 1e-5);
    expect(ours.texts.shape).toEqual(texts.shape);
    expectClose(ours.texts.values, texts.values, 2e-6);
    expect(ours.largest.shape).toEqual(largest.shape);
    expectClose(ours.largest.values, largest.values, 2e-6);
    expectClose(ours.scores[0]!.values, scores[0]!.values, 2e-6);
    for (const [first, second] of [
      [
        [ours.masses, ours.texts, ours.largest, ...ours.scores],
        [again.masses, again.texts, again.largest, ...again.scores],
      ],
    ] as const) {
      expect(bitsOf(second)).toEqual(bitsOf(first));
    }
  });

  it.each(CASES)('gives losses and ranks with the bits of linearCrossEntropy at %o', async (sizes) => {
    const [withCache, plain] = [await through(device().ops, sizes), await plainScores(device().ops, sizes)];
    expect(bitsOf(withCache.scores)).toEqual(bitsOf(plain));
  });

  it('sees nothing of a later target', async () => {
    const sizes = CASES[3]!;
    const { steps, rows, texts, theta } = sizes;
    const from = 20;
    const [one, other] = await resultsOf(
      tf.tidy(() => {
        const { states, slots } = operandsOf(sizes);
        const shuffled = slotsOf(sizes);
        shuffled.set(shuffled.subarray(from * rows).toReversed(), from * rows);
        return [
          device().ops.cacheMasses(states, slots, texts, theta),
          device().ops.cacheMasses(states, tf.tensor2d(shuffled, [steps, rows], 'int32'), texts, theta),
        ];
      }),
    );
    const seen = (from + 1) * rows * texts;
    expect(other!.values.subarray(0, seen)).toEqual(one!.values.subarray(0, seen));
    expect(other!.values).not.toEqual(one!.values);
  });
});
