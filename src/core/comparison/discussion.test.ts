import { describe, expect, it } from 'vitest';
import { modelTitle, type ModelName } from '../models/registry.ts';
import type { Breakdown } from '../metrics/breakdown.ts';
import { divergedRun, measuresOf, OVERFLOWED_MEASURES, runOf } from '../report/runs.fixture.ts';
import type { RunRecord } from '../runs/run.ts';
import { breakdownOf } from './breakdowns.fixture.ts';
import { compareRuns } from './comparison.ts';
import { draftDiscussion } from './discussion.ts';

const rnn = runOf('rnn', [[2.5, 0.7]], { id: 'rnn', number: 1 });
const lstm = runOf('lstm', [[2.6, 0.69]], { id: 'lstm', number: 2 });
const residual = runOf('residual-rnn', [[2.4, 0.75]], { id: 'res', number: 3 });

describe('draftDiscussion', () => {
  const breakdowns = new Map([
    ['rnn', breakdownOf(0.6)],
    ['lstm', breakdownOf(0.6, { seed: 8 })],
    ['res', breakdownOf(0.6, { seed: 3, names: 0.2 })],
  ]);
  const comparison = compareRuns({ runs: [rnn, lstm, residual], breakdowns });
  const titleOf = ({ model }: { model: ModelName }) => modelTitle(model);
  const norms = [
    { model: 'rnn', layer1: 0.5, layer2: 1 },
    { model: 'residual-rnn', layer1: 2, layer2: 1 },
  ] as const;
  const words = draftDiscussion({ comparison, titleOf, norms }).join('\n');

  it('claims what excludes zero and nothing else', () => {
    expect(words).toMatch(
      /Compared with RNN, Residual RNN gains \d+\.\d points of top-5 on test \(95% interval \+\d+\.\d to \+\d+\.\d points, over test files only\)/,
    );
    expect(words).toMatch(
      /Compared with RNN, LSTM has an unresolved difference in top-5 on test: [+−]\d\.\d points \(95% interval −/,
    );
    expect(words).toMatch(/it gains most on name \(\+\d+\.\d points\); 1 group unresolved/);
  });

  it('says on how many test files the loss is lower, and that one seed leaves the variance between seeds out', () => {
    expect(words).toMatch(/Its loss is lower on \d+ of the 30 test files\. Another seed may change both/);
    expect(words).toContain('but not the variance between seeds');
  });

  it('counts the seeds into the interval where both models have several', () => {
    const seeded = (run: RunRecord, seed: number) => ({
      ...run,
      id: `${run.id}-${seed}`,
      config: { ...run.config, seed },
    });
    const runs = [1, 2, 3].flatMap((seed) => [seeded(rnn, seed), seeded(residual, seed)]);
    const own = new Map(
      runs.map((run) => [
        run.id,
        run.model === 'rnn'
          ? breakdownOf(0.5, { seed: run.config.seed })
          : breakdownOf(0.9, { seed: 10 + run.config.seed }),
      ]),
    );
    const text = drafted(runs, own).join('\n');
    expect(text).toMatch(/gains \d+\.\d points of top-5 on test \(95% interval \+\d+\.\d to \+\d+\.\d points\)/);
    expect(text).toContain('and the variance between seeds of both models');
    expect(text).not.toMatch(/over test files only|not the variance between seeds/);
    const mixed = drafted(
      runs.filter(({ id }) => !/^res-[23]$/.test(id)),
      own,
    ).join('\n');
    expect(mixed).toContain('over test files only');
  });

  it('says what the residual connection does, with the norms that were measured', () => {
    expect(words).toContain('dL/dH1 = Wᵀ dL/dy + Jᵀ dL/dH2');
    expect(words).toContain('2.00 times the norm of layer 2’s here, and 0.50 times in the plain RNN');
    expect(draftDiscussion({ comparison, titleOf, norms: [] }).join('\n')).not.toContain('In the second half');
  });

  it('names its limits', () => {
    expect(words).toContain('16.0% of the targets are outside the vocabulary');
    expect(words).toContain('trained with one seed');
  });

  it('has something to say of one model, and of none', () => {
    const alone = compareRuns({ runs: [rnn], breakdowns });
    expect(draftDiscussion({ comparison: alone, titleOf, norms: [] })[0]).toContain('There is one model: RNN');
    const none = compareRuns({ runs: [], breakdowns });
    expect(draftDiscussion({ comparison: none, titleOf, norms: [] })).toHaveLength(1);
  });

  const drafted = (runs: readonly RunRecord[], own: ReadonlyMap<string, Breakdown> = breakdowns) =>
    draftDiscussion({ comparison: compareRuns({ runs, breakdowns: own }), titleOf, norms: [] });

  it('gives a loss its verb, without a second sign', () => {
    const worse = new Map([...breakdowns, ['lstm', breakdownOf(0.3, { seed: 8 })]]);
    expect(drafted([rnn, lstm], worse)[1]).toMatch(
      /LSTM loses \d+\.\d points of top-5 on test \(95% interval −\d+\.\d to −\d+\.\d points, .*\); its perplexity is higher by/,
    );
  });

  it('says what parameters and speed it costs, but compares no speeds of different devices', () => {
    expect(drafted([rnn, residual])[1]).toContain(
      'Both have 123.5 k parameters; it trained at 1,000 tokens/s, the baseline at 1,000 tokens/s (as fast).',
    );
    const epochs = lstm.epochs.map((epoch) => ({ ...epoch, tokensPerSecond: 750 }));
    expect(drafted([rnn, { ...lstm, parameters: 400_000, epochs }])[1]).toContain(
      'It has 400.0 k parameters, the baseline 123.5 k; it trained at 750 tokens/s, the baseline at 1,000 tokens/s (25% slower).',
    );
    const elsewhere = { ...lstm, device: { kind: 'webgpu' as const, name: 'a GPU' } };
    expect(drafted([rnn, elsewhere])[1]).toContain('their speeds cannot be compared');
  });

  it('says where training went too far, and where not far enough', () => {
    const overfitted = {
      ...lstm,
      bestEpoch: 1,
      epochs: [1, 2].map((epoch) => ({ ...lstm.epochs[0]!, epoch, train: { ...lstm.epochs[0]!.train, loss: 2 } })),
    };
    const paragraph = drafted([rnn, overfitted]).find((text) => text.startsWith('Loss in training'));
    expect(paragraph).toContain('LSTM 2.000 and 2.600 (1 seed), a gap that suggests overfitting.');
    expect(paragraph).toContain('The last epoch was the best one for RNN. With more epochs');
  });

  it('calls a model that diverged by that name, and never says that it overfits', () => {
    const exploded = runOf('lstm', [[17.5, 0.5]], { id: 'lstm' });
    const epochs = exploded.epochs.map((epoch) => ({ ...epoch, train: { ...epoch.train, loss: 15.2 } }));
    const course = drafted([rnn, { ...exploded, epochs }]).find((text) => text.startsWith('Loss in training'));
    expect(course).toContain('LSTM 15.200 and 17.500 (1 seed). LSTM diverged: at the best epoch');
    expect(course).not.toContain('overfitting');
    expect(course).toContain('The last epoch was the best one for RNN.');
  });

  it('compares no speed and no norm that was not measured', () => {
    const epochs = lstm.epochs.map((epoch) => ({ ...epoch, seconds: 0, train: { ...epoch.train, counted: 0 } }));
    expect(drafted([rnn, { ...lstm, epochs }])[1]).toContain('because one was not measured');
    const infinite = norms.map((norm) => ({ ...norm, layer1: Infinity }));
    expect(draftDiscussion({ comparison, titleOf, norms: infinite }).join('\n')).not.toContain('In the second half');
  });

  it('ranks no models of different data sets together', () => {
    const elsewhere = { ...lstm, dataset: { id: 'other', sha256: 'cd'.repeat(32) } };
    const words = drafted([rnn, elsewhere]);
    expect(words[0]).toContain('There is one model: RNN');
    expect(words.at(-1)).toContain('1 model could not be compared with the baseline.');
  });

  it('promises no interval of too few files, nor much of few', () => {
    const few = (files: number) =>
      drafted(
        [rnn, residual],
        new Map([
          ['rnn', breakdownOf(0.6, { files })],
          ['res', breakdownOf(0.9, { files, seed: 3 })],
        ]),
      );
    expect(few(3)[1]).toMatch(
      /an unresolved difference in top-5 on test: .* points, from too few files for an interval; the difference in perplexity is unresolved/,
    );
    expect(few(3).join(' ')).toContain('By kind of token, no difference is resolved.');
    expect(few(8).join(' ')).toContain('8 test files are few');
    expect(few(40).join(' ')).not.toContain('are few');
  });

  it('speaks of validation, and still of the mechanism, where nothing was tested', () => {
    const untested = [rnn, residual].map((run) => ({ ...run, test: null }));
    const words = drafted(untested, new Map()).join(' ');
    expect(words).toContain('On validation, Residual RNN (perplexity');
    expect(words).toContain('dL/dH1 =');
    expect(words).not.toContain('jackknife');
  });

  it('says over what seeds were pooled', () => {
    const seeded = (seed: number) => ({ ...rnn, id: `rnn-${seed}`, config: { ...rnn.config, seed } });
    expect(drafted([seeded(1), seeded(2)]).join(' ')).toContain('the deviation in the table is over seeds');
    expect(drafted([rnn]).join(' ')).not.toContain('several seeds');
  });

  it('says which perplexity overflowed, and ranks it last', () => {
    const breakdown = breakdownOf(0.6);
    breakdown.overall.set([Infinity, Infinity], 1);
    const diverged = { ...divergedRun('lstm', { id: 'lstm', number: 2 }), test: OVERFLOWED_MEASURES };
    const words = drafted(
      [diverged, rnn],
      new Map([
        ['lstm', breakdown],
        ['rnn', breakdownOf(0.6)],
      ]),
    ).join(' ');
    expect(words).toMatch(/, RNN \(perplexity [^)]*\) has the lowest perplexity/);
    expect(words).toContain('followed by LSTM (perplexity ∞ (overflowed)');
    expect(words).toMatch(/; its perplexity overflowed, the baseline’s did not\./);
    expect(words).not.toMatch(/NaN|Infinity|too few files/);
  });

  it('never writes what is no number', () => {
    const none = { ...measuresOf(Number.NaN, Number.NaN), counted: 0, unknown: 0 };
    const words = drafted([
      { ...rnn, test: none },
      { ...residual, test: none },
    ]).join(' ');
    expect(words).not.toMatch(/NaN|undefined|null|Infinity/);
  });
});
