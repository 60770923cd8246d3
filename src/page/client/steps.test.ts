import { describe, expect, it } from 'vitest';
import { NO_STEPS, stepTable, type StepTable } from '#core/runs/stepTable.ts';
import { appendSteps, bounded, DRAWN_STEPS } from './steps.ts';

const steps = (from: number, to: number): StepTable =>
  stepTable(
    Array.from({ length: to - from + 1 }, (_, i) => ({
      step: from + i,
      loss: from + i === 7_777 ? 99 : 9 / (from + i),
      gradientNorm: 1,
      tokens: 10 * (from + i),
      seconds: from + i,
      layerNorms: [1, 2, 3, from + i],
    })),
  );

describe('steps of a run', () => {
  it('take in what is later and nothing twice', () => {
    expect([...appendSteps(steps(1, 3), steps(2, 5)).step]).toEqual([1, 2, 3, 4, 5]);
    const held = steps(1, 3);
    expect(appendSteps(held, steps(1, 2))).toBe(held);
    expect(appendSteps(held, NO_STEPS)).toBe(held);
  });

  it('stay bounded over a long run, its spike and its columns kept', () => {
    let held = NO_STEPS;
    for (let at = 1; at < 30_000; at += 10) held = appendSteps(held, steps(at, at + 9));
    expect(held.step.length).toBeLessThanOrEqual(2 * DRAWN_STEPS);
    expect([held.step[0], held.step.at(-1)]).toEqual([1, 30_000]);
    expect(Math.max(...held.loss)).toBe(99);
    for (const [row, step] of held.step.entries()) {
      expect(held.tokens[row]).toBe(10 * step);
      expect(held.layerNorms[row * 4 + 3]).toBe(step);
    }
  });

  it('leave a short table as it is', () => {
    const table = steps(1, 2 * DRAWN_STEPS);
    expect(bounded(table)).toBe(table);
  });
});
