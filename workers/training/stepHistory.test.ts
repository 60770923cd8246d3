import { expect, it } from 'vitest';
import { StepHistory } from './stepHistory.ts';

it('keeps every step of a short run, and evenly fewer of a long one', () => {
  const history = new StepHistory();
  const record = (step: number) => ({
    step,
    loss: 1 / step,
    gradientNorm: 1,
    tokens: step,
    seconds: step,
    layerNorms: [1, 2, 3, 4],
  });
  for (let step = 1; step <= 1500; step++) history.add(record(step));
  expect([...history.table().step]).toEqual(Array.from({ length: 1500 }, (_, i) => i + 1));
  for (let step = 1501; step <= 100_000; step++) history.add(record(step));
  const steps = [...history.table().step];
  expect(steps.length).toBeLessThan(2000);
  expect(steps.length).toBeGreaterThan(900);
  expect(new Set(steps.slice(1).map((step, i) => step - steps[i]!)).size).toBe(1);
});
