import { describe, expect, it } from 'vitest';
import { rangeOf } from './Histogram.tsx';

describe('the name of a bar', () => {
  it('gives its first and last value', () => {
    expect(rangeOf({ from: 560, to: 1000, count: 1 })).toBe('560–999');
    expect(rangeOf({ from: 1000, to: 1300, count: 0 })).toBe('1,000–1,299');
    expect(rangeOf({ from: 2, to: 3, count: 1 })).toBe('2');
  });
});
