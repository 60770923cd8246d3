import { expect, it } from 'vitest';
import { runOf } from '#core/report/runs.fixture.ts';
import { NO_STEPS } from '#core/runs/stepTable.ts';
import { JsonLines } from './jsonLines.ts';

it('a training is an object a line: progress now and then, every epoch and end once', () => {
  const written: string[] = [];
  const clock = { now: 0 };
  const lines = new JsonLines(
    (line) => written.push(line),
    () => clock.now,
  );
  const done = runOf('rnn', [
    [3, 0.6],
    [Number.NaN, 0.7],
  ]);
  const training = { ...done, state: 'training' as const, epochs: done.epochs.slice(0, 1) };
  const progress = {
    runId: done.id,
    phase: 'training',
    epoch: 2,
    epochs: 6,
    step: 31,
    steps: 40,
    part: 0.5,
    stepsPerSecond: 1,
    dataWaitShare: 0,
    tokensPerSecond: 1_240,
    secondsLeft: 170,
    deviceBytes: 0,
    points: NO_STEPS,
  } as const;
  for (clock.now = 0; clock.now < 2_000; clock.now += 250) lines.show({ runs: [training], progress });
  lines.show({ runs: [done], progress: null });
  lines.show({ runs: [done], progress: null });
  lines.say('Over.');
  lines.end();
  expect(written.every((line) => /^[^\n]*\n$/.test(line))).toBe(true);
  const objects = written.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(objects.map(({ type }) => type)).toEqual(['epoch', 'progress', 'progress', 'epoch', 'end', 'message']);
  expect(objects[1]).toMatchObject({ run: done.id, epoch: 2, step: 31, loss: null, secondsLeft: 170 });
  expect(objects[3]).toMatchObject({ model: 'rnn', seed: 42, epoch: 2, validation: { loss: null } });
  expect(objects[4]).toMatchObject({ state: 'done', bestEpoch: done.bestEpoch, failure: null });
});
