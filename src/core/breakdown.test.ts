import { describe, expect, it } from 'vitest';
import {
  BREAKDOWN_GROUPS,
  BreakdownSum,
  GROUP_SUMS,
  kindOf,
  measuresOfSums,
  OVERALL_SUMS,
  parseBreakdown,
  placesOfRows,
  type Breakdown,
} from './breakdown.ts';
import { PAD_ID, silentIds } from './dataset/vocabulary.ts';
import { MeasureSum } from './measures.ts';
import { streamFor } from './random/stream.ts';

const dataset = { id: 'small', sha256: 'ab'.repeat(32) };
const tokens = [
  '<s>',
  '<EOL>',
  '</s>',
  'import',
  'x',
  '(',
  '"<STR_LIT>"',
  ...Array.from({ length: 20 }, (_, i) => `n${i}`),
];

describe('kindOf', () => {
  it.each([
    ['keyword', ['def', 'None', 'async', 'yield']],
    ['name', ['x', '_a1', 'print', 'match', 'größe', 'exec']],
    ['operator', ['(', '==', '->', '...', ':=', '`', '$', '?', '!']],
    [
      'literal',
      ['<NUM_LIT>', '<NUM_LIT:1>', '"<STR_LIT>"', "rb'<STR_LIT:utf-8>'", '"""<STR_LIT>"""', '3.5', '.5', "u''", '0xff'],
    ],
    ['end of line', ['<EOL>']],
    ['end of file', ['</s>']],
  ] as const)('%s', (kind, some) => {
    for (const token of some) expect(kindOf(token), token).toBe(kind);
  });
});

describe('placesOfRows', () => {
  it('begins a file at each row that begins with <s>, and goes on counting in those that do not', () => {
    const places = placesOfRows([2, 9, 9, 2, 2], [10, 10, 4, 7, 2], tokens);
    expect(places.files).toBe(3);
    expect([...places.file]).toEqual([0, 0, 0, 1, 2]);
    expect([...places.before]).toEqual([0, 10, 20, 0, 0]);
  });

  it('takes each row for a file where no token marks a beginning, and a first row for one in any case', () => {
    expect([...placesOfRows([5, 5], [3, 3], ['a']).file]).toEqual([0, 1]);
    expect([...placesOfRows([9, 2], [3, 3], tokens).file]).toEqual([0, 1]);
    expect(placesOfRows([], [], tokens).files).toBe(0);
  });
});

/** Three files in four rows, with padding. */
function filled(): { breakdown: Breakdown; whole: MeasureSum } {
  const random = streamFor(1, 'breakdown');
  const lengths = [12, 5, 1, 30];
  const sum = new BreakdownSum(dataset, placesOfRows([2, 9, 2, 2], lengths, tokens), tokens);
  const whole = new MeasureSum(silentIds(tokens));
  for (const [row, length] of lengths.entries()) {
    const targets = Array.from({ length: 29 }, (_, t) =>
      t < length - 1 ? 1 + random.below(tokens.length + 1) : PAD_ID,
    );
    const losses = targets.map(() => random.below(1024) / 128);
    const ranks = targets.map(() => random.below(8));
    sum.add(row, targets, losses, ranks);
    whole.add(targets, losses, ranks);
  }
  return { breakdown: sum.result(), whole };
}

describe('BreakdownSum', () => {
  const { breakdown, whole } = filled();
  const columnsOf = (values: Float32Array, columns: number) =>
    Array.from({ length: columns }, (_, c) =>
      values.reduce((sum, value, i) => sum + (i % columns === c ? value : 0), 0),
    );

  it('adds up to the measures of the split', () => {
    expect(breakdown.files).toBe(3);
    expect(measuresOfSums(columnsOf(breakdown.overall, OVERALL_SUMS.length))).toEqual(whole.measures());
  });

  it('puts every target into one group of each dimension', () => {
    for (let file = 0; file < breakdown.files; file++) {
      const [counted, , , unknown] = breakdown.overall.subarray(file * OVERALL_SUMS.length);
      const groups = BREAKDOWN_GROUPS.map((group, at) => ({
        ...group,
        counted: breakdown.grouped[(file * BREAKDOWN_GROUPS.length + at) * GROUP_SUMS.length]!,
      }));
      for (const dimension of ['kind', 'position', 'frequency']) {
        const all = groups.filter((group) => group.dimension === dimension);
        expect(
          all.reduce((sum, group) => sum + group.counted, 0),
          dimension,
        ).toBe(counted);
      }
      for (const group of groups.filter(({ name }) => name === 'unknown')) expect(group.counted).toBe(unknown);
    }
  });

  it('goes on counting places in a file that is kept in several rows', () => {
    const at = BREAKDOWN_GROUPS.findIndex(({ name }) => name === '1–15');
    // 11 targets in the first row; the second begins at place 13
    expect(breakdown.grouped[at * GROUP_SUMS.length]).toBe(11 + 3);
  });
});

describe('parseBreakdown', () => {
  const { breakdown } = filled();

  it('takes what was stored', () => {
    expect(parseBreakdown(structuredClone(breakdown), 'x')).toEqual(breakdown);
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['a later version', { ...breakdown, schema: 2 }],
    ['too few sums', { ...breakdown, overall: new Float32Array(3) }],
    ['more files than sums', { ...breakdown, files: 4 }],
    ['a sum below zero', { ...breakdown, overall: breakdown.overall.map((value, i) => (i === 3 ? -1 : value)) }],
    ['a sum that is no number', { ...breakdown, grouped: breakdown.grouped.map(() => Number.NaN) }],
    ['an endless list of groups', { ...breakdown, groups: Array(1000).fill(breakdown.groups[0]) }],
  ])('refuses %s', (_, value) => {
    expect(() => parseBreakdown(value, 'LSTM 3')).toThrow('What LSTM 3 says of each test file is damaged.');
  });
});
