import { expect, it } from 'vitest';
import { SavingPace } from './pace.ts';

it('saves every twenty seconds where that costs next to nothing', () => {
  const pace = new SavingPace(0);
  expect(pace.due(19_999)).toBe(false);
  expect(pace.due(20_000)).toBe(true);
  pace.saved(20_000, 10);
  expect([pace.due(39_999), pace.due(40_000)]).toEqual([false, true]);
});

it('spends a fiftieth of the time at most, but lets no more than ten minutes go by', () => {
  const pace = new SavingPace(0);
  pace.saved(0, 2_000);
  expect([pace.due(99_999), pace.due(100_000)]).toEqual([false, true]);
  pace.saved(100_000, 60_000);
  expect([pace.due(699_999), pace.due(700_000)]).toEqual([false, true]);
  expect(pace.spent).toBe(62_000);
});
