import { describe, expect, it } from 'vitest';
import { runOf } from '../report/runs.fixture.ts';
import { differenceTo, neighbourOf, runName, runSetting, settingsThatDiffer } from './runNames.ts';
import { emptyLabel } from './runLabel.ts';

const run = runOf('lstm', [[2, 0.7]], { number: 3 });
const { config } = run;

describe('what a run is called', () => {
  it('is its model and number, unless a person named it', () => {
    expect(runName(run)).toBe('LSTM 3');
    expect(runName(run, emptyLabel(run.id))).toBe('LSTM 3');
    expect(runName(run, { ...emptyLabel(run.id), name: 'the wide one' })).toBe('the wide one');
  });

  it('is told beside it by what its neighbour has not', () => {
    const before = runOf('lstm', [[2, 0.7]], { number: 1, config: { ...config, hidden: 64, seed: 7, trainFiles: 50 } });
    const other = runOf('rnn', [[2, 0.7]], { number: 2 });
    expect(neighbourOf(run, [before, other, run])).toBe(before);
    expect(neighbourOf(before, [before, other, run])).toBeUndefined();
    expect(differenceTo(run, before)).toBe('seed 42, hidden 128, training files all');
    expect(differenceTo(run, undefined)).toBe('');
    expect(differenceTo(run, { ...run, number: 1 })).toBe('');
  });
});

describe('settingsThatDiffer', () => {
  it('names what is not the same in all, data by content', () => {
    const moved = { ...run, dataset: { ...run.dataset, sha256: 'cd'.repeat(32) } };
    expect(settingsThatDiffer([run, run, moved])).toEqual(['dataset']);
    expect(settingsThatDiffer([run])).toEqual([]);
    expect(settingsThatDiffer([])).toEqual([]);
  });

  it('takes no heed of an activation that an LSTM does not have', () => {
    const relu = { ...config, activation: 'relu' as const };
    expect(settingsThatDiffer([run, { ...run, config: relu }])).toEqual([]);
    const rnn = runOf('rnn', [[2, 0.7]]);
    expect(settingsThatDiffer([run, rnn])).toEqual([]);
    expect(settingsThatDiffer([rnn, { ...rnn, config: relu }])).toEqual(['activation']);
  });

  it('writes settings as people read them', () => {
    expect(runSetting(run, 'vocabulary')).toBe('2,000');
    expect(runSetting(run, 'learningRate')).toBe('0.008');
    expect(runSetting(run, 'device')).toBe('Reference');
  });
});
