import { expect, it } from 'vitest';
import {
  bandCounts,
  bandOf,
  differenceMarks,
  lineOf,
  lineTokens,
  mostDiffering,
  ordinal,
  sameTokens,
  stepOf,
  shownSurprise,
  surpriseMarks,
  tokenAt,
  unitMarks,
} from './colouring.ts';

const text = 'x = 1\n\ny';
const inspection = {
  tokens: ['x', '=', '<NUM_LIT:1>', '<EOL>', 'y'],
  starts: Int32Array.of(0, 2, 4, 5, 7),
  ends: Int32Array.of(1, 3, 5, 6, 8),
  bits: Float32Array.of(1, 0.25, 12, 3, 4),
  ranks: Int32Array.of(0, 4, 5, 99, 100),
  meanBits: 4,
  cached: null,
  fileEnd: { bits: 1, rank: 0 },
  trouble: null,
  beyond: 0,
};

it('puts ranks into bands', () => {
  expect([0, 1, 4, 5, 19, 20, 99, 100, 9_000].map(bandOf)).toEqual([0, 1, 1, 2, 2, 3, 3, 4, 4]);
  expect(bandCounts(inspection.ranks)).toEqual([1, 1, 1, 1, 1]);
  expect(surpriseMarks(inspection, inspection)[2]).toEqual({
    from: 4,
    to: 5,
    className: 'cm-band cm-band-2',
    title: '12.0 bits, 6th guess',
  });
});

it('shows the surprise with a cache where it is wanted and known', () => {
  const cached = { bits: Float32Array.of(1), ranks: Int32Array.of(3), meanBits: 1 };
  expect(shownSurprise({ ...inspection, cached }, true)).toBe(cached);
  expect(shownSurprise({ ...inspection, cached }, false).meanBits).toBe(4);
  expect(shownSurprise(inspection, true)).toBe(inspection);
});

it('counts guesses as people do', () => {
  expect([0, 1, 2, 3, 10, 11, 12, 20, 100, 110, 1_000].map(ordinal)).toEqual([
    '1st',
    '2nd',
    '3rd',
    '4th',
    '11th',
    '12th',
    '13th',
    '21st',
    '101st',
    '111th',
    '1,001st',
  ]);
});

it('has nine steps for the values of a unit, and one for a unit that stands still', () => {
  expect([-1, -0.9, -0.1, 0, 0.13, 0.5, 1, 7].map(stepOf)).toEqual([-4, -4, 0, 0, 1, 2, 4, 4]);
  const marks = unitMarks(inspection, Float32Array.of(0, 5, -5, 2.5, 0), 5);
  expect(marks.map(({ className }) => className)).toEqual([
    'cm-value cm-value-0',
    'cm-value cm-value-4',
    'cm-value cm-value--4',
    'cm-value cm-value-2',
    'cm-value cm-value-0',
  ]);
  expect(
    unitMarks(inspection, new Float32Array(5), 0).every(({ className }) => className === 'cm-value cm-value-0'),
  ).toBe(true);
});

it('holds two models against each other', () => {
  const other = { ...inspection, bits: Float32Array.of(1, 4.25, 2, 3, 4) };
  expect(sameTokens(inspection, other)).toBe(true);
  expect(sameTokens(inspection, { ...other, starts: Int32Array.of(0, 2, 4, 5, 6) })).toBe(false);
  expect(differenceMarks(inspection, other).map(({ className }) => className)).toEqual([
    'cm-value cm-value-0',
    'cm-value cm-value-4',
    'cm-value cm-value--4',
    'cm-value cm-value-0',
    'cm-value cm-value-0',
  ]);
  expect(mostDiffering(inspection, other, 2)).toEqual([
    { token: 2, bits: 10 },
    { token: 1, bits: -4 },
  ]);
});

it('finds the token at the cursor, and those of its line', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7, 8].map((cursor) => tokenAt(inspection, cursor))).toEqual([0, 0, 1, 1, 2, 2, 3, 4, 4]);
  expect([0, 5, 6, 7].map((place) => lineOf(text, place))).toEqual([1, 1, 2, 3]);
  expect(lineTokens(text, inspection, 3)).toEqual([0, 2]);
  expect(lineTokens(text, inspection, 6)).toBeNull();
  expect(lineTokens(text, inspection, 8)).toEqual([4, 4]);
});
