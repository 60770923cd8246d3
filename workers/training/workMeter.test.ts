import { expect, it } from 'vitest';
import { WorkMeter } from './workMeter.ts';

it('tells how far the oldest step under way is', () => {
  const device = { given: 100, done: 100 };
  const meter = new WorkMeter(device);
  expect(meter.part).toBe(0);
  expect(meter.begin(() => (device.given = 300))).toBe(300);
  meter.begin(() => (device.given = 400));
  device.done = 150;
  expect(meter.part).toBe(0.25);
  device.done = 350;
  expect(meter.part).toBe(1);
  meter.end();
  expect(meter.part).toBe(0.5);
  meter.end();
  expect(meter.part).toBe(0);
});

it('tells nothing of a device that does not tell, or of a step without work', () => {
  const silent = new WorkMeter(null);
  silent.begin(() => {});
  expect(silent.part).toBe(0);
  const idle = new WorkMeter({ given: 5, done: 5 });
  idle.begin(() => {});
  expect(idle.part).toBe(0);
});
