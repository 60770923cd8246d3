/** Whole runs of a small model on both devices: bit-identical after any interruption, and reported failures. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { TrainingConfig } from '#core/settings/config.ts';
import { messageOf } from '#core/failure.ts';
import { runSchema, type RunRecord } from '#core/runs/run.ts';
import { layersOf } from '#core/runs/stepTable.ts';
import { LAMBDAS, THETAS } from '#core/cache/search.ts';
import { METRIC_NAMES, metricOf } from '#core/metrics/registry.ts';
import { readCheckpoint } from '#core/runs/checkpoint.ts';
import { MODEL_NAMES } from '#core/models/registry.ts';
import type { Device } from '#engine/devices/device.ts';
import { sharedDevice } from '#engine/devices/shared.fixture.ts';
import { figures, train, type Stored, type Trained } from './trainer.fixture.ts';

describe.each(['cpu', 'webgpu'] as const)('a run on %s', (kind) => {
  let device: Device;
  beforeAll(async () => {
    device = await sharedDevice(kind);
  });

  it('comes to its end, keeps its plan, and leaves nothing on the device', async () => {
    const [tensors, bytes] = [device.tensors(), device.allocatedBytes()];
    const { run, steps, breakdown, progress } = await train(device, 'residual-lstm');
    expect(run).toMatchObject({ state: 'done', ended: 'epochs', plan: { rows: 4, microBatches: 1 } });
    expect([...steps.step]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(run.epochs.map((epoch) => epoch.steps)).toEqual([3, 3]);
    expect(steps.tokens.at(-1)).toBe(run.epochs.reduce((sum, { train: { counted } }) => sum + counted, 0));
    expect(steps.seconds.at(-1)).toBeCloseTo(
      run.epochs.reduce((sum, { seconds }) => sum + seconds, 0),
      9,
    );
    for (const [row, norm] of steps.gradientNorm.entries()) {
      expect(
        Math.hypot(...steps.layerNorms.subarray(row * layersOf(2).length, (row + 1) * layersOf(2).length)),
      ).toBeCloseTo(norm, 4);
    }
    expect(run.test?.counted).toBeGreaterThan(0);
    const counted = Array.from(
      { length: breakdown!.files },
      (_, file) => breakdown!.overall[file * breakdown!.sums.length]!,
    );
    expect(counted.reduce((a, b) => a + b, 0)).toBe(run.test!.counted);
    const during = progress.filter(({ phase }) => phase === 'training').map(({ deviceBytes }) => deviceBytes);
    expect(Math.min(...during)).toBeGreaterThan(run.plan!.totals.weights);
    for (const { seconds, dataWaitSeconds, tokensPerSecond, train: measured } of run.epochs) {
      expect(dataWaitSeconds).toBeLessThanOrEqual(seconds);
      expect(tokensPerSecond * seconds).toBeCloseTo(measured.counted, 3);
    }
    expect(device.tensors()).toBe(tensors);
    expect(device.allocatedBytes()).toBeLessThanOrEqual(bytes);
  });

  it('measures test with a cache whose settings it searched, and its own measures to the same bits without', async () => {
    const [cached, plain] = [
      await train(device, 'residual-lstm'),
      await train(device, 'residual-lstm', { texts: false }),
    ];
    const { cache, test } = cached.run;
    expect(cache?.points).toHaveLength(THETAS.length * LAMBDAS.length);
    expect(cache?.rows).toBe(5);
    expect(cache?.points).toContainEqual(expect.objectContaining(cache!.parameters));
    for (const name of METRIC_NAMES) {
      const isOwn = metricOf(name).mayBeMissing !== 'everywhere';
      expect(test![name], name).not.toBeNaN();
      expect(Object.is(test![name], plain.run.test![name]), name).toBe(isOwn);
      expect(Number.isNaN(plain.run.test![name]), name).toBe(!isOwn);
    }
    expect(plain.run.cache).toBeUndefined();
    expect(cached.weights).toEqual(plain.weights);
    const counted = cached.breakdown!.sums.indexOf('cacheTop5');
    const hits = Array.from(
      { length: cached.breakdown!.files },
      (_, file) => cached.breakdown!.overall[file * cached.breakdown!.sums.length + counted]!,
    );
    expect(hits.reduce((a, b) => a + b, 0) / test!.counted).toBeCloseTo(test!.cacheTop5Known, 9);
  });

  it('gives the same bits again, and after a pause', async () => {
    const first = figures(await train(device, 'lstm'));
    // One step at a time instead of two, or two instead of one.
    expect(figures(await train({ ...device, asynchronous: !device.asynchronous }, 'lstm'))).toEqual(first);
    let paused = 0;
    const { run, ...rest } = await train(device, 'lstm', {
      onProgress: ({ phase, epoch }, control) => {
        if (phase !== 'training' || epoch !== 2 || paused++ > 0) return;
        control.pause();
        setTimeout(() => control.resume(), 200);
      },
    });
    expect(paused).toBeGreaterThan(0);
    expect(figures({ run, ...rest })).toEqual(first);
  });

  it.each(MODEL_NAMES)('%s goes on from any checkpoint to the bits of a run without a break', async (model) => {
    const checkpoints: Stored[] = [];
    let pauses = 0;
    const whole = await train(device, model, {
      onCheckpoint: (stored, control) => {
        checkpoints.push(stored);
        control.resume();
      },
      onProgress: ({ phase, epoch, step }, control) => {
        const within = epoch === 2 && (phase === 'validating' || (phase === 'training' && step > 0));
        if (!within || pauses++ > 3) return;
        control.pause();
      },
    });
    const states = checkpoints.map(({ checkpoint }) => readCheckpoint(checkpoint, []).trainerState);
    // at the end of each epoch, and within the second
    expect(states.filter(({ batches }) => batches === 0).map(({ epoch }) => epoch)).toEqual([2, 3]);
    expect(states.some(({ batches }) => batches > 0)).toBe(true);
    for (const from of checkpoints) {
      const rest = await train(device, model, { from });
      expect(figures(rest)).toEqual(figures(whole));
    }
  });

  it.each<Partial<TrainingConfig>>([
    // a rate at which the validation loss hardly falls, so that the rate is halved after the second epoch
    { schedule: 'plateau', optimizer: 'sgd', learningRate: 1e-5 },
    { schedule: 'cosine', optimizer: 'adamw', learningRate: 0.02, batch: 2, accumulate: 2 },
    { schedule: 'one-cycle', optimizer: 'sgd', learningRate: 0.1, batch: 1, accumulate: 4, weightTying: 'projected' },
  ])('$optimizer with schedule $schedule goes on in its middle', async (setting) => {
    const change = { ...setting, epochs: 3, patience: 3 };
    const checkpoints: Stored[] = [];
    let pauses = 0;
    const whole = await train(device, 'lstm', {
      change,
      onCheckpoint: (stored, control) => {
        checkpoints.push(stored);
        control.resume();
      },
      onProgress: ({ phase, epoch, step }, control) => {
        const within = epoch === 2 && (phase === 'validating' || (phase === 'training' && step > 0));
        if (within && pauses++ < 3) control.pause();
      },
    });
    const places = checkpoints.map(({ checkpoint }) => readCheckpoint(checkpoint, []).trainerState);
    expect(places.some(({ epoch, batches }) => epoch === 2 && batches > 0)).toBe(true);
    for (const from of checkpoints) {
      expect(figures(await train(device, 'lstm', { change, from }))).toEqual(figures(whole));
    }
    const constant = await train(device, 'lstm', { change: { ...change, schedule: 'constant' } });
    const losses = ({ run }: Trained) => run.epochs.map(({ validation }) => validation.loss);
    expect(losses(constant)).not.toEqual(losses(whole));
  });

  it('keeps to the micro-batches of the plan it was begun with', async () => {
    const whole = await train(device, 'rnn');
    const again = await train(device, 'rnn', { plan: { ...whole.run.plan!, rows: 2 } });
    expect(again.run.plan).toMatchObject({ rows: 2, microBatches: 2 });
    expect(again.run.test!.loss).toBeCloseTo(whole.run.test!.loss, 3);
  });

  it('adds gradients of batches up as one wider batch has them', async () => {
    const wide = await train(device, 'lstm', { change: { batch: 8 } });
    const { run, steps } = await train(device, 'lstm', { change: { batch: 2, accumulate: 4 } });
    expect(run.plan).toMatchObject({ rows: 2, microBatches: 4 });
    expect(steps.step.length).toBe(wide.steps.step.length);
    expect([...steps.tokens]).toEqual([...wide.steps.tokens]);
    const off = (a: number, b: number) => Math.abs(a / b - 1);
    expect(off(steps.loss[0]!, wide.steps.loss[0]!)).toBeLessThan(1e-6);
    expect(off(steps.gradientNorm[0]!, wide.steps.gradientNorm[0]!)).toBeLessThan(1e-5);
    expect(off(run.test!.loss, wide.run.test!.loss)).toBeLessThan(1e-4);
  });

  it('stops with the steps it took', async () => {
    const { run, steps } = await train(device, 'rnn', {
      change: { epochs: 1000, patience: 1000 },
      onProgress: ({ epoch, phase }, control) => {
        if (epoch === 3 && phase === 'training') control.stop();
      },
    });
    expect(run.state).toBe('stopped');
    expect(run.epochs.length).toBe(2);
    expect(steps.step.length).toBeGreaterThanOrEqual(6);
  });

  it('names the step at which the loss was no number any more', async () => {
    // States double with every time step once a weight is large.
    const change = { learningRate: 1, clipNorm: 0, activation: 'relu', length: 200, epochs: 20, patience: 20 } as const;
    const failureOn = (on: Device) => train(on, 'rnn', { change }).then(() => null, messageOf);
    const failure = await failureOn(device);
    expect(failure).toMatch(/^The loss stopped being a number at step \d+ /);
    expect(await failureOn({ ...device, asynchronous: !device.asynchronous })).toBe(failure);
  });
});

it.each(['cpu', 'webgpu'] as const)(
  'says on %s where no epoch has a finite validation loss, and has kept the epoch',
  async (kind) => {
    const device = await sharedDevice(kind);
    // One step changes every weight by the rate. Then states grow with every time step until they overflow.
    const change = { learningRate: 1, clipNorm: 0, activation: 'relu', length: 200, batch: 11, epochs: 1 } as const;
    let stored: RunRecord | undefined;
    const onCheckpoint = ({ run }: Stored) => (stored = run);
    await expect(train(device, 'rnn', { change, onCheckpoint })).rejects.toThrow(
      /^No epoch had a finite validation loss/,
    );
    expect(stored).toMatchObject({ ended: 'epochs', bestEpoch: null, test: null });
    expect(stored!.epochs).toHaveLength(1);
    expect(Number.isFinite(stored!.epochs[0]!.validation.loss)).toBe(false);
    expect(runSchema.parse(structuredClone(stored))).toEqual(stored);
  },
);
