import { describe, expect, it } from 'vitest';
import type { Batch } from '#core/data/batches/batch.ts';
import { StepsInFlight } from './stepsInFlight.ts';
import type { StepResult } from './step.ts';

const none = new Float32Array();
const batch = (rows: number): Batch => ({
  rows,
  steps: 1,
  inputs: new Int32Array(),
  targets: new Int32Array(),
  counted: 0,
});

/** A device whose steps end when the test ends them. */
function device(most: number) {
  const begun: { resolve: (result: StepResult) => void; reject: (error: Error) => void }[] = [];
  const results: [rows: number, loss: number][] = [];
  const steps = new StepsInFlight({
    most,
    begin: () => new Promise((resolve, reject) => begun.push({ resolve, reject })),
    onResult: ({ rows }, { loss }) => results.push([rows, loss]),
  });
  const end = (index: number) =>
    begun[index]!.resolve({ step: index + 1, loss: index, gradientNorm: 1, layerNorms: [], losses: none, ranks: none });
  return { steps, begun, results, end };
}

const later = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('StepsInFlight', () => {
  it('begins the next step before the last is done, and no third', async () => {
    const { steps, begun, results, end } = device(2);
    await steps.begin(batch(10));
    expect(results).toEqual([]);
    let second = false;
    const begins = steps.begin(batch(11)).then(() => (second = true));
    await later();
    expect(begun.length).toBe(2);
    expect(second).toBe(false);
    end(0);
    await begins;
    expect(results).toEqual([[10, 0]]);
    end(1);
    await steps.settle();
    expect(results).toEqual([
      [10, 0],
      [11, 1],
    ]);
  });

  it('gives results in order though a later one is there first', async () => {
    const { steps, results, end } = device(2);
    await steps.begin(batch(10));
    const begins = steps.begin(batch(11));
    end(1);
    await later();
    expect(results).toEqual([]);
    end(0);
    await begins;
    await steps.settle();
    expect(results.map(([rows]) => rows)).toEqual([10, 11]);
  });

  it('waits for each step where only one may be under way', async () => {
    const { steps, results, end } = device(1);
    const begins = steps.begin(batch(10));
    end(0);
    await begins;
    expect(results).toEqual([[10, 0]]);
  });

  it('knows since when there is nothing to compute', async () => {
    const { steps, end } = device(2);
    expect(steps.idleSince).toBe(-Infinity);
    await steps.begin(batch(10));
    expect(steps.idleSince).toBeNull();
    end(0);
    await later();
    expect(steps.idleSince).toBeGreaterThan(0);
    await steps.settle();
    expect(steps.idleSince).toBe(-Infinity);
  });

  it('tells the failure of the step that failed, and leaves a later one alone', async () => {
    const { steps, begun } = device(2);
    await steps.begin(batch(10));
    const begins = steps.begin(batch(11));
    begun[1]!.reject(new Error('second'));
    begun[0]!.reject(new Error('first'));
    await expect(begins).rejects.toThrow('first');
  });
});
