import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventCoalescer } from './eventCoalescer.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function page() {
  const applied: string[] = [];
  const coalescer = new EventCoalescer<string>(
    (event) => applied.push(event),
    (event) => event !== 'now',
  );
  return { applied, coalescer };
}

describe('EventCoalescer', () => {
  it('applies each event at once while the page keeps up', () => {
    const { applied, coalescer } = page();
    for (const event of ['a', 'b', 'c']) {
      coalescer.push(event);
      expect(applied.at(-1)).toBe(event);
      vi.advanceTimersByTime(200);
    }
  });

  it('holds events back while the last is being drawn, and applies them together, in order', () => {
    const { applied, coalescer } = page();
    coalescer.push('a');
    coalescer.push('b');
    coalescer.push('c');
    expect(applied).toEqual(['a']);
    vi.advanceTimersByTime(10);
    expect(applied).toEqual(['a', 'b', 'c']);
  });

  it('applies the events that wait before one that cannot', () => {
    const { applied, coalescer } = page();
    for (const event of ['a', 'b', 'now', 'c']) coalescer.push(event);
    expect(applied).toEqual(['a', 'b', 'now']);
    coalescer.flush();
    expect(applied).toEqual(['a', 'b', 'now', 'c']);
    coalescer.flush();
    expect(applied).toHaveLength(4);
  });

  it('holds events back for a second at most, even where no timer runs', () => {
    const { applied, coalescer } = page();
    coalescer.push('a');
    // no timer runs
    vi.setSystemTime(Date.now() + 1_100);
    const now = performance.now();
    vi.spyOn(performance, 'now').mockReturnValue(now + 1_100);
    coalescer.push('b');
    expect(applied).toEqual(['a', 'b']);
    vi.restoreAllMocks();
  });
});
