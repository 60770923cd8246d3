import { describe, expect, it } from 'vitest';
import type { StepRecord } from '../core/run.ts';
import { appendSteps, DRAWN_STEPS, joinSteps } from './steps.ts';

const steps = (from: number, to: number): StepRecord[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ step: from + i, loss: 9 / (from + i), gradientNorm: 1 }));

describe('steps of a run', () => {
  it('take in what is later and nothing twice', () => {
    expect(appendSteps(steps(1, 3), steps(2, 5)).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
    const held = steps(1, 3);
    expect(appendSteps(held, steps(1, 2))).toBe(held);
  });

  it('stay bounded over a long run', () => {
    let held: readonly StepRecord[] = [];
    for (let at = 1; at < 30_000; at += 10) held = appendSteps(held, steps(at, at + 9));
    expect(held.length).toBeLessThanOrEqual(2 * DRAWN_STEPS);
    expect(held[0]?.step).toBe(1);
    expect(held.at(-1)?.step).toBe(30_000);
  });

  it('prefer what the record holds, and keep what is later', () => {
    const recorded = [{ step: 4, loss: 1, gradientNorm: 2 }];
    expect(joinSteps(recorded, steps(1, 6)).map(({ step }) => step)).toEqual([4, 5, 6]);
    const live = steps(1, 6);
    expect(joinSteps([], live)).toBe(live);
  });
});
