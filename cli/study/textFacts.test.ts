import { expect, it } from 'vitest';
import { OVERLAP_TOKENS, textFactsOf } from './textFacts.ts';

const LENGTH = 16;
const row = (...ids: readonly number[]) => Uint16Array.from({ length: LENGTH }, (_, i) => ids[i] ?? 0);
const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);
const manifest = {
  id: 'small',
  sha256: 'ab'.repeat(32),
  // ids 2 to 21
  vocabulary: { tokens: range(0, 20).map((i) => `t${i}`), counts: range(1, 20) },
};

it('counts what no training row holds, and what the test text shares with training', () => {
  const train = [row(...range(2, 12)), row(3, 4)];
  const test = [
    row(...range(2, 12)), // a copy
    row(...range(2, 11), 21), // two pieces, the first of them known; 21 was never trained
    row(1, 1, 14), // two unknown tokens, the first of them not a target; too short for a piece
    row(),
  ];
  const facts = textFactsOf(manifest, { train, test }, null);
  expect(facts.vocabulary).toEqual({ tokens: 20, untrained: 8 });
  expect(facts.test).toEqual({
    files: 4,
    targets: 11 + 11 + 2,
    unknown: 1,
    // 21 and 14; <UNK> is not a token of the vocabulary
    untrained: 2,
    copies: 1,
    seen: [1, 2 / 3, null, null],
  });
  expect(OVERLAP_TOKENS).toBe(10);
});

it('looks at the training rows that are used, and no others', () => {
  const train = [row(2, 3), row(4, 5)];
  expect(textFactsOf(manifest, { train, test: [row(2, 4)] }, 1)).toMatchObject({
    trainRows: 1,
    vocabulary: { untrained: 18 },
    test: { untrained: 1 },
  });
});
