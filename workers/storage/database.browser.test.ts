/** Two versions of the lab use one database, as in two tabs. */
import { deleteDB, openDB } from 'idb';
import { afterEach, expect, it } from 'vitest';
import { runOf } from '#core/report/runs.fixture.ts';
import { DATABASE_NAME, DATABASE_VERSION, openDatabase } from './database.ts';
import { listRuns, storeRun } from './runs.ts';

afterEach(() => deleteDB(DATABASE_NAME));

const NEWER = DATABASE_VERSION + 1;

it('lets a last write be done before a newer version takes over, and then lets go', async () => {
  const run = runOf('rnn', [[2, 0.7]]);
  const asked: boolean[] = [];
  const own = await openDatabase({
    beforeClose: async (upgrade) => {
      asked.push(upgrade);
      await storeRun(own, { ...run, state: 'interrupted' });
    },
  });
  await storeRun(own, { ...run, state: 'training' });
  const newer = await openDB(DATABASE_NAME, NEWER);
  expect(asked).toEqual([true]);
  expect(await newer.getAll('runs')).toEqual([{ ...run, state: 'interrupted' }]);
  await expect(listRuns(own)).rejects.toThrow(/clos/);
  await expect(openDatabase()).rejects.toMatchObject({ failure: { kind: 'superseded' } });
  newer.close();
});

it('lets go where the last write fails, or never ends', async () => {
  for (const beforeClose of [() => Promise.reject(new Error('full')), () => new Promise<void>(() => {})]) {
    await openDatabase({ beforeClose });
    const from = performance.now();
    (await openDB(DATABASE_NAME, NEWER)).close();
    expect(performance.now() - from).toBeLessThan(10_000);
    await deleteDB(DATABASE_NAME);
  }
});

it('says that it is to be deleted, not upgraded', async () => {
  const asked: boolean[] = [];
  await openDatabase({ beforeClose: async (upgrade) => void asked.push(upgrade) });
  await deleteDB(DATABASE_NAME);
  expect(asked).toEqual([false]);
});
