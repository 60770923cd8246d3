import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presetConfig, type TrainingConfig } from '#core/settings/config.ts';
import { MODEL_NAMES, type ModelName } from '#core/models/registry.ts';
import { modelSpec, outputWidth } from '#core/models/spec.ts';
import { PAD_ID } from '#core/data/vocabulary.ts';
import { streamFor } from '#core/random/stream.ts';
import { initialWeights } from '#core/models/weights.ts';
import type { Device } from '../devices/device.ts';
import { sharedDevice } from '../devices/shared.fixture.ts';
import { CompletionModel } from '../models/completionModel.ts';
import { SimdRuntime } from '../backends/simd/runtime.ts';
import { Beams } from './beams.ts';
import { Network } from './network.ts';
import { Sequence } from './sequence.ts';

let device: Device;
let runtime: SimdRuntime;
beforeAll(async () => {
  device = await sharedDevice('cpu');
  runtime = await SimdRuntime.open({ threads: 1, shared: false });
});
afterAll(() => runtime.end());

const TOKENS = 45;
const config = { ...presetConfig('tiny', 10), vocabulary: TOKENS - 2, embedding: 5, hidden: 11 };
const { signal: never } = new AbortController();

function idsOf(length: number, seed = 3): Int32Array<ArrayBuffer> {
  const random = streamFor(seed, 'ids');
  return Int32Array.from({ length }, () => 1 + random.below(TOKENS - 1));
}

const NETWORKS: readonly (readonly [ModelName, Partial<TrainingConfig>])[] = [
  ...MODEL_NAMES.map((name) => [name, {}] as const),
  ['rnn', { activation: 'relu' }],
  ['lstm', { layers: 1 }],
  ['residual-gru', { layers: 3, connection: 'scaled' }],
  ['residual-lstm', { layers: 4, connection: 'concatenated' }],
  ['residual-rnn', { layers: 3, connection: 'gradient' }],
  ['gru', { weightTying: 'tied', embedding: 11 }],
  ['lstm', { weightTying: 'projected' }],
  ['residual-lstm', { connection: 'concatenated', weightTying: 'projected' }],
];

describe.each(NETWORKS)('%s, %o', (name, but) => {
  const spec = modelSpec(name, { ...config, ...but }, config.vocabulary);
  const weights = initialWeights(spec, 1);

  /** Logits after each token, by the model that is trained and measured, of a text read at once. */
  async function plainForward(ids: Int32Array): Promise<Float32Array[]> {
    const model = new CompletionModel(spec, weights, device.ops);
    const logits = tf.tidy(() => model.logits(model.states(tf.tensor2d(ids, [ids.length, 1], 'int32')).output));
    const values = Float32Array.from(await logits.data());
    logits.dispose();
    model.dispose();
    return Array.from(ids, (_, i) => values.slice(i * spec.tokens, (i + 1) * spec.tokens));
  }

  it('gives the logits of a plain forward pass after every token, bit for bit', async () => {
    const ids = idsOf(70);
    const plain = await plainForward(ids);
    const sequence = new Sequence(new Network(runtime, spec, weights));
    expect(await sequence.read(ids, never)).toBe(70);
    for (const [position, expected] of plain.entries()) expect(await sequence.logits(position)).toEqual(expected);
    sequence.dispose();
    sequence.network.dispose();
  });

  it('gives what the output layer sees after every token', async () => {
    const ids = idsOf(20);
    const model = new CompletionModel(spec, weights, device.ops);
    const outputs = tf.tidy(() => model.outputs(tf.tensor2d(ids, [ids.length, 1], 'int32')));
    const values = Float32Array.from(await outputs.data());
    outputs.dispose();
    model.dispose();
    const sequence = new Sequence(new Network(runtime, spec, weights));
    await sequence.read(ids, never);
    const width = values.length / ids.length;
    expect(width).toBe(outputWidth(spec));
    for (const position of ids.keys()) {
      const seen = sequence.seen(position);
      expect(seen).toHaveLength(width);
      const apart = seen.map((value, i) => Math.abs(value - values[position * width + i]!));
      expect(Math.max(...apart)).toBeLessThan(1e-6);
    }
    sequence.dispose();
    sequence.network.dispose();
  });

  it('reads what is new alone, and comes to the same bits by any way of typing', async () => {
    const sequence = new Sequence(new Network(runtime, spec, weights));
    const text = idsOf(40);
    const changed = Int32Array.from(text);
    changed[25] = 1 + (changed[25]! % (TOKENS - 1));
    expect(await sequence.read(text.slice(0, 17), never)).toBe(17);
    expect(await sequence.read(text.slice(0, 18), never)).toBe(1);
    expect(await sequence.read(text, never)).toBe(22);
    // the cursor goes back: nothing is read, nothing forgotten
    expect(await sequence.read(text.slice(0, 10), never)).toBe(0);
    expect(await sequence.read(text, never)).toBe(0);
    expect(await sequence.read(changed, never)).toBe(15);
    expect(sequence.length).toBe(40);
    expect(await sequence.logits(39)).toEqual((await plainForward(changed)).at(-1));
    sequence.dispose();
    sequence.network.dispose();
  });

  it('continues after it was aborted', async () => {
    const sequence = new Sequence(new Network(runtime, spec, weights));
    const ids = idsOf(50);
    let asked = 0;
    expect(
      await sequence.read(ids, {
        get aborted() {
          return ++asked >= 3;
        },
      } as AbortSignal),
    ).toBeNull();
    expect(sequence.length).toBe(32);
    expect(await sequence.read(ids, never)).toBe(18);
    expect(await sequence.logits(49)).toEqual((await plainForward(ids)).at(-1));
    sequence.dispose();
    sequence.network.dispose();
  });

  it('has the losses and ranks that an evaluation has', async () => {
    const ids = idsOf(41);
    const targets = Int32Array.from([...ids.slice(1), PAD_ID]);
    const model = new CompletionModel(spec, weights, device.ops);
    const batch = { inputs: tf.tensor2d(ids, [41, 1], 'int32'), targets: tf.tensor1d(targets, 'int32'), counted: 40 };
    const expected = model.evaluate(batch);
    const sequence = new Sequence(new Network(runtime, spec, weights));
    await sequence.read(ids, never);
    const scores = await sequence.scores(targets, never);
    expect(scores?.losses).toEqual(Float32Array.from(await expected.losses.data()));
    expect(scores?.ranks).toEqual(Float32Array.from(await expected.ranks.data()));
    expect(await sequence.scores(targets, AbortSignal.abort())).toBeNull();
    tf.dispose([batch.inputs, batch.targets, expected.loss, expected.losses, expected.ranks]);
    model.dispose();
    sequence.dispose();
    sequence.network.dispose();
  });

  it('writes on in several ways at once, each as a plain forward pass of its own', async () => {
    const ids = idsOf(20);
    const sequence = new Sequence(new Network(runtime, spec, weights));
    await sequence.read(ids, never);
    const beams = new Beams(sequence.network, 3);
    const last = async (...more: number[]) => (await plainForward(Int32Array.from([...ids, ...more]))).at(-1);
    expect(await beams.begin(sequence.at(19), [4, 9])).toEqual([await last(4), await last(9)]);
    expect(await beams.step([7, 8, 3], [1, 0, 1])).toEqual([await last(9, 7), await last(4, 8), await last(9, 3)]);
    expect(await beams.step([5], [2])).toEqual([await last(9, 3, 5)]);
    // from the middle of the text, which has not changed
    expect(await beams.begin(sequence.at(4), [6])).toEqual([
      (await plainForward(Int32Array.from([...ids.slice(0, 5), 6]))).at(-1),
    ]);
    expect(await sequence.logits(19)).toEqual((await plainForward(ids)).at(-1));
    beams.dispose();
    sequence.dispose();
    sequence.network.dispose();
  });

  it('has what was prefetched there with the same bits, whichever is typed, and nothing of it after another text', async () => {
    const ids = idsOf(20);
    const sequence = new Sequence(new Network(runtime, spec, weights));
    const beams = new Beams(sequence.network, 3);
    const last = async (...all: number[]) => (await plainForward(Int32Array.from(all))).at(-1);
    for (const [typed, anew] of [
      [9, 0],
      [4, 0],
      [3, 1],
    ] as const) {
      await sequence.read(ids, never);
      await sequence.prefetch(19, [4, 9]);
      expect(await sequence.begin(beams, 19, [9, 4, 9])).toEqual([
        await last(...ids, 9),
        await last(...ids, 4),
        await last(...ids, 9),
      ]);
      expect(await beams.step([8, 7], [1, 2])).toEqual([await last(...ids, 4, 8), await last(...ids, 9, 7)]);
      expect(await sequence.begin(beams, 19, [9, 5])).toEqual([await last(...ids, 9), await last(...ids, 5)]);
      expect(await sequence.read(Int32Array.from([...ids, typed, 6]), never)).toBe(anew + 1);
      expect(await sequence.logits(20)).toEqual(await last(...ids, typed));
      expect(await sequence.logits(21)).toEqual(await last(...ids, typed, 6));
    }
    await sequence.prefetch(21, [4]);
    const other = idsOf(22, 5);
    await sequence.read(other, never);
    expect(await sequence.read(Int32Array.from([...other, 4]), never)).toBe(1);
    expect(await sequence.logits(22)).toEqual(await last(...other, 4));
    beams.dispose();
    sequence.dispose();
    sequence.network.dispose();
  });

  it('makes room for longer texts, and gives all of it back', async () => {
    const before = runtime.heap.allocatedBytes;
    const network = new Network(runtime, spec, weights);
    const sequence = new Sequence(network);
    const ids = idsOf(1_500);
    await sequence.read(ids.slice(0, 1_000), never);
    expect(await sequence.read(ids, never)).toBe(500);
    expect(await sequence.logits(1_499)).toEqual((await plainForward(ids)).at(-1));
    sequence.dispose();
    network.dispose();
    expect(runtime.heap.allocatedBytes).toBe(before);
  });
});

it('gives the gates of a unit, of which its cells and states are made', async () => {
  const spec = modelSpec('lstm', config, config.vocabulary);
  const sequence = new Sequence(new Network(runtime, spec, initialWeights(spec, 1)));
  await sequence.read(idsOf(40), never);
  const { hidden } = spec;
  for (const layer of [0, 1] as const) {
    const unit = 7;
    const gates = (await sequence.gates(layer, unit, never))!;
    expect(gates.map(({ name }) => name)).toEqual(['input', 'forget', 'candidate', 'output']);
    const [input, forget, candidate, output] = gates.map(({ values }) => values);
    const of = (values: Float32Array, t: number) => (t < 0 ? 0 : values[t * hidden + unit]!);
    const [states, cells] = [sequence.states(layer), sequence.cells(layer)!];
    for (let t = 0; t < 40; t++) {
      expect(of(cells, t)).toBeCloseTo(forget![t]! * of(cells, t - 1) + input![t]! * candidate![t]!, 6);
      expect(of(states, t)).toBeCloseTo(output![t]! * Math.tanh(of(cells, t)), 6);
    }
  }
  expect(await sequence.gates(0, 0, AbortSignal.abort())).toBeNull();
  sequence.dispose();
  sequence.network.dispose();
});

it('refuses weights of another size', () => {
  const spec = modelSpec('rnn', config, config.vocabulary);
  const before = runtime.heap.allocatedBytes;
  expect(() => new Network(runtime, { ...spec, hidden: 12 }, initialWeights(spec, 1))).toThrow('of shape');
  expect(runtime.heap.allocatedBytes).toBe(before);
});
