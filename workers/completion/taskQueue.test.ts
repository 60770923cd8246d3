import { expect, it } from 'vitest';
import { TaskQueue } from './taskQueue.ts';

const model = {};
const call = (ticket: number, urgent = false, kind = urgent ? 'caret' : 'inspect') => ({
  of: model,
  kind,
  ticket,
  urgent,
});
/** Lets everything that waits go on. */
const rest = () => new Promise((resolve) => setTimeout(resolve));

it('does one thing at a time, in order', async () => {
  const turns = new TaskQueue();
  const log: string[] = [];
  const job = (name: string) => async () => {
    log.push(`${name} begins`);
    await rest();
    log.push(`${name} ends`);
    return name;
  };
  const results = await Promise.all([turns.take(call(1), job('a')), turns.take(call(1, true), job('b'))]);
  expect(results).toEqual(['a', 'b']);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});

it('answers null to what a newer call superseded, under way or waiting, and to what comes late', async () => {
  const turns = new TaskQueue();
  const looks: boolean[] = [];
  const first = turns.take(call(1), async (wanted) => {
    looks.push(wanted());
    await rest();
    looks.push(wanted());
    return wanted() ? 'first' : null;
  });
  const second = turns.take(call(2), () => Promise.resolve('second'));
  await Promise.resolve();
  const third = turns.take(call(3), () => Promise.resolve('third'));
  expect(await Promise.all([first, second, third])).toEqual([null, null, 'third']);
  expect(looks).toEqual([]);
  expect(await turns.take(call(2), () => Promise.resolve('late'))).toBeNull();
  expect(await turns.take({ ...call(1), of: {} }, () => Promise.resolve('of another'))).toBe('of another');
});

it('lets calls of one ticket be: what may come next, and the line', async () => {
  const turns = new TaskQueue();
  const both = [1, 2].map((n) => turns.take(call(7, true), () => Promise.resolve(n)));
  expect(await Promise.all(both)).toEqual([1, 2]);
});

it('steps back for a keystroke, and goes on after it', async () => {
  const turns = new TaskQueue();
  const log: string[] = [];
  let done = 0;
  const long = turns.take(call(1), async (wanted) => {
    for (; done < 5; done++) {
      if (!wanted()) {
        log.push(`back at ${done}`);
        return null;
      }
      await rest();
    }
    log.push('whole');
    return done;
  });
  await rest();
  const urgent = turns.take(call(1, true), () => {
    log.push('keystroke');
    return Promise.resolve('candidates');
  });
  expect(await urgent).toBe('candidates');
  expect(await long).toBe(5);
  expect(log).toEqual([expect.stringMatching(/^back at [1-4]$/), 'keystroke', 'whole']);
});

it('goes on after a failure, which whoever asked hears of', async () => {
  const turns = new TaskQueue();
  await expect(turns.take(call(1, true), () => Promise.reject(new Error('no memory')))).rejects.toThrow('no memory');
  expect(await turns.take(call(2, true), () => Promise.resolve('again'))).toBe('again');
  // nothing urgent is left: what is not urgent is wanted
  expect(await turns.take(call(1), (wanted) => Promise.resolve(wanted()))).toBe(true);
});

it('ends: what is under way is no longer wanted, and nothing begins', async () => {
  const turns = new TaskQueue();
  let ended = false;
  const under = turns.take(call(1), async (wanted) => {
    while (wanted()) await rest();
    ended = true;
    return null;
  });
  await rest();
  await turns.end(model);
  expect(ended).toBe(true);
  expect(await under).toBeNull();
  expect(await turns.take(call(9), () => Promise.resolve('too late'))).toBeNull();
});
