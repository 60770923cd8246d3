import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pacing } from './pacing.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function page() {
  const applied: string[] = [];
  const pacing = new Pacing<string>(
    (event) => applied.push(event),
    (event) => event !== 'now',
  );
  return { applied, pacing };
}

describe('news of a training', () => {
  it('is applied at once while the page keeps up', () => {
    const { applied, pacing } = page();
    for (const event of ['a', 'b', 'c']) {
      pacing.take(event);
      expect(applied.at(-1)).toBe(event);
      vi.advanceTimersByTime(200);
    }
  });

  it('waits while the last is being drawn, and is then applied together, in order', () => {
    const { applied, pacing } = page();
    pacing.take('a');
    pacing.take('b');
    pacing.take('c');
    expect(applied).toEqual(['a']);
    vi.advanceTimersByTime(10);
    expect(applied).toEqual(['a', 'b', 'c']);
  });

  it('is taken along by what cannot wait', () => {
    const { applied, pacing } = page();
    for (const event of ['a', 'b', 'now', 'c']) pacing.take(event);
    expect(applied).toEqual(['a', 'b', 'now']);
    pacing.flush();
    expect(applied).toEqual(['a', 'b', 'now', 'c']);
    pacing.flush();
    expect(applied).toHaveLength(4);
  });

  it('waits a second at most, whatever timers do', () => {
    const { applied, pacing } = page();
    pacing.take('a');
    // no timer runs
    vi.setSystemTime(Date.now() + 1_100);
    const now = performance.now();
    vi.spyOn(performance, 'now').mockReturnValue(now + 1_100);
    pacing.take('b');
    expect(applied).toEqual(['a', 'b']);
    vi.restoreAllMocks();
  });
});
