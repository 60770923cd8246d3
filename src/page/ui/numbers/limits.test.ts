import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { limitsOf, limitsProblem, stepped } from './limits.ts';

const rate = limitsOf(z.number().positive().max(1));
const rows = limitsOf(z.int().min(1).max(10_000).nullable());

describe('limitsOf', () => {
  it('reads them from the schema, also where the number has a default or may be null', () => {
    expect(rate).toEqual({ whole: false, min: 0, max: 1, aboveMin: true });
    expect(rows).toEqual({ whole: true, min: 1, max: 10_000, aboveMin: false });
    expect(limitsOf(z.number().min(-10).max(10).default(0))).toMatchObject({ whole: false, min: -10 });
  });
});

describe('limitsProblem', () => {
  it('says which numbers can be taken, as the locale writes them', () => {
    expect(limitsProblem(0, rows, 'en-US')).toBe('A whole number from 1 to 10,000.');
    expect(limitsProblem(1.5, rows, 'de-DE')).toBe('A whole number from 1 to 10.000.');
    expect(limitsProblem(NaN, rows, 'en-US')).not.toBeNull();
    expect(limitsProblem(0, rate, 'en-US')).toBe('A number above 0 and up to 1.');
    expect(limitsProblem(4, { whole: false, min: 0.05, max: 3 }, 'de-DE')).toBe('A number from 0,05 to 3.');
    expect(limitsProblem(1, rows, 'en-US')).toBeNull();
    expect(limitsProblem(1e-7, rate, 'en-US')).toBeNull();
  });
});

describe('stepped', () => {
  it('adds decimals as people do', () => {
    let value = 0;
    for (let i = 0; i < 10; i++) value = stepped(value, 0.1, { whole: false, min: 0, max: 3 });
    expect(value).toBe(1);
    expect(stepped(1e-7, 0.001, rate)).toBe(0.0010001);
    expect(stepped(0.3, -0.1, rate)).toBe(0.2);
  });

  it('stays within the limits', () => {
    expect(stepped(1, -50, rows)).toBe(1);
    expect(stepped(9_990, 50, rows)).toBe(10_000);
    expect(stepped(70_000, 1, rows)).toBe(10_000);
    expect(stepped(0.001, -0.001, rate)).toBe(0.001);
    expect(stepped(1.5, 1, rows)).toBe(3);
  });
});
