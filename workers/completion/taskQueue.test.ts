import { expect, it } from 'vitest';
import { TaskQueue } from './taskQueue.ts';

const model = {};
const call = (ticket: number, urgent = false, kind = urgent ? 'caret' : 'inspect') => ({
  of: model,
  kind,
  ticket,
  urgent,
});
/** Lets all waiting tasks continue. */
const rest = () => new Promise((resolve) => setTimeout(resolve));

it('does one thing at a time, in order', async () => {
  const queue = new TaskQueue();
  const log: string[] = [];
  const job = (name: string) => async () => {
    log.push(`${name} begins`);
    await rest();
    log.push(`${name} ends`);
    return name;
  };
  const results = await Promise.all([queue.run(call(1), job('a')), queue.run(call(1, true), job('b'))]);
  expect(results).toEqual(['a', 'b']);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});

it('answers null to what a newer call superseded, under way or waiting, and to what comes late', async () => {
  const queue = new TaskQueue();
  let runs = 0;
  const first = queue.run(call(1), () => Promise.resolve(`run ${++runs}`));
  const second = queue.run(call(2), () => Promise.resolve('second'));
  await Promise.resolve();
  const third = queue.run(call(3), () => Promise.resolve('third'));
  expect(await Promise.all([first, second, third])).toEqual([null, null, 'third']);
  expect(runs).toBe(0);
  expect(await queue.run(call(2), () => Promise.resolve('late'))).toBeNull();
  expect(await queue.run({ ...call(1), of: {} }, () => Promise.resolve('of another'))).toBe('of another');
});

it('aborts what runs when a newer call of its kind comes', async () => {
  const queue = new TaskQueue();
  const first = queue.run(call(1), async (signal) => {
    while (!signal.aborted) await rest();
    return null;
  });
  await rest();
  expect(await queue.run(call(2), () => Promise.resolve('second'))).toBe('second');
  expect(await first).toBeNull();
});

it('lets calls of one ticket be: what may come next, and the line', async () => {
  const queue = new TaskQueue();
  const both = [1, 2].map((n) => queue.run(call(7, true), () => Promise.resolve(n)));
  expect(await Promise.all(both)).toEqual([1, 2]);
});

it('is aborted for a keystroke, and runs again after it', async () => {
  const queue = new TaskQueue();
  const log: string[] = [];
  let done = 0;
  const long = queue.run(call(1), async (signal) => {
    for (; done < 5; done++) {
      if (signal.aborted) {
        log.push(`back at ${done}`);
        return null;
      }
      await rest();
    }
    log.push('whole');
    return done;
  });
  await rest();
  const urgent = queue.run(call(1, true), () => {
    log.push('keystroke');
    return Promise.resolve('candidates');
  });
  expect(await urgent).toBe('candidates');
  expect(await long).toBe(5);
  expect(log).toEqual([expect.stringMatching(/^back at [1-4]$/), 'keystroke', 'whole']);
});

it('goes on after a failure, which whoever asked hears of', async () => {
  const queue = new TaskQueue();
  await expect(queue.run(call(1, true), () => Promise.reject(new Error('no memory')))).rejects.toThrow('no memory');
  expect(await queue.run(call(2, true), () => Promise.resolve('again'))).toBe('again');
  // no urgent call is left, so others run
  expect(await queue.run(call(1), (signal) => Promise.resolve(signal.aborted))).toBe(false);
});

it('ends: what runs is aborted, and nothing begins', async () => {
  const queue = new TaskQueue();
  let ended = false;
  const under = queue.run(call(1), async (signal) => {
    while (!signal.aborted) await rest();
    ended = true;
    return null;
  });
  await rest();
  await queue.end(model);
  expect(ended).toBe(true);
  expect(await under).toBeNull();
  expect(await queue.run(call(9), () => Promise.resolve('too late'))).toBeNull();
});
