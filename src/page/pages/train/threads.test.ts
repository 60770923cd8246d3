import { describe, expect, it } from 'vitest';
import type { DeviceReport } from '#core/devices.ts';
import { threadsOf, threadsProblem } from './threads.ts';

const CORES = 4;
const devices: DeviceReport = { chosen: 'cpu', why: '', options: [] };

describe('threads', () => {
  it('are those that were typed, or all cores but one', () => {
    expect(threadsOf({ threads: 4, device: 'auto' }, devices, CORES)).toBe(4);
    expect(threadsOf({ threads: null, device: 'auto' }, devices, CORES)).toBe(3);
    expect(threadsProblem(null, CORES)).toBeNull();
  });

  it('are none while what was typed is wrong, unless the device has no use for them', () => {
    const wrong = { text: '1e', problem: 'Unfinished: digits are missing after the e.' };
    expect(threadsProblem(wrong, CORES)).toBe(wrong.problem);
    for (const threads of [wrong, 0, 5, 0.5]) {
      expect(threadsProblem(threads, CORES)).not.toBeNull();
      expect(threadsOf({ threads, device: 'auto' }, devices, CORES)).toBeNull();
      expect(threadsOf({ threads, device: 'webgpu' }, devices, CORES)).toBe(3);
    }
  });
});
