import { describe, expect, it } from 'vitest';
import { StepClock } from './stepClock.ts';

describe('StepClock', () => {
  it('takes the time from the end of one step to the end of the next, pauses left out', () => {
    const clock = new StepClock(1_000);
    expect(clock.ended(3_000)).toBe(2);
    expect(clock.ended(3_500)).toBe(0.5);
    clock.paused(10);
    expect(clock.ended(14_500)).toBe(1);
    expect(clock.seconds).toBe(3.5);
  });

  it('counts a wait for data only while nothing was computed', () => {
    const clock = new StepClock(0);
    clock.waitedForData(2, 2_000, -Infinity);
    expect(clock.dataWaitSeconds).toBe(2);
    // The device was still computing when the data arrived.
    clock.waitedForData(3, 6_000, null);
    expect(clock.dataWaitSeconds).toBe(2);
    // The device was done half a second before the data arrived.
    clock.waitedForData(3, 10_000, 9_500);
    expect(clock.dataWaitSeconds).toBe(2.5);
  });
});
