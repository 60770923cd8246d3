import { describe, expect, it } from 'vitest';
import type { TrainingProgress } from '#core/runs/training.ts';
import { NO_STEPS } from '#core/runs/stepTable.ts';
import { modelPlace, shareDone } from './progress.ts';

const progress = (changes: Partial<TrainingProgress>): TrainingProgress => ({
  runId: 'r',
  phase: 'training',
  epoch: 1,
  epochs: 4,
  step: 0,
  steps: 100,
  part: 0,
  tokensPerSecond: null,
  stepsPerSecond: null,
  dataWaitShare: null,
  secondsLeft: null,
  deviceBytes: 0,
  points: NO_STEPS,
  ...changes,
});

describe('shareDone', () => {
  it('only grows along a run', () => {
    const way = [
      progress({ phase: 'preparing', steps: 0 }),
      progress({ step: 50 }),
      progress({ step: 100 }),
      progress({ phase: 'validating', step: 1, steps: 10 }),
      progress({ phase: 'validating', step: 10, steps: 10 }),
      progress({ epoch: 2, step: 3 }),
      progress({ epoch: 4, phase: 'validating', step: 9, steps: 10 }),
      progress({ epoch: 4, phase: 'testing', step: 1, steps: 10 }),
    ].map(shareDone);
    expect(way).toEqual([...way].toSorted((a, b) => a - b));
    expect(way[0]).toBe(0);
    expect(way.at(-1)).toBe(1);
  });
});

describe('modelPlace', () => {
  it('counts from one, over all models asked for', () => {
    const activity = { state: 'training', experiment: 'e', models: ['rnn', 'lstm', 'residual'] } as const;
    expect(modelPlace({ ...activity, runIds: ['a', 'b'], current: 'b' })).toEqual({ at: 2, of: 3 });
    expect(modelPlace({ ...activity, runIds: [], current: null })).toBeNull();
    expect(modelPlace({ state: 'idle' })).toBeNull();
  });
});
