import { describe, expect, it } from 'vitest';
import { runOf } from '#core/report/runs.fixture.ts';
import { NO_STEPS, stepTable } from '#core/runs/stepTable.ts';
import type { TrainingProgress } from '#core/runs/training.ts';
import { TrainingTerminal } from './progress.ts';

const progress: TrainingProgress = {
  runId: 'run-rnn',
  phase: 'training',
  epoch: 2,
  epochs: 6,
  step: 31,
  steps: 40,
  part: 0,
  stepsPerSecond: 1,
  dataWaitShare: 0,
  tokensPerSecond: 1_240,
  secondsLeft: 170,
  deviceBytes: 0,
  points: stepTable([{ step: 71, loss: 2.5134, gradientNorm: 1, tokens: 9, seconds: 9, layerNorms: null }]),
};
const training = runOf('rnn', [[3, 0.6]], { state: 'training', test: null });
const LINE = 'RNN  epoch 2 of 6  step 31 of 40  loss 2.513  1,240 tokens/s  about 3 min left';

function terminal(isTTY: boolean, columns = 200) {
  const written: string[] = [];
  const clock = { now: 0 };
  const output = { isTTY, columns, write: (text: string) => void written.push(text) };
  return { show: new TrainingTerminal(output, () => clock.now), written, clock };
}

describe('TrainingTerminal', () => {
  it('renews one line on a TTY, and clears it before a line that stays', () => {
    const { show, written } = terminal(true);
    show.show({ runs: [{ ...training, epochs: [] }], progress });
    expect(written).toEqual([`\r\u001B[K${LINE}`]);
    show.say('Stopping.');
    expect(written.slice(1)).toEqual(['\r\u001B[K', 'Stopping.\n']);
  });

  it('never wraps its line', () => {
    const { show, written } = terminal(true, 40);
    show.show({ runs: [training], progress });
    expect(written.at(-1)?.replace('\r\u001B[K', '')).toBe(LINE.slice(0, 39));
  });

  it('writes to a log now and then, without escapes', () => {
    const { show, written, clock } = terminal(false);
    const glance = { runs: [{ ...training, epochs: [] }], progress };
    for (clock.now = 0; clock.now < 61_000; clock.now += 1_000) show.show(glance);
    expect(written).toEqual([`${LINE}\n`, `${LINE}\n`, `${LINE}\n`]);
  });

  it('keeps the last loss while no step is new', () => {
    const { show, written } = terminal(true);
    show.show({ runs: [training], progress });
    show.show({ runs: [training], progress: { ...progress, points: NO_STEPS } });
    expect(written.at(-1)).toContain('loss 2.513');
  });

  it('tells each epoch and each end once', () => {
    const { show, written } = terminal(false);
    show.show({ runs: [training], progress: null });
    show.show({ runs: [training], progress: null });
    const done = runOf(
      'rnn',
      [
        [3, 0.6],
        [2.5, 0.77],
      ],
      { ended: 'patience' },
    );
    show.show({ runs: [done], progress: null });
    show.show({ runs: [done], progress: null });
    expect(written).toHaveLength(3);
    expect(written[0]).toContain(
      'RNN  epoch 1 of 6  |  train loss 3.200 top-5 58.0%  |  validation loss 3.000 top-5 60.0% perplexity 20.1',
    );
    expect(written[2]).toBe(
      'RNN  done: best epoch 2, ended early: validation loss no longer fell  test top-5 76.0% perplexity 13.5\n',
    );
  });

  it('gives the reason of a failure', () => {
    const { show, written } = terminal(false);
    const failure = { kind: 'device', what: 'The GPU was lost.', remedy: 'Start again.' };
    show.show({ runs: [runOf('rnn', [], { state: 'failed', failure })], progress: null });
    expect(written).toEqual(['RNN  failed: The GPU was lost. Start again.\n']);
  });
});
