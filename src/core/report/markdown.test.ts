import { describe, expect, it } from 'vitest';
import { reportMarkdown } from './markdown.ts';
import { runOf } from './runs.fixture.ts';

const nothing = { charts: [], command: null };
const rnn = runOf('rnn', [
  [3, 0.6],
  [2.5, 0.77],
  [2.6, 0.78],
]);
const lstm = runOf('lstm', [
  [2.8, 0.65],
  [2.4, 0.72],
]);
const residual = runOf('residual-lstm', [
  [2.8, 0.65],
  [2.3, 0.74],
]);

/** The cells of the first table row that begins with a name. */
function row(report: string, name: string): string[] {
  const line = report.split('\n').find((text) => text.startsWith(`| ${name} |`));
  return (line ?? '')
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

describe('reportMarkdown', () => {
  const report = reportMarkdown([rnn, lstm, residual], {
    charts: [{ file: 'top 5.png', title: 'Top-5' }],
    command: 'npm run train -- --preset quick',
  });

  it('compares the models at their best epoch, n-gram baselines beside them', () => {
    expect(row(report, 'RNN')).toEqual([
      'RNN',
      '77.0%',
      '76.0%',
      '12.2',
      '13.5',
      '123.5 k',
      '3 (best 2)',
      '1,001 tokens/s',
      '30 s',
    ]);
    expect(row(report, 'bigram').slice(0, 4)).toEqual(['bigram', '71.0%', '–', '20.1']);
    expect(report).toContain(
      '| RNN | test | 71.0% | 76.0% | 56.0% | 76.0% | 46.0% | 76.0% | 76.0% | 76.0% | 2.600 | 12.2 | 0.76 |',
    );
  });

  it('says whether the loss fell and the bigram was beaten', () => {
    expect(report).toContain('RNN: validation loss fell from 3.000 after the first epoch to 2.500 at epoch 2.');
    expect(report).toContain("RNN: top-5 on validation of 77.0% beats the bigram's 71.0% (+6.0 points).");
    expect(report).not.toContain('does not beat');
  });

  it('tells the residual model’s difference to its own baseline', () => {
    expect(report).toMatch(
      /Residual LSTM compared with LSTM: on validation \+2\.0 points top-5 and −1\.05 perplexity, on test/,
    );
    expect(reportMarkdown([rnn, residual], nothing)).toContain('Residual LSTM: its plain baseline has no results here');
  });

  it('names command, data, device, charts and weights', () => {
    expect(report).toContain('`npm run train -- --preset quick`');
    expect(report).toContain('Reference (TensorFlow.js, plain CPU)');
    expect(report).toContain('![Top-5](top%205.png)');
    expect(report).toContain('`residual-lstm.safetensors`');
    expect(report).toContain('validation targets are outside the vocabulary, so known accuracy is at most 84.0%');
  });

  it('says plainly when a model falls short', () => {
    const poor = reportMarkdown(
      [
        runOf('rnn', [
          [3, 0.6],
          [3.2, 0.5],
        ]),
      ],
      nothing,
    );
    expect(poor).toContain('**RNN: validation loss did not fall** below its 3.000');
    expect(poor).toContain('**RNN does not beat the bigram model:** top-5 on validation is 60.0%');
  });

  it('says that a training diverged, and what to try, in place of what helps one that only learns slowly', () => {
    const diverged = reportMarkdown(
      [
        runOf('rnn', [
          [17.5, 0.5],
          [800, 0.5],
        ]),
      ],
      nothing,
    );
    expect(diverged).toContain(
      '**RNN diverged:** after epoch 2 its validation loss is 800.000, worse than guessing all tokens with equal chance. Its steps are too',
    );
    expect(diverged).toContain('halve the learning rate to 0.004');
    expect(diverged).not.toContain('These changes usually help');
    expect(diverged).not.toMatch(/\d{20}/);
    const slow = reportMarkdown([runOf('rnn', [[3, 0.6]])], nothing);
    expect(slow).toContain('which token follows which. These changes usually help: more epochs.');
  });

  it('tells of runs that failed, were stopped, or never finished an epoch', () => {
    const failure = { kind: 'device', what: 'The GPU was lost.', remedy: 'Start again.' };
    const report = reportMarkdown(
      [runOf('rnn', [], { state: 'failed', failure }), runOf('lstm', [[2, 0.7]], { state: 'stopped', test: null })],
      nothing,
    );
    expect(report).toContain('**RNN: training failed.** The GPU was lost. Start again.');
    expect(report).toContain('RNN: no epoch was finished.');
    expect(report).toContain('**LSTM: training was stopped early**');
    expect(report).toContain('LSTM: validation loss is 2.000 after its only epoch.');
    expect(report).not.toContain('NaN');
    expect(report).not.toContain('rnn.safetensors');
  });
});
