import { describe, expect, it } from 'vitest';
import { runOf } from '../report/runs.fixture.ts';
import { baselineAmong, better, bestLoss, firstExtended, isComparableBaseline } from './baseline.ts';

const rnn = runOf('rnn', [[3, 0.5]]);
const lstm = runOf('lstm', [[2, 0.6]]);
const residual = runOf('residual-rnn', [[2.5, 0.6]]);

describe('the better baseline', () => {
  it('is the one with the lower loss at its best epoch, the first of equal ones, and never one without a loss', () => {
    const unmeasured = { ...rnn, epochs: [], bestEpoch: null };
    expect(better([unmeasured, rnn, lstm], bestLoss)).toBe(lstm);
    expect(better([rnn, { ...rnn, id: 'again' }], bestLoss)).toBe(rnn);
    expect(better([], bestLoss)).toBeUndefined();
  });
});

describe('the baseline of a model', () => {
  it('is the model that it extends', () => {
    expect(baselineAmong([lstm, rnn, residual], 'residual-rnn')).toBe(rnn);
    expect(baselineAmong([lstm], 'residual-rnn')).toBeUndefined();
    expect(baselineAmong([lstm, rnn], 'rnn')).toBeUndefined();
    expect(firstExtended([rnn, residual, lstm])).toBe(residual);
  });

  it('is finished, of the same data, and of the same settings', () => {
    const wanted = { sha256: rnn.dataset.sha256, config: rnn.config };
    expect(isComparableBaseline({ ...rnn, state: 'done' }, wanted)).toBe(true);
    expect(isComparableBaseline({ ...rnn, state: 'stopped' }, wanted)).toBe(false);
    expect(isComparableBaseline({ ...residual, state: 'done' }, wanted)).toBe(false);
    expect(isComparableBaseline(rnn, { ...wanted, sha256: 'other' })).toBe(false);
    expect(isComparableBaseline(rnn, { ...wanted, config: { ...rnn.config, seed: 9 } })).toBe(false);
    const scaled = { ...rnn.config, connection: 'scaled' } as const;
    expect(isComparableBaseline({ ...rnn, state: 'done' }, { ...wanted, config: scaled })).toBe(true);
  });
});
