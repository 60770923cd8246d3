import { describe, expect, it } from 'vitest';
import { chanceLoss, divergenceOf } from './divergence.ts';
import { runOf } from '../report/runs.fixture.ts';

const of = (losses: readonly number[]) =>
  divergenceOf(
    runOf(
      'rnn',
      losses.map((loss) => [loss, 0.5]),
    ),
  );

describe('divergenceOf', () => {
  it('sees what overflowed, is no number, or is worse than chance', () => {
    expect(of([5, Infinity])).toEqual({ fault: 'overflowed', epoch: 2, part: 'validation', loss: Infinity });
    expect(of([5, Number.NaN])?.fault).toBe('not a number');
    expect(of([5, 20])).toEqual({ fault: 'worse than chance', epoch: 2, part: 'validation', loss: 20 });
  });

  it('sees nothing in a run that learns, begins, or came back', () => {
    const { config } = runOf('rnn', []);
    expect(of([5, 4, 4.5])).toBeNull();
    expect(of([chanceLoss(config) + 0.1])).toBeNull();
    expect(of([Infinity, 20, 4])).toBeNull();
    expect(of([])).toBeNull();
  });

  it('does not take a split without targets for a fault', () => {
    const run = runOf('rnn', [[3, 0.6]]);
    const [epoch] = run.epochs;
    const empty = { ...epoch!, validation: { ...epoch!.validation, loss: Number.NaN, counted: 0 } };
    expect(divergenceOf({ ...run, epochs: [empty] })).toBeNull();
    const diverged = { ...empty, train: { ...empty.train, loss: 30 } };
    expect(divergenceOf({ ...run, epochs: [diverged] })).toMatchObject({ part: 'train', fault: 'worse than chance' });
  });

  it('believes a training that failed for its loss', () => {
    const failure = { kind: 'not-finite', what: 'The loss stopped being a number.', remedy: 'Lower the rate.' };
    expect(divergenceOf(runOf('rnn', [[3, 0.6]], { state: 'failed', failure }))).toMatchObject({ epoch: null });
  });
});
