import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { rateOfStep, SCHEDULES, type Schedule } from './schedules.ts';
import { keysOf } from '../records.ts';

const caseSchema = z.object({
  schedule: z.enum(keysOf(SCHEDULES)),
  rate: z.number(),
  warmup: z.number(),
  epochs: z.int(),
  stepsAnEpoch: z.int(),
  /** Validation loss after each epoch. */
  validationLosses: z.array(z.number()),
  /** PyTorch's learning rate at each step. */
  rates: z.array(z.number()),
});
const oracle = new URL('../../../pytorch/oracle/schedules.json', import.meta.url);
const { cases } = z.object({ cases: z.array(caseSchema) }).parse(JSON.parse(readFileSync(oracle, 'utf8')));

function ratesOf(schedule: Schedule, totalSteps: number, warmup: number): number[] {
  return Array.from({ length: totalSteps }, (_, step) =>
    rateOfStep({ learningRate: 1, schedule, warmup }, { step, totalSteps, validationLosses: [] }),
  );
}

describe('the rate of a step', () => {
  it.each(cases)(
    "is PyTorch's: $schedule, warm-up $warmup, $epochs epochs of $stepsAnEpoch steps",
    ({ schedule, rate, warmup, epochs, stepsAnEpoch, validationLosses, rates }) => {
      const totalSteps = epochs * stepsAnEpoch;
      expect(rates).toHaveLength(totalSteps);
      for (const [step, expected] of rates.entries()) {
        const losses = validationLosses.slice(0, Math.floor(step / stepsAnEpoch));
        const own = rateOfStep(
          { learningRate: rate, schedule, warmup },
          { step, totalSteps, validationLosses: losses },
        );
        expect(Math.abs(own - expected)).toBeLessThanOrEqual(1e-12 * rate);
      }
    },
  );

  it('has cases of every schedule', () => {
    expect(new Set(cases.map(({ schedule }) => schedule))).toEqual(new Set(keysOf(SCHEDULES)));
  });

  it.each(keysOf(SCHEDULES))(
    'is a positive number up to the learning rate in trainings of any length: %s',
    (schedule) => {
      for (const steps of [1, 2, 3, 10]) {
        for (const warmup of [0, 0.05, 0.1, 0.5, 1]) {
          for (const rate of ratesOf(schedule, steps, warmup)) {
            expect(rate).toBeGreaterThan(0);
            expect(rate).toBeLessThanOrEqual(1);
          }
        }
      }
    },
  );

  it('is the learning rate itself where it is constant', () => {
    expect(ratesOf('constant', 3, 0.5)).toEqual([1, 1, 1]);
  });

  it('is halved after a loss that is no number', () => {
    const rate = (validationLosses: number[]) =>
      rateOfStep({ learningRate: 1, schedule: 'plateau', warmup: 0 }, { step: 0, totalSteps: 9, validationLosses });
    expect([[], [3], [3, NaN], [3, NaN, Infinity], [3, NaN, 2]].map(rate)).toEqual([1, 1, 0.5, 0.25, 0.5]);
  });
});
