import { expect, it } from 'vitest';
import { SavingPace } from './pace.ts';

it('saves every twenty seconds where that costs next to nothing', () => {
  const pace = new SavingPace(0);
  expect(pace.due(19_999)).toBe(false);
  expect(pace.due(20_000)).toBe(true);
  pace.saved(20_000, 10);
  expect([pace.due(39_999), pace.due(40_000)]).toEqual([false, true]);
});

it('spends less than a fiftieth of all the time, but lets no more than ten minutes go by', () => {
  const pace = new SavingPace(0);
  pace.saved(0, 3_000);
  // 6,000 ms are 1.5% of 400,000 ms
  expect([pace.due(399_999), pace.due(400_000)]).toEqual([false, true]);
  pace.saved(400_000, 60_000);
  expect([pace.due(999_999), pace.due(1_000_000)]).toEqual([false, true]);
  expect(pace.spent).toBe(63_000);
});

it('holds to its share over hours of epochs that save themselves', () => {
  const [cost, epoch] = [4_400, 550_000];
  const pace = new SavingPace(0);
  let saves = 0;
  for (let now = 1_000; now <= 20 * epoch; now += 1_000) {
    if (now % epoch === 0 || pace.due(now)) {
      pace.saved(now, cost);
      saves++;
    }
  }
  expect(pace.spent / (20 * epoch)).toBeLessThan(0.0155);
  // more saves than at the ends of epochs alone
  expect(saves).toBeGreaterThan(30);
});
