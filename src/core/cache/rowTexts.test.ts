import { describe, expect, it } from 'vitest';
import { outsideCode } from '../data/outside.ts';
import { nameFlags, NO_SLOT, rowTexts, TEXTLESS } from './rowTexts.ts';

const tokens = ['<s>', '(', 'x', 'self', '</s>', 'rare'];
const [START, BRACKET, X, SELF, END, RARE] = tokens.map((_, index) => index + 2) as [
  number,
  number,
  number,
  number,
  number,
  number,
];
const names = nameFlags(tokens);
const none = new Uint16Array(20);

describe('rowTexts', () => {
  it('numbers texts in order of first occurrence, and leaves the first token and padding out', () => {
    const row = [START, X, BRACKET, X, SELF, END, 0, 0];
    const { slots, ids, names: named } = rowTexts(row, none, tokens.length + 2, names);
    expect([...slots]).toEqual([1, 2, 1, 3, 4, NO_SLOT, NO_SLOT]);
    expect([...ids]).toEqual([1, X, BRACKET, SELF, END]);
    expect(named).toEqual([false, true, false, true, false]);
  });

  it('tells outside texts apart by their number, and from tokens that only the smaller vocabulary of the model lacks', () => {
    const row = [START, 1, RARE, 1, 1, RARE];
    const outside = [0, outsideCode(1, true), 0, outsideCode(2, false), outsideCode(1, true), 0];
    const { slots, ids, names: named } = rowTexts(row, outside, RARE, names);
    expect([...slots]).toEqual([1, 2, 3, 1, 2]);
    expect([...ids]).toEqual([1, 1, 1, 1]);
    expect(named).toEqual([false, true, true, false]);
  });

  it('has a slot for outside tokens without a number', () => {
    const { slots } = rowTexts([START, 1, X, 1], none, tokens.length + 2, names);
    expect([...slots]).toEqual([TEXTLESS, 1, TEXTLESS]);
  });

  it.each([[[]], [[START]], [[0, 0]]])('has no targets in a row %j', (row) => {
    const { slots, ids } = rowTexts(row, none, 8, names);
    expect([...slots].filter((slot) => slot !== NO_SLOT)).toEqual([]);
    expect([...ids]).toEqual([1]);
  });
});
