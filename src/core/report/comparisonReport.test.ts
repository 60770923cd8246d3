import { describe, expect, it } from 'vitest';
import { modelTitle } from '../models/registry.ts';
import { breakdownOf } from '../comparison/breakdowns.fixture.ts';
import { compareRuns } from '../comparison/comparison.ts';
import type { RunRecord } from '../runs/run.ts';
import { writeHtml, writeMarkdown } from './blocks.ts';
import { comparisonReport } from './comparisonReport.ts';
import { divergedRun, OVERFLOWED_MEASURES, runOf } from './runs.fixture.ts';

const rnn = runOf('rnn', [[2.5, 0.7]], { id: 'rnn', number: 1 });
const lstm = runOf('lstm', [[2.4, 0.72]], { id: 'lstm', number: 2 });
const residual = runOf('residual-lstm', [[2.3, 0.74]], { id: 'res', number: 3 });

function reportOf(runs: readonly RunRecord[], breakdowns: Parameters<typeof compareRuns>[0]['breakdowns'] = new Map()) {
  return comparisonReport({
    comparison: compareRuns({ runs, breakdowns }),
    runs,
    titleOf: ({ model }) => modelTitle(model),
    nameOf: ({ number }) => `run ${number}`,
    discussion: 'First.\n\n\nSecond,\nstill second.\n\n- a point\n- another',
    figures: [{ title: 'Loss', svg: '<svg/>' }],
    at: 0,
  });
}

function overflowed(breakdown: ReturnType<typeof breakdownOf>) {
  breakdown.overall.set([Infinity, Infinity], 1);
  return breakdown;
}

describe('comparisonReport', () => {
  it('has every run, the figures, the discussion and the pictures', () => {
    const text = writeMarkdown(reportOf([rnn, lstm]));
    expect(text).toContain(`- data set \`python-stdlib\`: SHA-256 \`${'ab'.repeat(32)}\``);
    expect(text).toContain('- run 1: data set python-stdlib, device Reference, seed 42');
    expect(text).toContain('| LSTM | 1 | 71.0% |');
    expect(text).toContain('## Not compared with the baseline\n\n- RNN: It has no test results per file');
    expect(text).toContain('\n\nFirst.\n\nSecond,\\\nstill second.\n\n- a point\n- another\n\n');
    expect(text).toContain('![Loss](data:image/svg+xml;base64,');
  });

  it('has the differences with their intervals, by group too', () => {
    const breakdowns = new Map([
      ['lstm', breakdownOf(0.6)],
      ['res', breakdownOf(0.6, { seed: 3, names: 0.2 })],
    ]);
    const text = writeMarkdown(reportOf([lstm, residual], breakdowns));
    expect(text).toContain('## Differences from LSTM, on test');
    expect(text).toContain('over the 30 test files.');
    expect(text).toContain('| Residual LSTM | 30 files only, 1 seed each | ');
    expect(text).toContain('The intervals of the 2 groups are simultaneous');
    const interval = String.raw`[+−]?\d+\.\d points \\\[[+−]?\d+\.\d, [+−]?\d+\.\d\\\]`;
    expect(text).toMatch(new RegExp(`\\| kind: name \\| 1,500 \\| \\d+\\.\\d% \\| \\d+\\.\\d% \\| ${interval} \\|`));
    // the difference of a lower loss, with a true minus sign and three digits
    expect(text).toMatch(/\| Residual LSTM \| .* \| −0\.\d{3} \\\[−0\.\d{3}, −0\.\d{3}\\\] \|/);
    expect(text).not.toContain('Not compared with');
  });

  it('says where there are too few files for an interval', () => {
    const breakdowns = new Map([
      ['lstm', breakdownOf(0.6, { files: 2 })],
      ['res', breakdownOf(0.7, { files: 2 })],
    ]);
    expect(writeMarkdown(reportOf([lstm, residual], breakdowns))).toMatch(/points, too few files \|/);
  });

  it('says what overflowed, and why a run without a best epoch is in no table', () => {
    const breakdowns = new Map([
      ['rnn', breakdownOf(0.5)],
      ['lstm', overflowed(breakdownOf(0.6))],
    ]);
    const diverged = { ...divergedRun('lstm', { id: 'lstm', number: 2 }), test: OVERFLOWED_MEASURES };
    const never = runOf('residual-rnn', [[Number.NaN, 0.1]], {
      number: 3,
      bestEpoch: null,
      test: null,
      state: 'failed',
    });
    const text = writeMarkdown(reportOf([rnn, diverged, never], breakdowns));
    expect(text).toMatch(/\| LSTM \| 1 \|.* ∞ \(overflowed\) \| ∞ \(overflowed\) \| 800.000 \|/);
    expect(text).toMatch(/points \\\[.* \| \+∞ \(overflowed\) \| \+∞ \(overflowed\) \| \+∞ \(overflowed\) \|/);
    expect(text).toContain('no epoch had a finite validation loss, so it is not in the tables');
    expect(text).not.toMatch(/NaN|Infinity/);
    expect(writeHtml('x', reportOf([rnn, diverged], breakdowns))).toContain('<td>+∞ (overflowed)</td>');
  });

  it('has deviations over seeds, without a sign', () => {
    const again = runOf('rnn', [[2.7, 0.72]], { id: 'again', number: 4, config: { ...rnn.config, seed: 7 } });
    expect(writeMarkdown(reportOf([rnn, again]))).toContain('| RNN | 2 | 70.0% ± 1.4 points |');
  });

  it('tells of runs that ended early or are in no table, and of none at all', () => {
    const failed = runOf('rnn', [], { state: 'failed', number: 9 });
    const text = writeMarkdown(reportOf([failed, { ...lstm, state: 'stopped' }]));
    expect(text).toMatch(/- run 9: .*; failed; no epoch was finished, so it is not in the tables\n/);
    expect(text).toMatch(/- run 2: .*; stopped\n/);
    expect(writeHtml('None', reportOf([]))).toContain('<h2>Test</h2>');
  });
});
