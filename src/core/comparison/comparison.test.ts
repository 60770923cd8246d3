import { describe, expect, it } from 'vitest';
import { BREAKDOWN_GROUPS, GROUP_SUMS, OVERALL_SUMS, type Breakdown } from '../breakdown.ts';
import { MODEL_TITLES } from '../format.ts';
import { runOf } from '../report/runs.fixture.ts';
import { streamFor } from '../random/stream.ts';
import { compareRuns } from './comparison.ts';
import { draftDiscussion } from './discussion.ts';
import { poolKey, poolRuns, spread } from './pools.ts';

const rnn = runOf('rnn', [[2.5, 0.7]], { id: 'rnn', number: 1 });
const lstm = runOf('lstm', [[2.6, 0.69]], { id: 'lstm', number: 2 });
const residual = runOf('residual-rnn', [[2.4, 0.75]], { id: 'res', number: 3 });
const seeded = (seed: number, loss: number) =>
  runOf('rnn', [[loss, 0.7]], { id: `rnn-${seed}`, number: 10 + seed, config: { ...rnn.config, seed } });

/** Thirty files of 100 targets, a share of them hit at 5; names more often where `names` says so. */
function breakdownOf(share: number, { files = 30, seed = 1, names = 0 } = {}): Breakdown {
  const random = streamFor(seed, 'breakdown');
  const overall = new Float32Array(files * OVERALL_SUMS.length);
  const grouped = new Float32Array(files * BREAKDOWN_GROUPS.length * GROUP_SUMS.length);
  const [keyword, name] = [0, 1];
  for (let file = 0; file < files; file++) {
    const put = (group: number, hits: number) => {
      grouped.set([50, 100, hits / 2, hits], (file * BREAKDOWN_GROUPS.length + group) * GROUP_SUMS.length);
    };
    const hits = (extra: number) =>
      Array.from({ length: 50 }, () => random.uniform()).filter((u) => u < share + extra).length;
    const [ofKeywords, ofNames] = [hits(0), hits(names)];
    put(keyword, ofKeywords);
    put(name, ofNames);
    const all = ofKeywords + ofNames;
    overall.set([100, 250 - all, 240 - all, 10, all / 2, all, all - 5, 90, all / 2], file * OVERALL_SUMS.length);
  }
  return { schema: 1, dataset: rnn.dataset, split: 'test', groups: BREAKDOWN_GROUPS, files, overall, grouped };
}

describe('pools', () => {
  it('hold runs that differ in their seed alone', () => {
    const other = runOf('rnn', [[2, 0.7]], { id: 'wide', number: 9, config: { ...rnn.config, hidden: 512 } });
    const pools = poolRuns([seeded(1, 2), seeded(2, 4), other, lstm, runOf('rnn', [], { id: 'none' })]);
    expect(pools.map(({ runIds }) => runIds)).toEqual([['rnn-1', 'rnn-2'], ['wide'], ['lstm']]);
    expect(pools[0]?.seeds).toEqual([1, 2]);
    expect(pools[0]?.validation.loss).toEqual({ mean: 3, deviation: Math.SQRT2 });
    expect(pools[1]?.validation.loss.deviation).toBeNull();
    expect(pools[0]?.test?.loss.mean).toBeCloseTo(3.1);
  });

  it('have no test figures unless all of their runs have', () => {
    const [pool] = poolRuns([seeded(1, 2), { ...seeded(2, 4), test: null }]);
    expect(pool?.test).toBeNull();
  });

  it('spread as statistics has it', () => {
    expect(spread([1, 2, 3, 4])).toEqual({ mean: 2.5, deviation: Math.sqrt(5 / 3) });
  });
});

describe('compareRuns', () => {
  const breakdowns = new Map([
    ['rnn', breakdownOf(0.6)],
    ['lstm', breakdownOf(0.6, { seed: 8 })],
    ['res', breakdownOf(0.6, { seed: 3, names: 0.2 })],
  ]);
  const comparison = compareRuns({ runs: [rnn, lstm, residual], breakdowns, resamples: 400 });

  it('holds all against the residual model’s own baseline', () => {
    expect(comparison.baseline).toBe(poolKey(rnn));
    expect(comparison.differences.map(({ key }) => key)).toEqual([poolKey(lstm), poolKey(residual)]);
    expect(compareRuns({ runs: [rnn, lstm], breakdowns, resamples: 50 }).baseline).toBe(poolKey(rnn)); // the better one
    const pinned = compareRuns({ runs: [rnn, lstm], breakdowns, baseline: poolKey(lstm), resamples: 50 });
    expect(pinned.baseline).toBe(poolKey(lstm));
    expect(compareRuns({ runs: [], breakdowns }).baseline).toBeNull();
  });

  it('finds what differs, and only that', () => {
    const [same, better] = comparison.differences;
    expect(same!.figures.top5.low).toBeLessThan(0);
    expect(same!.figures.top5.high).toBeGreaterThan(0);
    expect(better!.figures.top5.low).toBeGreaterThan(0.05);
    expect(better!.figures.perplexity.high).toBeLessThan(0);
    const [keywords, names] = better!.groups;
    expect(keywords).toMatchObject({ name: 'keyword', counted: 1500 });
    expect(keywords!.difference.low).toBeLessThan(0);
    expect(names!.difference.low).toBeGreaterThan(0.1);
    expect(names!.candidate - names!.baseline).toBeCloseTo(names!.difference.estimate, 12);
    expect(better!.groups.map(({ name }) => name)).toEqual(['keyword', 'name']); // groups without targets are left out
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
      resamples: 100,
    });
    expect(Math.abs(differences[0]!.figures.top5.estimate)).toBeLessThan(0.05);
  });

  it('says in words why a model cannot be held against the baseline', () => {
    const elsewhere = { ...lstm, id: 'else', dataset: { id: 'other', sha256: 'cd'.repeat(32) } };
    const shorter = { ...lstm, id: 'short', config: { ...lstm.config, length: 99 } };
    const untested = runOf('lstm', [[2, 0.7]], { id: 'untested', config: { ...lstm.config, hidden: 9 } });
    const fewer = runOf('lstm', [[2, 0.7]], { id: 'fewer', config: { ...lstm.config, hidden: 8 } });
    const result = compareRuns({
      runs: [rnn, elsewhere, shorter, untested, fewer, residual],
      breakdowns: new Map([...breakdowns, ['fewer', breakdownOf(0.6, { files: 29 })]]),
      resamples: 50,
    });
    expect(result.undecided.map(({ why }) => why.split(' ').slice(0, 4).join(' '))).toEqual([
      'It was trained on',
      'Its rows are cut',
      'It has no test',
      'Its test files are',
    ]);
    expect(result.differences).toHaveLength(1);
  });

  describe('discussed', () => {
    const titleOf = ({ model }: { model: keyof typeof MODEL_TITLES }) => MODEL_TITLES[model];
    const norms = [
      { model: 'rnn', layer1: 0.5, layer2: 1 },
      { model: 'residual-rnn', layer1: 2, layer2: 1 },
    ] as const;
    const words = draftDiscussion({ comparison, titleOf, norms }).join('\n');

    it('claims what excludes zero and nothing else', () => {
      expect(words).toMatch(/Against RNN, Residual RNN gains \+\d+\.\d points of top-5 \(95% of draws/);
      expect(words).toMatch(/Against RNN, LSTM shows no difference of top-5 that can be told from 30 test files/);
      expect(words).toMatch(/it gains most on name \(\+\d+\.\d points\); 1 group undecided/);
    });

    it('says what the residual connection does, with the norms that were measured', () => {
      expect(words).toContain('dL/dH1 = Wᵀ dL/dy + Jᵀ dL/dH2');
      expect(words).toContain('2.000 times the norm of layer 2’s here, and 0.500 times in the plain RNN');
      expect(draftDiscussion({ comparison, titleOf, norms: [] }).join('\n')).not.toContain('later half');
    });

    it('names its limits', () => {
      expect(words).toContain('16.0% of the targets are outside the vocabulary');
      expect(words).toContain('trained with one seed');
    });

    it('has something to say of one model, and of none', () => {
      const alone = compareRuns({ runs: [rnn], breakdowns, resamples: 10 });
      expect(draftDiscussion({ comparison: alone, titleOf, norms: [] })[0]).toContain(
        'One model stands here alone: RNN',
      );
      const none = compareRuns({ runs: [], breakdowns });
      expect(draftDiscussion({ comparison: none, titleOf, norms: [] })).toHaveLength(1);
    });
  });
});
