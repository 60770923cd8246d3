import { describe, expect, it } from 'vitest';
import { breakdownOf } from '../comparison/breakdowns.fixture.ts';
import { compareRuns } from '../comparison/comparison.ts';
import { runOf } from '../report/runs.fixture.ts';
import type { RunRecord } from '../runs/run.ts';
import { bestAndNext, bestInWords } from './best.ts';
import { configurationsOf, dimensionsOf } from './table.ts';

const { config } = runOf('lstm', [[2, 0.7]]);

function lstm(learningRate: number, seed: number, loss: number): RunRecord {
  const id = `${learningRate}-${seed}`;
  return runOf('lstm', [[loss, 0.7]], { id, number: seed, config: { ...config, learningRate, seed } });
}

/** @param shares of targets hit, and so the test losses, by run id; a run that is not in it has no results per file */
function inWords(runs: readonly RunRecord[], shares: Readonly<Record<string, number>>) {
  const configurations = configurationsOf(runs);
  const pair = bestAndNext(configurations);
  const breakdowns = new Map(
    Object.entries(shares).map(([id, share], seed) => [id, breakdownOf(share, { seed: seed + 1 })]),
  );
  const compared = [...(pair?.best.runs ?? []), ...(pair?.next.runs ?? [])];
  const comparison = pair && compareRuns({ runs: compared, breakdowns, baseline: pair.best.key });
  return bestInWords(configurations, dimensionsOf(runs), comparison);
}

const seeds = [lstm(0.004, 1, 2.1), lstm(0.004, 2, 2.12), lstm(0.001, 1, 2.3), lstm(0.001, 2, 2.28)];

describe('the best configuration', () => {
  it('is told from the next with seeds and files', () => {
    const words = inWords(seeds, { '0.004-1': 0.7, '0.004-2': 0.71, '0.001-1': 0.5, '0.001-2': 0.49 })!;
    expect(words.ranking).toBe(
      'Of 2 configurations, LSTM, rate 0.004 (loss 2.110 ± 0.014, 2 seeds) has the lowest mean validation loss. The next is LSTM, rate 0.001 (loss 2.290 ± 0.014, 2 seeds).',
    );
    expect(words.verdict).toBe('The best is distinguishable from the next.');
    expect(words.figures).toMatch(
      /^On the 30 test files, the loss of the next minus that of the best is \+0\.\d+ \(95% interval \+0\.\d+ to \+0\.\d+, over seeds and files\)\.$/,
    );
  });

  it('is not told from one that does as well on the test files', () => {
    const words = inWords(seeds, { '0.004-1': 0.6, '0.004-2': 0.59, '0.001-1': 0.59, '0.001-2': 0.6 })!;
    expect(words.verdict).toBe('The best is not distinguishable from the next.');
    expect(words.figures).toMatch(/95% interval −0\.\d+ to \+0\.\d+, over seeds and files/);
  });

  it('has an interval over files only where one of the two has a single seed', () => {
    const words = inWords(seeds.slice(0, 3), { '0.004-1': 0.7, '0.004-2': 0.71, '0.001-1': 0.5 })!;
    expect(words.ranking).toContain('LSTM, rate 0.001 (loss 2.300, 1 seed)');
    expect(words.figures).toMatch(/files only\)\. Another seed may change this/);
  });

  it('says so where the test files favor the next', () => {
    const words = inWords(seeds, { '0.004-1': 0.5, '0.004-2': 0.49, '0.001-1': 0.7, '0.001-2': 0.71 })!;
    expect(words.verdict).toBe('The best on validation is not the better of the two on test.');
  });

  it('rests on seeds alone without test results, and says that this flatters the best', () => {
    const words = inWords(seeds, {})!;
    expect(words.verdict).toBe('The best is distinguishable from the next.');
    expect(words.figures).toMatch(/^On validation, .* over seeds only\)\./);
    expect(words.figures).toContain('chosen among 2 configurations by the same losses');
    // Welch's interval of 0.18 with deviations of 0.0141 over two seeds each: t(2) = 4.303 times 0.0141
    expect(words.figures).toContain('95% interval +0.119 to +0.241');
  });

  it('is not known to be better with one seed and no test results', () => {
    const words = inWords([seeds[0]!, seeds[2]!], {})!;
    expect(words.verdict).toMatch(/^Whether the best is really better is not known/);
  });

  it('is not named where targets differ, or where there is nothing to compare', () => {
    const wide = { ...seeds[0]!, id: 'wide', config: { ...seeds[0]!.config, vocabulary: 5_000 } };
    expect(inWords([...seeds, wide], {})!.ranking).toMatch(
      /^No configuration is called the best: they differ in vocab/,
    );
    expect(inWords(seeds.slice(0, 2), {})!.ranking).toMatch(/^The only configuration with results is LSTM/);
    expect(inWords([{ ...seeds[0]!, epochs: [], bestEpoch: null }], {})).toBeNull();
  });
});
