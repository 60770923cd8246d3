import { describe, expect, it } from 'vitest';
import { runOf } from '../../core/report/runs.fixture.ts';
import { narrate } from './narrate.ts';

const told = (...args: Parameters<typeof narrate>) => narrate(...args).join(' ');

describe('what is said of a run', () => {
  it('before its first epoch is what its latest step shows', () => {
    const run = runOf('lstm', [], { state: 'training' });
    expect(told(run, [], [])).toMatch(/^LSTM reads its training files for the first of at most 6 times\. It begins/);
    expect(told(run, [], [3, Math.log(50)])).toContain('choosing among 50.0 tokens');
    expect(told({ ...run, state: 'stopped' }, [], [])).toBe('LSTM ended before its first epoch.');
  });

  it('while it falls is how unsure it is, and beside which yardstick', () => {
    const run = runOf('rnn', [
      [Math.log(60), 0.6],
      [Math.log(31), 0.62],
    ]);
    expect(told(run, [], [])).toBe(
      'RNN, epoch 2 of at most 6: on files it never saw it is as unsure as if choosing among 31.0 tokens, after 60.0 an epoch ' +
        'earlier. The true next token is among its five first guesses 62% of the time; a model that only counts which token ' +
        'follows which gets 71%.',
    );
  });

  it('when validation no longer falls names learning by heart, and early stopping', () => {
    const rising = [
      [2, 0.7],
      [2.1, 0.7],
      [2.2, 0.7],
    ] as const;
    expect(told(runOf('rnn', rising, { state: 'training', ended: null }), [], [])).toContain('by heart');
    expect(told(runOf('rnn', rising, { ended: 'patience' }), [], [])).toContain(
      'had not fallen for 3 epochs. The weights of epoch 1 are kept.',
    );
    const once = [rising[0], rising[1]];
    expect(told(runOf('rnn', once, { state: 'training', ended: null }), [], [])).toContain('not got better since');
  });

  it('of a residual model holds it against its baseline after as many epochs', () => {
    const residual = runOf('residual-lstm', [[Math.log(20), 0.7]]);
    const baseline = runOf('lstm', [[Math.log(30), 0.6]]);
    expect(told(residual, [baseline], [])).toContain('ahead of the plain LSTM, which was at 30.0.');
    expect(told(baseline, [residual], [])).not.toContain('plain');
    expect(told(residual, [runOf('rnn', [[3, 0.6]])], [])).not.toContain('plain');
  });
});
