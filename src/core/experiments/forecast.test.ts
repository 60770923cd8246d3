import { describe, expect, it } from 'vitest';
import { runOf } from '../report/runs.fixture.ts';
import { presetConfig } from '../settings/config.ts';
import { experimentBytes, experimentSeconds, secondsLeft, secondsOf } from './forecast.ts';
import { itemsOf } from './items.ts';
import { experimentOf, PLAN } from './queue.fixture.ts';
import { withItem } from './queue.ts';
import type { Experiment } from './grid.ts';

const config = presetConfig('tiny', 10);
const size = { rows: 1_000, length: 64, vocabulary: 200 };
const planned = (change: Partial<Experiment>) => {
  const plan = { ...PLAN, ...change };
  return { plan, config, items: itemsOf(plan, 1) };
};

describe('what an experiment takes', () => {
  it('is an epoch of each run times its epochs', () => {
    const three = planned({ sweep: { learningRate: [0.1, 0.2, 0.3] } });
    expect(experimentSeconds(three, new Map([['lstm', 2]]), size)).toBeCloseTo(3 * 2 * config.epochs, 9);
    const epochs = planned({ sweep: { epochs: [1, 9] } });
    expect(experimentSeconds(epochs, new Map([['lstm', 2]]), size)).toBeCloseTo(2 * 10, 9);
    expect(experimentSeconds(three, new Map(), size)).toBe(0);
  });

  it('grows with what a configuration computes, and with its files', () => {
    const files = planned({ sweep: { trainFiles: [100, 200, null] } });
    expect(experimentSeconds(files, new Map([['lstm', 1]]), size)).toBeCloseTo(config.epochs * (1 + 2 + 10), 9);
    const wide = planned({ sweep: { hidden: [24, 240] } });
    expect(experimentSeconds(wide, new Map([['lstm', 1]]), size)).toBeGreaterThan(20 * config.epochs);
  });

  it('is less where halving drops a part', () => {
    const halving = { eta: 3, firstEpochs: 1 };
    const nine = planned({
      sweep: { learningRate: [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => n / 100), epochs: [9] },
      halving,
    });
    expect(experimentSeconds(nine, new Map([['lstm', 1]]), size)).toBeCloseTo(9 + 3 * 2 + 6, 9);
    expect(experimentBytes(nine, 200)).toBeGreaterThan(
      experimentBytes({ ...nine, plan: { ...nine.plan, halving: undefined } }, 200),
    );
  });
});

describe('the time that is left', () => {
  const done = runOf('lstm', [[2, 0.7]], { id: 'a-1-lstm', experiment: 'a', state: 'done' });
  const each = secondsOf(done);
  const ref = { experiment: 'a', item: 1 };
  const records = withItem([experimentOf('a')], ref, { state: 'done', runId: done.id });

  it('is what the runs of the same model have taken', () => {
    expect(each).toBeGreaterThan(0);
    expect(secondsLeft(records, [], null)).toBeNull();
    expect(secondsLeft(records, [done], null)).toBeCloseTo(2 * each, 9);
    const running = withItem(records, { experiment: 'a', item: 2 }, { state: 'running', runId: 'a-2-lstm' });
    const second = { ...done, id: 'a-2-lstm', state: 'training' as const };
    const current = { runId: 'a-2-lstm', left: 1, whole: each };
    expect(secondsLeft(running, [done, second], current)).toBeCloseTo(1 + each, 9);
  });
});
