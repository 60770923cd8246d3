import { describe, expect, it } from 'vitest';
import { runOf } from '../report/runs.fixture.ts';
import type { RunRecord } from '../runs/run.ts';
import {
  configurationsOf,
  configurationTitle,
  dimensionsOf,
  dimensionText,
  experimentTitle,
  incomparableBy,
  runsToCompare,
  summaryOf,
  validationLoss,
} from './table.ts';

const base = runOf('lstm', [[2, 0.7]]);

/** A run of an LSTM with another rate, seed and loss. */
function lstm(number: number, learningRate: number, seed: number, loss: number, but: Partial<RunRecord> = {}) {
  const config = { ...base.config, learningRate, seed };
  return runOf('lstm', [[loss, 0.7]], { id: `run-${number}`, number, config, ...but });
}

const sweep = [
  lstm(1, 0.001, 42, 2.5),
  lstm(2, 0.001, 43, 2.3),
  lstm(3, 0.004, 42, 2.1),
  lstm(4, 0.004, 43, 2.2),
  lstm(5, 0.004, 44, 2, { epochs: [], bestEpoch: null, state: 'waiting', test: null }),
];

describe('configurationsOf', () => {
  it('pools seeds, best first, and keeps runs without figures beside them', () => {
    const [best, next, ...others] = configurationsOf(sweep);
    expect(others).toEqual([]);
    expect(best!.runs.map(({ number }) => number)).toEqual([3, 4, 5]);
    expect(best!.pool!.seeds).toEqual([42, 43]);
    expect(validationLoss(best!)).toBeCloseTo(2.15);
    expect(best!.pool!.validation.loss.deviation).toBeCloseTo(Math.sqrt(0.005));
    expect(validationLoss(next!)).toBeCloseTo(2.4);
  });

  it('is the same over one experiment and over several clicks', () => {
    const clicks = sweep.map((run) => ({ ...run, experiment: `click-${run.number}` }));
    const shape = (runs: readonly RunRecord[]) => configurationsOf(runs).map((one) => [one.key, one.pool]);
    expect(shape(clicks)).toEqual(shape(sweep));
  });

  it('puts a configuration without a best epoch last', () => {
    const failed = lstm(6, 0.1, 42, 2, { epochs: [], bestEpoch: null, state: 'failed' });
    const all = configurationsOf([failed, ...sweep]);
    expect(all.map(({ pool }) => pool === null)).toEqual([false, false, true]);
  });
});

describe('runsToCompare', () => {
  it('are all of few configurations, else those of the best and of the pinned one', () => {
    expect(runsToCompare(sweep, null)).toBe(sweep);
    const many = Array.from({ length: 20 }, (_, i) => lstm(i + 1, 0.001 * (i + 1), 42, 3 - i / 10));
    const numbers = (pinned: string | null) => runsToCompare(many, pinned).map(({ number }) => number);
    expect(numbers(null)).toEqual([9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    expect(numbers('run-3')).toEqual([3, ...numbers(null)]);
  });
});

describe('dimensions', () => {
  it('are what varies, without the seed and the device', () => {
    expect(dimensionsOf(sweep)).toEqual(['learningRate']);
    expect(dimensionsOf([...sweep, { ...sweep[0]!, device: { kind: 'webgpu', name: 'GPU' } }])).toEqual([
      'learningRate',
    ]);
    expect(dimensionsOf([...sweep, runOf('rnn', [[3, 0.6]])])).toEqual(['model', 'learningRate']);
  });

  it('have no value where a setting changes nothing', () => {
    const [rnn] = configurationsOf([runOf('rnn', [[3, 0.6]])]);
    expect(dimensionText(rnn!, 'forgetBias')).toBeNull();
    expect(dimensionText(rnn!, 'model')).toBe('RNN');
    expect(configurationTitle(rnn!, ['model', 'forgetBias', 'learningRate'])).toMatch(/^RNN, rate /);
  });
});

describe('experimentTitle', () => {
  it('lists a few values and ranges of many', () => {
    expect(experimentTitle(sweep)).toBe('LSTM; rate 0.001, 0.004');
    const many = [0.016, 0.002, 0.004, 0.008, 0.032].map((rate, at) => lstm(at, rate, 42, 2));
    expect(experimentTitle(many)).toBe('LSTM; rate 0.002 to 0.032');
    expect(experimentTitle([base, runOf('rnn', [[3, 0.6]])])).toBe('LSTM, RNN');
  });
});

describe('summaryOf', () => {
  it('counts configurations, runs and seeds, and names the best', () => {
    expect(summaryOf(sweep)).toEqual({
      title: 'LSTM; rate 0.001, 0.004',
      configurations: 2,
      runs: 5,
      measured: 4,
      seeds: 3,
      best: { title: 'LSTM, rate 0.004', loss: expect.closeTo(2.15), seeds: 2 },
    });
  });

  it('names no best where losses cannot be compared', () => {
    const other = { ...sweep[0]!, number: 9, dataset: { id: 'mine', sha256: 'cd'.repeat(32) } };
    expect(incomparableBy(configurationsOf([...sweep, other]))).toEqual(['dataset']);
    expect(summaryOf([...sweep, other]).best).toBeNull();
  });
});
