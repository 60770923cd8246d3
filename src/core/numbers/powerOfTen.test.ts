import { expect, it } from 'vitest';
import { powerText, timesPower } from './powerOfTen.ts';

it('writes any number in three digits and a power of ten', () => {
  expect([520_790_693, 1e9, 9.9999e9, -3.456e-8, 0].map(powerText)).toEqual([
    '5.21×10⁸',
    '1.00×10⁹',
    '1.00×10¹⁰',
    '−3.46×10⁻⁸',
    '0',
  ]);
  expect(timesPower('1', 300)).toBe('10³⁰⁰');
  expect(timesPower('−1', -4)).toBe('−10⁻⁴');
});
