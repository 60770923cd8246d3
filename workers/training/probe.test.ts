import { describe, expect, it } from 'vitest';
import { presetConfig } from '#core/settings/config.ts';
import { modelSpec } from '#core/models/spec.ts';
import { epochSeconds, lineThrough, rowsToTime } from './probe.ts';

describe('lineThrough', () => {
  const line = (short: number, long: number) => lineThrough({ steps: 4, seconds: short }, { steps: 20, seconds: long });

  it('tells what a batch costs by itself from what a time step adds', () => {
    expect(line(1, 3)).toEqual({ fixed: 0.5, perTimeStep: 0.125 });
  });

  it('has no cost below zero, whatever the noise', () => {
    expect(line(3, 1)).toEqual({ fixed: 1, perTimeStep: 0 });
    expect(line(1, 10)).toEqual({ fixed: 0, perTimeStep: 0.5 });
  });

  it('takes one length for all there is', () => {
    const point = { steps: 1, seconds: 2 };
    expect(lineThrough(point, { ...point, seconds: 3 })).toEqual({ fixed: 3, perTimeStep: 0 });
  });
});

describe('epochSeconds', () => {
  const cost = {
    training: { fixed: 1, perTimeStep: 0.1 },
    evaluation: { fixed: 0.01, perTimeStep: 0.03 },
    rows: 2,
  };
  const work = { train: [11, 11, 11, 11], validation: [7], batch: 2, seed: 1, length: 1000 };

  it('adds up the time steps of every batch', () => {
    // Two batches with 10 time steps, and half a batch with 6.
    expect(epochSeconds(cost, work)).toBeCloseTo(2 + 0.1 * 20 + 0.01 + (0.03 * 6) / 2, 9);
  });

  it('cuts rows where training does', () => {
    expect(epochSeconds(cost, { ...work, length: 6 })).toBeCloseTo(2 + 0.1 * 10 + 0.01 + (0.03 * 5) / 2, 9);
  });

  it('goes by the longest row of a batch, and by one time step at the least', () => {
    expect(epochSeconds(cost, { ...work, train: [3, 11], validation: [] })).toBeCloseTo(1 + 0.1 * 10, 9);
    expect(epochSeconds(cost, { ...work, train: [0, 1], validation: [] })).toBeCloseTo(1 + 0.1, 9);
  });

  it('counts a batch of more rows than were timed by its rows', () => {
    expect(epochSeconds({ ...cost, rows: 1 }, { ...work, validation: [] })).toBeCloseTo(2 + 2 * 0.1 * 20, 9);
  });

  it('takes no time for no rows', () => {
    expect(epochSeconds(cost, { ...work, train: [], validation: [] })).toBe(0);
  });
});

describe('rowsToTime', () => {
  const spec = (preset: 'task' | 'tiny') => modelSpec('lstm', presetConfig(preset, 100), 10_000);

  it('is the batch where that takes no longer than a probe may', () => {
    expect(rowsToTime(spec('task'), 8, 'cpu')).toBe(8);
    expect(rowsToTime(spec('task'), 32, 'webgpu')).toBe(32);
    expect(rowsToTime(spec('tiny'), 512, 'cpu')).toBe(512);
  });

  it('is less where it would, and one at the least', () => {
    expect(rowsToTime(spec('task'), 512, 'cpu')).toBe(9);
    expect(rowsToTime({ ...spec('task'), hidden: 2048, tokens: 65_536 }, 8, 'reference')).toBe(1);
  });
});
