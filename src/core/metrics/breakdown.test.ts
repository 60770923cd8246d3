import { array, assert, boolean, integer, nat, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BREAKDOWN_GROUPS,
  BreakdownSum,
  namedSums,
  parseBreakdown,
  rowPositions,
  type Breakdown,
} from './breakdown.ts';
import { PAD_ID, ignoredIds, SPECIAL_IDS, UNK_ID } from '../data/vocabulary.ts';
import { MeasureSum, measuresOfSums } from './measures.ts';
import { GROUP_SUM_NAMES, SUM_NAMES } from './sums.ts';
import { streamFor } from '../random/stream.ts';

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

describe('rowPositions', () => {
  it('begins a file at each row that begins with <s>, and goes on counting in those that do not', () => {
    const positions = rowPositions([2, 9, 9, 2, 2], [10, 10, 4, 7, 2], tokens);
    expect(positions.files).toBe(3);
    expect([...positions.file]).toEqual([0, 0, 0, 1, 2]);
    expect([...positions.before]).toEqual([0, 10, 20, 0, 0]);
  });

  it('takes each row for a file where no token marks a beginning, and a first row for one in any case', () => {
    expect([...rowPositions([5, 5], [3, 3], ['a']).file]).toEqual([0, 1]);
    expect([...rowPositions([9, 2], [3, 3], tokens).file]).toEqual([0, 1]);
    expect(rowPositions([], [], tokens).files).toBe(0);
  });
});

const START = tokens.indexOf('<s>') + SPECIAL_IDS;

/** Three files in four rows, with padding. */
function filled(): { breakdown: Breakdown; whole: MeasureSum } {
  const random = streamFor(1, 'breakdown');
  const lengths = [12, 5, 1, 30];
  const sum = new BreakdownSum(dataset, rowPositions([2, 9, 2, 2], lengths, tokens), tokens);
  const whole = new MeasureSum(ignoredIds(tokens));
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
    expect(measuresOfSums(namedSums(SUM_NAMES, columnsOf(breakdown.overall, SUM_NAMES.length)))).toEqual(
      whole.measures(),
    );
  });

  it('does so for any rows: every count, and every loss that Float32 holds exactly', () => {
    const rows = array(
      array(tuple(integer({ min: 0, max: tokens.length + 1 }), integer({ min: 0, max: 1023 }), nat(9)), {
        minLength: 1,
        maxLength: 20,
      }),
      { minLength: 1, maxLength: 8 },
    );
    assert(
      property(rows, array(boolean(), { minLength: 8, maxLength: 8 }), (targetsOf, begins) => {
        const lengths = targetsOf.map((row) => row.length + 1);
        const firstIds = lengths.map((_, row) => (begins[row] ? START : START + 1));
        const positions = rowPositions(firstIds, lengths, tokens);
        const [sum, all] = [new BreakdownSum(dataset, positions, tokens), new MeasureSum(ignoredIds(tokens))];
        for (const [row, targets] of targetsOf.entries()) {
          const columns = [0, 1, 2].map((c) => targets.map((target) => (c === 1 ? target[1] / 128 : target[c]!)));
          sum.add(row, columns[0]!, columns[1]!, columns[2]!);
          all.add(columns[0]!, columns[1]!, columns[2]!);
        }
        const result = sum.result();
        expect(measuresOfSums(namedSums(SUM_NAMES, columnsOf(result.overall, SUM_NAMES.length)))).toEqual(
          all.measures(),
        );
        expect(parseBreakdown(result, 'x')).toEqual(result);
      }),
    );
  });

  it('parts by kind, place and rank with the counts that belong there', () => {
    // ids 2.. are the ranks 1..: <s>, <EOL>, </s>, import, x, ( and so on
    const sum = new BreakdownSum(dataset, rowPositions([START], [40], tokens), tokens);
    const ids = [UNK_ID, START + 3, START + 4, START + 9, START + 10];
    const targets = [...ids, ...Array<number>(34).fill(PAD_ID)];
    const ranks = [0, 4, 5, 0, 9];
    sum.add(
      0,
      targets,
      targets.map(() => 0.5),
      [...ranks, ...Array<number>(34).fill(0)],
      { named: targets.map(() => true), cached: targets.map((_, t) => ({ loss: 0.25, rank: t })) },
    );
    const { grouped } = sum.result();
    const groups = Object.fromEntries(
      BREAKDOWN_GROUPS.flatMap(({ dimension, name }, at) => {
        const sums = [...grouped.subarray(at * GROUP_SUM_NAMES.length, (at + 1) * GROUP_SUM_NAMES.length)];
        return sums[0] === 0 ? [] : [[`${dimension} ${name}`, sums]];
      }),
    ) as Record<string, number[]>;
    expect(groups).toEqual({
      // counted, loss, top-1, top-5, then loss and top-5 with a cache
      'kind unknown': [1, 0.5, 1, 1, 0.25, 1],
      'kind keyword': [1, 0.5, 0, 1, 0.25, 1],
      'kind name': [3, 1.5, 1, 1, 0.75, 3],
      'position 1–15': [5, 2.5, 2, 3, 1.25, 5],
      'frequency unknown': [1, 0.5, 1, 1, 0.25, 1],
      'frequency 10 commonest': [3, 1.5, 1, 2, 0.75, 3],
      'frequency 11–100': [1, 0.5, 0, 0, 0.25, 1],
    });
  });

  it('puts a place into the band that it begins or ends', () => {
    const length = 600;
    const sum = new BreakdownSum(dataset, rowPositions([START], [length], tokens), tokens);
    const zeros = Array<number>(length - 1).fill(0);
    sum.add(
      0,
      zeros.map(() => START + 4),
      zeros,
      zeros,
    );
    const { grouped } = sum.result();
    const counted = BREAKDOWN_GROUPS.flatMap(({ dimension }, at) =>
      dimension === 'position' ? [grouped[at * GROUP_SUM_NAMES.length]] : [],
    );
    expect(counted).toEqual([15, 16, 32, 64, 128, 256, 599 - 511]);
  });

  it('puts every target into one group of each dimension', () => {
    for (let file = 0; file < breakdown.files; file++) {
      const [counted, , , unknown] = breakdown.overall.subarray(file * SUM_NAMES.length);
      const groups = BREAKDOWN_GROUPS.map((group, at) => ({
        ...group,
        counted: breakdown.grouped[(file * BREAKDOWN_GROUPS.length + at) * GROUP_SUM_NAMES.length]!,
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
    expect(breakdown.grouped[at * GROUP_SUM_NAMES.length]).toBe(11 + 3);
  });
});

describe('parseBreakdown', () => {
  const { breakdown } = filled();

  it('takes what was stored', () => {
    expect(parseBreakdown(structuredClone(breakdown), 'x')).toEqual(breakdown);
  });

  it('takes one that does not name its sums, as the lab stored them before it could count others', () => {
    const first = (values: Float32Array, names: readonly string[], count: number) =>
      values.filter((_, at) => at % names.length < count);
    const [overall, grouped] = [
      first(breakdown.overall, breakdown.sums, 9),
      first(breakdown.grouped, breakdown.groupSums, 4),
    ];
    const { sums: _, groupSums: __, ...unnamed } = { ...breakdown, overall, grouped };
    const read = parseBreakdown(unnamed, 'x');
    expect(read.sums).toEqual([
      'counted',
      'loss',
      'knownLoss',
      'unknown',
      'top1',
      'top5',
      'top5Known',
      'codexglueCounted',
      'codexglueHits',
    ]);
    expect(read.groupSums).toEqual(['counted', 'loss', 'top1', 'top5']);
    expect([read.overall, read.grouped]).toEqual([overall, grouped]);
  });

  it('takes one of a later lab, which counts more and in another order', () => {
    const width = breakdown.sums.length;
    const later = ['hitsToCome', ...breakdown.sums.toReversed()];
    const overall = Float32Array.from(
      Array.from({ length: breakdown.files }, (_, file) => [
        7,
        ...[...breakdown.overall.subarray(file * width, (file + 1) * width)].toReversed(),
      ]).flat(),
    );
    const read = parseBreakdown({ ...breakdown, sums: later, overall }, 'x');
    expect(namedSums(read.sums, read.overall, later.length)).toEqual(
      namedSums(breakdown.sums, breakdown.overall, width),
    );
  });

  it('takes sums of losses that overflowed or are not numbers, since counts and hits still tell', () => {
    const diverged = structuredClone(breakdown);
    diverged.overall.set([Infinity, Number.NaN], 1);
    diverged.grouped[1] = Infinity;
    expect(parseBreakdown(diverged, 'x')).toEqual(diverged);
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['a later version', { ...breakdown, schema: 2 }],
    ['too few sums', { ...breakdown, overall: new Float32Array(3) }],
    ['a sum twice', { ...breakdown, sums: [...breakdown.sums.slice(0, -1), 'counted'] }],
    ['a sum less', { ...breakdown, sums: breakdown.sums.map((name) => (name === 'top5' ? 'other' : name)) }],
    ['more files than sums', { ...breakdown, files: 4 }],
    ['a sum below zero', { ...breakdown, overall: breakdown.overall.map((value, i) => (i === 3 ? -1 : value)) }],
    ['a sum that is no number', { ...breakdown, grouped: breakdown.grouped.map(() => Number.NaN) }],
    ['a hit too many', { ...breakdown, overall: breakdown.overall.map((value, i) => (i === 4 ? 1e6 : value)) }],
    [
      'more unknown than counted',
      { ...breakdown, overall: breakdown.overall.map((value, i) => (i === 3 ? 1e6 : value)) },
    ],
    [
      'a group’s hit too many',
      { ...breakdown, grouped: breakdown.grouped.map((value, i) => (i % 4 === 3 ? 1e6 : value)) },
    ],
    ['a group twice', { ...breakdown, groups: [breakdown.groups[1], ...breakdown.groups.slice(1)] }],
    [
      'a dimension it does not know',
      { ...breakdown, groups: breakdown.groups.map((group) => ({ ...group, dimension: 'mood' })) },
    ],
    ['sums of another type', { ...breakdown, overall: [...breakdown.overall] }],
    ['an endless list of groups', { ...breakdown, groups: Array(1000).fill(breakdown.groups[0]) }],
  ])('refuses %s', (_, value) => {
    expect(() => parseBreakdown(value, 'LSTM 3')).toThrow('The test results per file of LSTM 3 are damaged.');
  });
});
