import { describe, expect, it } from 'vitest';
import type { ModelName } from '../models/registry.ts';
import { runOf } from '../report/runs.fixture.ts';
import type { RunRecord } from '../runs/run.ts';
import type { Breakdown } from '../metrics/breakdown.ts';
import { breakdownOf } from './breakdowns.fixture.ts';
import { compareRuns } from './comparison.ts';
import { conclusionOf } from './conclusion.ts';

const tested = (model: ModelName, loss: number) => runOf(model, [[loss, 0.7]], { id: model });
const rnn = tested('rnn', 2.5);
const lstm = tested('lstm', 2.6);
const residual = tested('residual-rnn', 2.4);

const concluded = (runs: readonly RunRecord[], breakdowns: Readonly<Record<string, Breakdown>>) =>
  conclusionOf(compareRuns({ runs, breakdowns: new Map(Object.entries(breakdowns)) }));

describe('the conclusion of a training', () => {
  it('compares the residual model with its baseline, and says what the interval covers', () => {
    const breakdowns = {
      rnn: breakdownOf(0.6),
      lstm: breakdownOf(0.6, { seed: 8 }),
      'residual-rnn': breakdownOf(0.6, { seed: 3, names: 0.2 }),
    };
    expect(concluded([rnn, lstm, residual], breakdowns)).toMatch(
      /^On the 30 test files the top-5 of the Residual RNN is \d+\.\d points above that of the RNN: \d+\.\d% against \d+\.\d%, 1 seed each \(95% interval \+\d+\.\d to \+\d+\.\d points, over test files only: another seed may change it\)\.$/,
    );
  });

  it('is of the baselines where nothing else was trained, and claims nothing that is unresolved', () => {
    expect(concluded([rnn, lstm], { rnn: breakdownOf(0.6), lstm: breakdownOf(0.6, { seed: 8 }) })).toMatch(
      /^On the 30 test files the difference in top-5 between the LSTM and the RNN is unresolved: .*[+−]\d\.\d points \(95% interval −/,
    );
  });

  it('is missing where a model has no test figures by file, and of one model', () => {
    expect(concluded([rnn, lstm], { rnn: breakdownOf(0.6) })).toBeNull();
    expect(concluded([rnn], { rnn: breakdownOf(0.6) })).toBeNull();
  });
});
