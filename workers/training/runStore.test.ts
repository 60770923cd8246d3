import { describe, expect, it, vi } from 'vitest';
import { LabError, type Failure } from '#core/failure.ts';
import { runOf } from '#core/report/runs.fixture.ts';
import { EpochPosition } from './epochPosition.ts';
import type { RunParts, TrainingState } from './job.ts';
import { RunStore } from './runStore.ts';
import { StepHistory } from './stepHistory.ts';

const run = { ...runOf('rnn', [[3, 0.6]]), savingSeconds: 7 };
const state: TrainingState = {
  trainerState: {
    ...new EpochPosition(1, new Set()).state(),
    step: 0,
    tokens: 0,
    totalSeconds: 0,
    history: new StepHistory(undefined).state(),
  },
  weights: new Map(),
  first: new Map(),
  second: new Map(),
};

function storeWith(store: (parts: RunParts | undefined, write: number) => Promise<void>) {
  const writes: (RunParts | undefined)[] = [];
  const troubles: Failure[] = [];
  const made = new RunStore({
    run,
    control: { pausedSeconds: 0 },
    store: (_, parts) => store(parts, writes.push(parts)),
    onTrouble: (failure) => troubles.push(failure),
  });
  return { store: made, writes, troubles };
}

const full = new LabError({ kind: 'storage-full', what: 'No room.', remedy: 'Make some.' });

describe('keeping a run', () => {
  it('writes one after the other', async () => {
    const open: (() => void)[] = [];
    const { store: one, writes } = storeWith(() => new Promise((resolve) => open.push(resolve)));
    const [first, second] = [one.update({ state: 'training' }), one.update({ bestEpoch: 1 })];
    await Promise.resolve();
    await Promise.resolve();
    expect(writes).toHaveLength(1);
    open[0]!();
    expect(await first).toMatchObject({ state: 'training' });
    await Promise.resolve();
    expect(writes).toHaveLength(2);
    open[1]!();
    expect(await second).toMatchObject({ state: 'training', bestEpoch: 1 });
  });

  it('counts the seconds of saving on from those before', async () => {
    const { store: one } = storeWith(() => Promise.resolve());
    expect(one.savingSeconds).toBe(7);
    await (
      await one.save(() => Promise.resolve(state), {}, {})
    ).stored;
    expect(one.savingSeconds).toBeGreaterThan(7);
    expect(one.run.savingSeconds).toBe(7);
  });

  it('goes on without a checkpoint where there is no room for one, and tells', async () => {
    const {
      store: one,
      writes,
      troubles,
    } = storeWith((parts) => (parts?.checkpoint ? Promise.reject(full) : Promise.resolve()));
    const weights = new Map();
    await (
      await one.save(() => Promise.resolve(state), { bestEpoch: 1 }, { weights })
    ).stored;
    expect(writes).toEqual([{ weights, checkpoint: state }, { weights }]);
    expect(troubles).toEqual([full.failure]);
    expect(one.run.bestEpoch).toBe(1);
  });

  it('is not due again while a checkpoint is being stored', async () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(0);
    let endStoring: () => void = () => {};
    const storing = new Promise<void>((resolve) => (endStoring = resolve));
    const { store: one } = storeWith(() => storing);
    now.mockReturnValue(20_000);
    expect(one.saveIsDue()).toBe(true);
    const { stored } = await one.save(() => Promise.resolve(state), {}, {});
    now.mockReturnValue(20_100);
    expect(one.saveIsDue()).toBe(false);
    endStoring();
    await stored;
    expect(one.savingSeconds).toBeCloseTo(7.1);
    now.mockReturnValue(40_100);
    expect(one.saveIsDue()).toBe(true);
    now.mockRestore();
  });

  it('fails where not even the rest fits, or something else is wrong, and can be asked again', async () => {
    const { store: one } = storeWith((_, write) =>
      write <= 3 ? Promise.reject(write === 1 ? new Error('lost') : full) : Promise.resolve(),
    );
    const save = async () => (await one.save(() => Promise.resolve(state), {}, {})).stored;
    await expect(save()).rejects.toThrow('lost');
    await expect(save()).rejects.toThrow('No room');
    await expect(save()).resolves.toBeUndefined();
  });
});
