import { describe, expect, it } from 'vitest';
import { runOf } from '#core/report/runs.fixture.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { narrate } from './narrate.ts';
import { runWith, stepsOf } from './runs.fixture.ts';

const narrated = (run: RunRecord, runs: readonly RunRecord[], losses: readonly number[], norms?: readonly number[]) =>
  narrate(run, runs, stepsOf(losses, norms))
    .map(({ text }) => text)
    .join(' ');
const epoch = (train: number, validation: number, top5 = 0.75) => ({ train, validation, top5 });
const UNDER_WAY = { state: 'training', ended: null } as const;

// the fixtures' bigram is at 71% and a perplexity of 20.1
describe('what is said of a run', () => {
  it('before its first epoch is what its latest step shows', () => {
    const run = runOf('lstm', [], { state: 'training' });
    expect(narrated(run, [], [])).toBe('LSTM is in its first epoch of at most 6. It starts without knowing anything.');
    expect(narrated(run, [], [3, Math.log(50)])).toContain(
      'choosing among 50.0 tokens. That is still below the bigram baseline, a model that only counts which token follows ' +
        'which: it is at 20.1.',
    );
    expect(narrated(run, [], [3, Math.log(15)])).not.toContain('bigram');
    expect(narrated({ ...run, state: 'stopped' }, [], [])).toBe('LSTM ended before its first epoch.');
  });

  it('while it falls is how unsure it is, and how it stands beside the bigram', () => {
    const falling = [
      [Math.log(60), 0.6],
      [Math.log(31), 0.62],
    ] as const;
    const start =
      'RNN, epoch 2 of at most 6: on files it has not seen, it is as unsure as if choosing among 31.0 tokens, after 60.0 an epoch ' +
      'earlier. The true next token is among its first five guesses 62% of the time. That is ';
    const below =
      'below the bigram baseline, a model that only counts which token follows which: 62% top-5 and a perplexity of 31.0 ' +
      'against 71% top-5 and a perplexity of 20.1. ';
    expect(narrated(runOf('rnn', falling, UNDER_WAY), [], [])).toBe(`${start}still ${below}Its loss still falls.`);
    expect(narrated(runOf('rnn', falling), [], [])).toBe(
      `${start}${below}Its loss was still falling. These changes usually help: more epochs.`,
    );
    expect(narrated(runOf('rnn', [[Math.log(10), 0.8]]), [], [])).toContain(
      'That is above the bigram baseline, a model that only counts which token follows which: 71% top-5 and a perplexity of 20.1.',
    );
    expect(narrated(runOf('rnn', [[Math.log(30), 0.8]]), [], [])).toContain(
      ', in perplexity (30.0 against 20.1), but not in top-5.',
    );
  });

  it('is advice that its settings support', () => {
    const run = runWith([epoch(4.2, 4, 0.5), epoch(3.9, 3.8, 0.6)]);
    const config = { ...run.config, learningRate: 0.0005, batch: 8, trainFiles: 64 };
    expect(narrated({ ...run, config }, [], [])).toContain(
      'These changes usually help: more epochs; a higher learning rate (0.0005; the preset has 0.008); a smaller batch than 8, for ' +
        'more than 32 steps.',
    );
    const byHeart = runWith([epoch(4.2, 3.5, 0.5), epoch(3, 3.6, 0.5), epoch(2, 3.9, 0.5)]);
    expect(narrated({ ...byHeart, config }, [], [])).toContain('more training files than 64; more dropout than 0.2.');
  });

  it('when validation no longer falls names memorizing, and early stopping', () => {
    const byHeart = [epoch(2.4, 2), epoch(2.2, 2.1), epoch(2, 2.2), epoch(1.9, 2.3)];
    expect(narrated(runWith(byHeart, UNDER_WAY), [], [])).toContain(
      'Since epoch 1 its training loss still falls but its validation loss does not: it is starting to memorize its training files.',
    );
    expect(narrated(runWith(byHeart, { ended: 'patience' }), [], [])).toContain(
      'memorize its training files. It stopped early: validation loss had not fallen for 3 epochs. The weights of epoch 1 are kept.',
    );
    expect(narrated(runWith(byHeart.slice(0, 2), UNDER_WAY), [], [])).toContain('not improved since');
    expect(narrated(runWith(byHeart.slice(0, 2), { state: 'stopped', ended: null }), [], [])).toContain(
      'It was stopped. The weights of epoch 1 are kept.',
    );
  });

  it('when both losses rise is that its steps are too large, not memorizing', () => {
    const rising = [epoch(2.2, 2), epoch(2.4, 2.1), epoch(2.6, 2.2)];
    const words = narrated(runWith(rising, UNDER_WAY), [], []);
    expect(words).toContain('Neither its training loss nor its validation loss is lower than in epoch 1');
    expect(words).toContain('Try a lower learning rate than 0.008.');
    expect(words).not.toContain('memoriz');
  });

  it('when it diverges is that it does, and what to try', () => {
    const config = { ...runOf('rnn', []).config, learningRate: 1, clipNorm: 0 };
    const run = runWith([epoch(15.2, 17.5, 0.5), epoch(19.7, 20.3, 0.5), epoch(21.1, 20.071, 0.5)], { config });
    expect(narrated(run, [], [])).toBe(
      'RNN diverged: after epoch 3 of at most 6 its validation loss is 20.071, worse than guessing all tokens with equal chance. That is ' +
        'far below the bigram baseline, a model that only counts which token follows which. No epoch was better than guessing. ' +
        'The weights of epoch 1 are kept. ' +
        'Its steps are too large: halve the learning rate to 0.5, and again until the loss falls. The preset has 0.008. ' +
        'Clip the gradient at a norm of 1: it is not clipped now.',
    );
    const overflowing = runWith([epoch(4, 3.9), epoch(300, Infinity)], UNDER_WAY);
    expect(narrated(overflowing, [], [])).toContain(
      'RNN is diverging: after epoch 2 of at most 6 its validation loss overflowed, larger than any number.',
    );
    expect(narrated(overflowing, [], [])).toContain('It is unlikely to recover: stop it and train again.');
    expect(narrated(runWith([epoch(4, Number.NaN)]), [], [])).toContain('loss is no longer a number.');
    const huge = narrated(runWith([epoch(4, 3.9), epoch(1e300, 1e300)]), [], []);
    expect(huge).toContain('loss is 1.00×10³⁰⁰, worse than');
    expect(huge).toContain('The weights of epoch 1 are kept.');
    const failure = {
      kind: 'not-finite',
      what: 'The loss stopped being a number at step 3.',
      remedy: 'Lower the rate.',
    };
    expect(narrated(runWith([], { state: 'failed', failure }), [], [])).toMatch(
      /^RNN diverged in its first epoch: its loss stopped being a number\. Its steps are too large/,
    );
  });

  it('within an epoch is what its latest steps agree on', () => {
    const steps = [12, 14, 13, 15, 16];
    expect(narrated(runWith([], UNDER_WAY), [], steps)).toContain(
      'On the files it has just read, its loss is 16.000, worse than guessing all tokens with equal chance: it is diverging.',
    );
    expect(narrated(runWith([epoch(3, 2.8)], UNDER_WAY), [], steps)).toContain('Since then it has begun to diverge');
    expect(narrated(runWith([epoch(3, 2.8)], UNDER_WAY), [], [3, 2.9, 16, 2.8, 2.9])).not.toContain('diverge');
  });

  it('on a plateau is why an LSTM does not get better yet, and what ends it', () => {
    const run = runWith([epoch(5.2, 5.3, 0.4)], { ...UNDER_WAY, model: 'lstm' });
    const losses = Array.from({ length: 20 }, () => 5.1);
    const small = [0.001, 0.01, 0.12, 2];
    expect(narrated(run, [], losses, small)).toContain(
      'It is on a plateau: over the last 20 steps its loss is no lower than that of the unigram baseline, which only knows how ' +
        'frequent each token is. Layer 1 gets 1/12 of the gradient that layer 2 gets',
    );
    expect(narrated(run, [], losses, small)).toContain('“orthogonal-layers” make it shorter');
    const shortened = { ...run, config: { ...run.config, initialization: 'orthogonal-layers' } } as const;
    expect(narrated(shortened, [], losses, small)).not.toContain('shorter');
    expect(narrated({ ...run, state: 'done' }, [], losses, small)).toContain('It ended on a plateau');
    const others = [
      narrated(run, [], losses, [0.001, 0.06, 0.12, 2]), // layer 1 learns
      narrated(
        run,
        [],
        losses.map((loss) => loss - 0.2),
        small,
      ), // better than the unigram, at 5
      narrated(run, [], losses.slice(1), small), // too few steps to tell
      narrated(run, [], losses), // not measured by layer
      narrated({ ...run, model: 'residual-lstm' }, [], losses, small),
      narrated({ ...run, model: 'rnn' }, [], losses, small),
    ];
    for (const words of others) expect(words).not.toContain('plateau');
  });

  it('of a residual model compares it with its baseline after as many epochs', () => {
    const residual = runOf('residual-lstm', [[Math.log(20), 0.7]]);
    const baseline = runOf('lstm', [[Math.log(30), 0.6]]);
    expect(narrated(residual, [baseline], [])).toContain('ahead of the plain LSTM, which was at 30.0.');
    expect(narrated(baseline, [residual], [])).not.toContain('plain');
    expect(narrated(residual, [runOf('rnn', [[3, 0.6]])], [])).not.toContain('plain');
  });

  it('does not forget the models before it', () => {
    const run = runOf('residual-lstm', [[Math.log(10), 0.8]]);
    const diverged = { ...runWith([epoch(20, 20)]), id: 'first' };
    const below = runOf('lstm', [[Math.log(30), 0.6]]);
    expect(narrated(run, [diverged, below, run], [])).toContain(
      'Also, RNN diverged, and LSTM ended below the bigram baseline.',
    );
  });
});
