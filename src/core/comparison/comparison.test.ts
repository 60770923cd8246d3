import { describe, expect, it } from 'vitest';
import type { Breakdown } from '../metrics/breakdown.ts';
import { GROUP_SUM_NAMES } from '../metrics/sums.ts';
import { runOf } from '../report/runs.fixture.ts';
import { breakdownOf } from './breakdowns.fixture.ts';
import type { Interval } from '../statistics/interval.ts';
import { compareRuns } from './comparison.ts';
import { poolKey } from './pools.ts';

const rnn = runOf('rnn', [[2.5, 0.7]], { id: 'rnn', number: 1 });
const lstm = runOf('lstm', [[2.6, 0.69]], { id: 'lstm', number: 2 });
const residual = runOf('residual-rnn', [[2.4, 0.75]], { id: 'res', number: 3 });
const seeded = (seed: number, loss: number) =>
  runOf('rnn', [[loss, 0.7]], { id: `rnn-${seed}`, number: 10 + seed, config: { ...rnn.config, seed } });

describe('compareRuns', () => {
  const breakdowns = new Map([
    ['rnn', breakdownOf(0.6)],
    ['lstm', breakdownOf(0.6, { seed: 8 })],
    ['res', breakdownOf(0.6, { seed: 3, names: 0.2 })],
  ]);
  const comparison = compareRuns({ runs: [rnn, lstm, residual], breakdowns });

  it('holds all against the residual model’s own baseline', () => {
    expect(comparison.baseline).toBe(poolKey(rnn));
    expect(comparison.differences.map(({ key }) => key)).toEqual([poolKey(lstm), poolKey(residual)]);
    expect(compareRuns({ runs: [rnn, lstm], breakdowns }).baseline).toBe(poolKey(rnn)); // the better one
    const pinned = compareRuns({ runs: [rnn, lstm], breakdowns, baseline: poolKey(lstm) });
    expect(pinned.baseline).toBe(poolKey(lstm));
    expect(compareRuns({ runs: [], breakdowns }).baseline).toBeNull();
  });

  it('prefers the baseline of the residual model’s own configuration', () => {
    const wide = { ...rnn, id: 'wide', config: { ...rnn.config, hidden: 512 } };
    const { baseline } = compareRuns({ runs: [wide, rnn, residual], breakdowns: new Map() });
    expect(baseline).toBe(poolKey(rnn));
    const twinless = compareRuns({ runs: [wide, lstm, residual], breakdowns: new Map() });
    expect(twinless.baseline).toBe(poolKey(wide));
    const cellless = compareRuns({ runs: [lstm, residual], breakdowns: new Map() });
    expect(cellless.baseline).toBe(poolKey(lstm));
    expect(compareRuns({ runs: [residual], breakdowns: new Map() }).baseline).toBe(poolKey(residual));
  });

  it('lists the runs that finished no epoch, and says why nothing is told of an untested baseline', () => {
    const none = runOf('lstm', [], { id: 'none', state: 'failed' });
    const result = compareRuns({
      runs: [none, rnn, residual],
      breakdowns: new Map([['res', breakdownOf(0.6)]]),
    });
    expect(result.leftOut).toEqual(['none']);
    expect(result.undecided).toEqual([{ key: poolKey(residual), why: 'The baseline has no test results per file.' }]);
  });

  it('compares the groups that both breakdowns know, by name and not by place', () => {
    const [ours, theirs] = [breakdownOf(0.6), breakdownOf(0.8, { seed: 2 })];
    const order = ours.groups
      .map((_, at) => at)
      .toReversed()
      .slice(0, -1); // all but keywords, backwards
    const width = ours.groups.length * ours.groupSums.length;
    const grouped = Float32Array.from({ length: theirs.files * order.length * ours.groupSums.length }, (_, i) => {
      const [row, column] = [Math.floor(i / ours.groupSums.length), i % ours.groupSums.length];
      const [file, at] = [Math.floor(row / order.length), row % order.length];
      return theirs.grouped[file * width + order[at]! * ours.groupSums.length + column]!;
    });
    const groups = order.map((at) => theirs.groups[at]!);
    const of = (breakdown: Breakdown) =>
      compareRuns({
        runs: [rnn, lstm],
        breakdowns: new Map([
          ['rnn', ours],
          ['lstm', breakdown],
        ]),
      }).differences[0]!.groups;
    const names = of(theirs).filter(({ name }) => name === 'name');
    expect(names).toHaveLength(1);
    const [shared, ...others] = of({ ...theirs, groups, grouped });
    expect(others).toEqual([]);
    // alone it is corrected for no other
    const figures = ({ baseline, candidate, counted, difference }: typeof shared & {}) => [
      baseline,
      candidate,
      counted,
      difference.estimate,
    ];
    expect(figures(shared!)).toEqual(figures(names[0]!));
  });

  it('compares sums by name, and has no figure for a metric whose sums one of the two did not count', () => {
    const [ours, theirs] = [breakdownOf(0.6), breakdownOf(0.8, { seed: 2 })];
    const of = (breakdown: Breakdown) =>
      compareRuns({
        runs: [rnn, lstm],
        breakdowns: new Map([
          ['rnn', ours],
          ['lstm', breakdown],
        ]),
      }).differences[0]!;
    const width = theirs.sums.length;
    const backwards = Float32Array.from(theirs.overall, (_, at) => {
      const column = at % width;
      return theirs.overall[at - column + (width - 1 - column)]!;
    });
    const reversed = { ...theirs, sums: theirs.sums.toReversed(), overall: backwards };
    expect(of(reversed)).toEqual(of(theirs));
    const before = { ...theirs, sums: theirs.sums.map((name) => (name === 'top5Known' ? 'another' : name)) };
    const { top5Known, ...others } = of(before).metrics;
    expect(top5Known).toEqual({ estimate: Number.NaN, low: null, high: null });
    const { top5Known: _, ...same } = of(theirs).metrics;
    expect(others).toEqual(same);
  });

  it('is plain data, and the same each time', () => {
    const again = compareRuns({ runs: [rnn, lstm, residual], breakdowns });
    expect(again).toEqual(comparison);
    expect(JSON.parse(JSON.stringify(comparison))).toEqual(comparison);
  });

  it('compares each group with a cache, too, where both were measured with one', () => {
    for (const { groups } of comparison.differences) {
      for (const { cached, baseline, candidate } of groups) {
        // the made-up models hit as often with it
        expect(cached).toMatchObject({ baseline, candidate, difference: { estimate: candidate - baseline } });
      }
    }
    const groupSums = GROUP_SUM_NAMES.filter((name) => name !== 'cacheTop5');
    const older = (breakdown: Breakdown): Breakdown => {
      const kept = breakdown.grouped.filter((_, at) => GROUP_SUM_NAMES[at % GROUP_SUM_NAMES.length] !== 'cacheTop5');
      return { ...breakdown, groupSums, grouped: kept };
    };
    const [first, ...others] = breakdowns;
    const mixed = new Map([[first![0], older(first![1])] as const, ...others]);
    const { differences } = compareRuns({ runs: [rnn, lstm, residual], breakdowns: mixed });
    const before = comparison.differences[0]!.groups.map(({ counted, baseline }) => ({ counted, baseline }));
    expect(differences[0]!.groups.map(({ counted, baseline }) => ({ counted, baseline }))).toEqual(before);
    expect(differences.flatMap(({ groups }) => groups.map(({ cached }) => cached))).toContain(null);
  });

  it('finds what differs, and only that', () => {
    const [same, better] = comparison.differences;
    expect(same!.metrics.top5.low).toBeLessThan(0);
    expect(same!.metrics.top5.high).toBeGreaterThan(0);
    expect(better!.metrics.top5.low).toBeGreaterThan(0.05);
    expect(better!.metrics.perplexity.high).toBeLessThan(0);
    const [keywords, names] = better!.groups;
    expect(keywords).toMatchObject({ name: 'keyword', counted: 1500 });
    expect(keywords!.difference.low).toBeLessThan(0);
    expect(names!.difference.low).toBeGreaterThan(0.1);
    expect(names!.candidate - names!.baseline).toBeCloseTo(names!.difference.estimate, 12);
    expect(better!.groups.map(({ name }) => name)).toEqual(['keyword', 'name']); // groups without targets are left out
  });

  it('corrects the intervals of the groups for their number', () => {
    const [, better] = comparison.differences;
    expect(better!.familySize).toBe(2);
    const width = ({ low, high }: Interval) => high! - low!;
    const alone = compareRuns({
      runs: [rnn, residual],
      breakdowns: new Map(
        ['rnn', 'res'].map((id) => {
          const breakdown = breakdowns.get(id)!;
          const groups = breakdown.groups.map((group) => (group.name === 'keyword' ? { ...group, name: id } : group));
          return [id, { ...breakdown, groups }];
        }),
      ),
    }).differences[0]!;
    expect(alone).toMatchObject({ familySize: 1, groups: [{ name: 'name' }] });
    const [, names] = better!.groups;
    expect(names!.difference.estimate).toBe(alone.groups[0]!.difference.estimate);
    // of Student's t with 29 degrees: the quantiles at 0.05 / 4 and 0.05 / 2
    expect(width(names!.difference) / width(alone.groups[0]!.difference)).toBeCloseTo(2.3638 / 2.0452, 3);
  });

  it('says whose test figures are damaged, and compares the others', () => {
    const runs = (['rnn', 'lstm', 'residual-rnn'] as const).map((model, at) =>
      runOf(model, [[2, 0.7]], { id: model, number: at }),
    );
    const breakdowns = new Map(runs.map(({ id }, seed) => [id, breakdownOf(0.5, { seed })]));
    breakdowns.delete('lstm');
    const result = compareRuns({ runs, breakdowns, damaged: new Set(['lstm']) });
    expect(result.differences).toHaveLength(1);
    expect(result.undecided.map(({ why }) => why)).toEqual(['Its test results per file are damaged.']);
  });

  it('averages over seeds before it compares', () => {
    const two = new Map([
      ['rnn-1', breakdownOf(0.4)],
      ['rnn-2', breakdownOf(0.8)],
      ['lstm', breakdownOf(0.6, { seed: 5 })],
    ]);
    const { differences } = compareRuns({
      runs: [seeded(1, 2), seeded(2, 2), lstm],
      breakdowns: two,
      baseline: poolKey(seeded(1, 2)),
    });
    expect(Math.abs(differences[0]!.metrics.top5.estimate)).toBeLessThan(0.05);
  });

  it('says in words why a model cannot be compared with the baseline', () => {
    const elsewhere = { ...lstm, id: 'else', dataset: { id: 'other', sha256: 'cd'.repeat(32) } };
    const shorter = { ...lstm, id: 'short', config: { ...lstm.config, length: 99 } };
    const untested = runOf('lstm', [[2, 0.7]], { id: 'untested', config: { ...lstm.config, hidden: 9 } });
    const wider = runOf('lstm', [[2, 0.7]], { id: 'wider', config: { ...lstm.config, vocabulary: 9 } });
    const fewer = runOf('lstm', [[2, 0.7]], { id: 'fewer', config: { ...lstm.config, hidden: 8 } });
    const result = compareRuns({
      runs: [rnn, elsewhere, shorter, untested, fewer, wider, residual],
      breakdowns: new Map([
        ...breakdowns,
        ['fewer', breakdownOf(0.6, { files: 29 })],
        ['wider', breakdownOf(0.6, { unknown: 9 })],
      ]),
    });
    expect(result.undecided.map(({ why }) => why.split(' ').slice(0, 4).join(' '))).toEqual([
      'It was trained on',
      'Its row length differs',
      'It has no test',
      'It was tested on',
      'Its vocabulary differs from',
    ]);
    expect(result.differences).toHaveLength(1);
  });
});
