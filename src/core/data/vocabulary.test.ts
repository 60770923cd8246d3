import { describe, expect, it } from 'vitest';
import { mostCommon, PAD_ID, ignoredIds, UNK_ID, Vocabulary } from './vocabulary.ts';

describe('mostCommon', () => {
  it('orders by count, ties by first appearance, as Counter.most_common', () => {
    const counts = new Map([
      ['b', 2],
      ['a', 2],
      ['c', 3],
      ['d', 2],
    ]);
    expect(mostCommon(counts, 3)).toEqual([
      ['c', 3],
      ['b', 2],
      ['a', 2],
    ]);
    expect(mostCommon(counts, 10)).toHaveLength(4);
    expect(mostCommon(new Map(), 10)).toEqual([]);
  });
});

describe('Vocabulary', () => {
  const vocabulary = new Vocabulary(['<EOL>', '(', '<s>', '</s>']);

  it('looks up ids and tokens, PAD and UNK before all others', () => {
    expect(vocabulary.size).toBe(6);
    expect(vocabulary.id('<EOL>')).toBe(2);
    expect(vocabulary.id('</s>')).toBe(5);
    expect(vocabulary.id('never seen')).toBe(UNK_ID);
    expect(vocabulary.id('constructor')).toBe(UNK_ID);
    expect([PAD_ID, UNK_ID, 2, 5].map((id) => vocabulary.token(id))).toEqual(['<PAD>', '<UNK>', '<EOL>', '</s>']);
    expect(() => vocabulary.token(6)).toThrow(RangeError);
  });

  it('names the silent ids it has', () => {
    expect(ignoredIds(vocabulary.tokens)).toEqual(new Set([2, 4, 5]));
    expect(ignoredIds(['x'])).toEqual(new Set());
  });
});
