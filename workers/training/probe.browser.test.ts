/** Tests on real devices of what is measured before a training: the time of an epoch, and the learning rate. */
import { beforeAll, describe, expect, it } from 'vitest';
import { presetConfig } from '#core/settings/config.ts';
import { modelSpec } from '#core/models/spec.ts';
import { streamFor } from '#core/random/stream.ts';
import { trainingOrder } from '#core/data/batches/order.ts';
import type { Rows } from '#core/data/batches/rows.ts';
import { initialWeights } from '#core/models/weights.ts';
import type { Device } from '#engine/devices/device.ts';
import { sharedDevice } from '#engine/devices/shared.fixture.ts';
import { CompletionModel } from '#engine/models/completionModel.ts';
import { Optimiser } from '#engine/models/optimiser.ts';
import { lowest, suggestedRate, type RatePoint } from '#core/optimization/rateFinder.ts';
import { Control } from './control.ts';
import { evaluate } from './evaluate.ts';
import { BatchLoader } from './loader.ts';
import { epochSeconds, probeSpeed } from './probe.ts';
import { findRate } from './rateFinder.ts';
import { TrainingStep } from './step.ts';

const config = { ...presetConfig('tiny', 10), batch: 6, length: 120, vocabulary: 900, embedding: 48, hidden: 96 };
const cut = { length: config.length, vocabulary: config.vocabulary };
const running = () => new AbortController().signal;

/** Rows with 0 to 149 tokens. */
function rowsOf(count: number, seed: number): Rows {
  const random = streamFor(seed, 'rows');
  const lengths = Uint16Array.from({ length: count }, () => random.below(150));
  const rows = [...lengths].map((length) => Uint16Array.from({ length }, () => 2 + random.below(config.vocabulary)));
  return { lengths, read: (indices) => Promise.resolve(indices.map((index) => rows[index]!)) };
}

/** Measures the seconds of an epoch and its validation. */
async function measuredEpoch(device: Device, train: Rows, validation: Rows): Promise<number> {
  const { batch, dropout, seed } = config;
  const spec = modelSpec('lstm', config, config.vocabulary);
  const plan = await device.prepare({ spec, batch, length: config.length });
  const model = new CompletionModel(spec, initialWeights(spec, seed), device.ops);
  const optimiser = new Optimiser(model, device.ops, config);
  const step = new TrainingStep({ model, optimiser, plan, dropout, seed, device });
  const from = performance.now();
  for await (const rows of new BatchLoader(train, cut, trainingOrder(train.lengths, batch, seed, 1))) {
    await step.run(rows);
  }
  await evaluate({
    device,
    model,
    rows: validation,
    cut,
    batch,
    microBatch: plan.rows,
    ignored: new Set<number>(),
    onBatch: () => Promise.resolve(true),
  });
  const seconds = (performance.now() - from) / 1000;
  model.dispose();
  optimiser.dispose();
  device.release();
  return seconds;
}

it('expects of an epoch on cpu what it takes, within a factor of three', async () => {
  const device = await sharedDevice('cpu');
  const [train, validation] = [rowsOf(75, 1), rowsOf(31, 2)];
  const expected = async () => {
    const cost = await probeSpeed({ device, model: 'lstm', config, cut, signal: running() });
    const { batch, seed } = config;
    const { lengths } = train;
    return epochSeconds(cost!, { train: lengths, validation: validation.lengths, batch, seed, length: cut.length });
  };
  // probes before and after, since the load of the machine may change meanwhile
  const before = await expected();
  const taken = await measuredEpoch(device, train, validation);
  const after = await expected();
  expect(taken).toBeLessThan(3 * Math.max(before, after));
  expect(taken).toBeGreaterThan(Math.min(before, after) / 3);
});

describe.each(['cpu', 'webgpu', 'reference'] as const)('a probe of %s', (kind) => {
  let device: Device;
  /** Bytes that earlier tests left allocated. */
  let bytes: number;
  beforeAll(async () => {
    device = await sharedDevice(kind);
    device.release();
    bytes = device.allocatedBytes();
  });

  it.each(['rnn', 'residual-lstm'] as const)('finds what batches cost, and leaves nothing: %s', async (model) => {
    const before = device.tensors();
    const cost = await probeSpeed({ device, model, config, cut, signal: running() });
    expect(cost!.rows).toBe(config.batch);
    for (const { fixed, perTimeStep } of [cost!.training, cost!.evaluation]) {
      expect(Math.min(fixed, perTimeStep)).toBeGreaterThanOrEqual(0);
      expect(fixed + perTimeStep).toBeGreaterThan(0);
    }
    expect(device.tensors()).toBe(before);
    expect(device.allocatedBytes()).toBeLessThanOrEqual(bytes);
  });

  it('takes rows of two tokens: then all is fixed', async () => {
    const short = { length: 2, vocabulary: 1 };
    const cost = await probeSpeed({ device, model: 'rnn', config, cut: short, signal: running() });
    expect(cost!.training.perTimeStep).toBe(0);
    expect(cost!.training.fixed).toBeGreaterThan(0);
  });

  it('ends when it is aborted, and leaves nothing', async () => {
    const before = device.tensors();
    expect(await probeSpeed({ device, model: 'rnn', config, cut, signal: AbortSignal.abort() })).toBe(null);
    const ended = new AbortController();
    const probe = probeSpeed({ device, model: 'lstm', config, cut, signal: ended.signal });
    await new Promise((resolve) => setTimeout(resolve, 5));
    ended.abort();
    expect(await probe).toBe(null);
    expect(device.tensors()).toBe(before);
    expect(device.allocatedBytes()).toBeLessThanOrEqual(bytes);
  });

  it('a rising rate gives the same losses again, and leaves nothing', async () => {
    const before = device.tensors();
    const rising = async () => {
      const control = new Control(() => {});
      let points: readonly RatePoint[] = [];
      const small = { ...presetConfig('tiny', 10), vocabulary: 50, trainFiles: null };
      const curve = await findRate({
        device,
        control,
        model: 'rnn',
        config: small,
        train: rowsOf(9, 3),
        cut: { length: 8, vocabulary: 50 },
        onPoint: (all) => {
          points = [...all];
          // more than an epoch of three batches
          if (points.length === 7) control.stop();
        },
      });
      expect(curve).toBe(null);
      return points.map(({ loss }) => loss);
    };
    const losses = await rising();
    expect(losses).toHaveLength(7);
    // at first the loss is about that of guessing
    expect(losses[0]).toBeGreaterThan(Math.log(50) - 1);
    expect(losses[0]).toBeLessThan(Math.log(50) + 1);
    expect(await rising()).toEqual(losses);
    expect(device.tensors()).toBe(before);
    expect(device.allocatedBytes()).toBeLessThanOrEqual(bytes);
  });
});

it('a rising rate ends where the loss diverges, after it has fallen', async () => {
  const device = await sharedDevice('cpu');
  const small = { ...presetConfig('tiny', 10), vocabulary: 50, trainFiles: null };
  const curve = await findRate({
    device,
    control: new Control(() => {}),
    model: 'lstm',
    config: small,
    train: repeatingRows(20),
    cut: { length: 20, vocabulary: 50 },
    onPoint: () => {},
  });
  const { points } = curve!;
  expect(curve!.ended).toBe(true);
  expect(lowest(points).smoothed).toBeLessThan(points[0]!.smoothed - 0.5);
  expect(suggestedRate(points)).toBeGreaterThan(0.0005);
  expect(suggestedRate(points)).toBeLessThan(lowest(points).rate);
});

/** Rows in which each token follows from the previous ones. */
function repeatingRows(count: number): Rows {
  const rows = Array.from({ length: count }, (_, row) =>
    Uint16Array.from({ length: 20 }, (_, i) => 2 + ((row + i) % 5)),
  );
  return {
    lengths: Uint16Array.from(rows, ({ length }) => length),
    read: (indices) => Promise.resolve(indices.map((index) => rows[index]!)),
  };
}
