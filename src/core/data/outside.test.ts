import { describe, expect, it } from 'vitest';
import { isNamed, outsideCode, outsideNumber, spreadCodes } from './outside.ts';

describe('outsideCode', () => {
  it.each([
    [1, true],
    [1, false],
    [32_767, true],
    [32_767, false],
  ])('keeps number %i and kind %s in 16 bits', (number, named) => {
    const code = outsideCode(number, named);
    expect(code).toBeLessThan(2 ** 16);
    expect([outsideNumber(code), isNamed(code)]).toEqual([number, named]);
  });

  it('keeps the kind alone of a text that has too large a number', () => {
    const code = outsideCode(32_768, true);
    expect([outsideNumber(code), isNamed(code)]).toEqual([0, true]);
  });
});

it('spreadCodes gives each <UNK> its code in order, and other tokens none', () => {
  const ids = Uint16Array.of(2, 1, 5, 1, 1, 0);
  expect([...spreadCodes(ids, Uint16Array.of(3, 4, 3))]).toEqual([0, 3, 0, 4, 3, 0]);
  expect([...spreadCodes(ids, Uint16Array.of(3))]).toEqual([0, 3, 0, 0, 0, 0]);
});
