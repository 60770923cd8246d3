/** Databases in the format of each older version, written by hand and opened by this version. */
import { deleteDB, openDB } from 'idb';
import { afterEach, expect, it } from 'vitest';
import { divergedRun, OVERFLOWED_MEASURES, runOf } from '#core/report/runs.fixture.ts';
import { DATABASE_NAME, DATABASE_VERSION, openDatabase, type Database } from './database.ts';
import { findCheckpoint } from './checkpoints.ts';
import { experimentOf } from '#core/experiments/queue.fixture.ts';
import { readDatasets } from './datasets.ts';
import { changeExperiments, dropForgotten, readExperiments } from './experiments.ts';
import { listRuns, readBreakdown, readRuns, readSteps, readWeights } from './runs.ts';

let database: Database | undefined;
afterEach(async () => {
  database?.close();
  await deleteDB(DATABASE_NAME);
});

/** Writes a database of version 1, with steps in the run's record and without numbers. */
async function writeVersion1(runs: readonly unknown[]): Promise<void> {
  const old = await openDB(DATABASE_NAME, 1, {
    upgrade(fresh) {
      fresh.createObjectStore('datasets', { keyPath: 'id' });
      fresh.createObjectStore('shards');
      fresh.createObjectStore('runs', { keyPath: 'id' });
      fresh.createObjectStore('weights');
    },
  });
  for (const run of runs) await old.put('runs', run);
  await old.put('weights', Uint8Array.of(1, 2, 3), 'late');
  await old.put('datasets', { id: 'kept' });
  old.close();
}

const version1 = (id: string, createdAt: number, steps: readonly unknown[]) => {
  const { number: _, ...run } = runOf('lstm', [[2, 0.7]], { id, createdAt });
  return { ...run, schema: 1, steps };
};

it('brings runs of version 1 along: steps apart, numbered by age, weights and data sets untouched', async () => {
  const steps = [
    { step: 1, loss: Infinity, gradientNorm: 0.5 },
    { step: 3, loss: 2, gradientNorm: 0.25 },
  ];
  const foreign = { id: 'foreign', schema: 9, steps: 'what a later lab writes' };
  await writeVersion1([version1('late', 200, steps), version1('early', 100, []), foreign]);
  database = await openDatabase();
  expect(database.version).toBe(DATABASE_VERSION);
  const runs = await listRuns(database);
  expect(runs.map(({ id, number, schema }) => [id, number, schema])).toEqual([
    ['early', 1, 2],
    ['late', 2, 2],
  ]);
  expect(runs[1]).toEqual(runOf('lstm', [[2, 0.7]], { id: 'late', createdAt: 200, number: 2 }));
  const table = await readSteps(database, 'late');
  expect([...table.step]).toEqual([1, 3]);
  expect([...table.loss]).toEqual([Infinity, 2]);
  expect(table.tokens.every(Number.isNaN)).toBe(true);
  expect((await readSteps(database, 'early')).step).toHaveLength(0);
  expect(await readBreakdown(database, 'late')).toBeUndefined();
  expect(await readWeights(database, 'late')).toEqual(Uint8Array.of(1, 2, 3));
  expect(await database.get('runs', 'foreign')).toEqual(foreign);
  const what = 'Another version of the lab wrote it: its format is 9, but this version reads 2.';
  expect((await readRuns(database)).damaged).toEqual([{ store: 'runs', id: 'foreign', title: 'A run', what }]);
  expect(await database.count('datasets')).toBe(1);
  expect((await readDatasets(database)).damaged).toMatchObject([{ store: 'datasets', id: 'kept' }]);
});

it('opens an empty version 1, and makes everything where nothing is', async () => {
  await writeVersion1([]);
  database = await openDatabase();
  expect(await listRuns(database)).toEqual([]);
  const stores = [...database.objectStoreNames];
  database.close();
  await deleteDB(DATABASE_NAME);
  database = await openDatabase();
  expect([...database.objectStoreNames]).toEqual(stores);
  expect(stores).toEqual([
    'breakdowns',
    'checkpoints',
    'datasets',
    'experiments',
    'labels',
    'runs',
    'shards',
    'steps',
    'weights',
  ]);
});

it('brings version 2 along: all as it was, and room for checkpoints', async () => {
  const run = runOf('rnn', [[2, 0.7]], { id: 'kept' });
  const old = await openDB(DATABASE_NAME, 2, {
    upgrade(fresh) {
      fresh.createObjectStore('datasets', { keyPath: 'id' });
      fresh.createObjectStore('shards');
      fresh.createObjectStore('runs', { keyPath: 'id' });
      for (const store of ['weights', 'steps', 'breakdowns']) fresh.createObjectStore(store);
      fresh.createObjectStore('labels', { keyPath: 'id' });
    },
  });
  await old.put('runs', run);
  await old.put('weights', Uint8Array.of(4, 5), 'kept');
  await old.put('shards', new ArrayBuffer(8), ['owner', 'train-000.bin']);
  old.close();
  database = await openDatabase();
  expect(database.version).toBe(DATABASE_VERSION);
  expect(await listRuns(database)).toEqual([run]);
  expect(await readWeights(database, 'kept')).toEqual(Uint8Array.of(4, 5));
  expect(await database.count('shards')).toBe(1);
  expect(await findCheckpoint(database, 'kept')).toEqual({ bytes: null, damaged: 0 });
});

it('lists runs again that the lab of version 3 stored and did not list, since a figure had overflowed', async () => {
  const lost = divergedRun('rnn', { id: 'lost', test: OVERFLOWED_MEASURES });
  const old = await openDB(DATABASE_NAME, 3, {
    upgrade(fresh) {
      fresh.createObjectStore('datasets', { keyPath: 'id' });
      fresh.createObjectStore('shards');
      fresh.createObjectStore('runs', { keyPath: 'id' });
      for (const store of ['weights', 'steps', 'breakdowns', 'checkpoints']) fresh.createObjectStore(store);
      fresh.createObjectStore('labels', { keyPath: 'id' });
    },
  });
  await old.put('runs', lost);
  await old.put('weights', Uint8Array.of(6), 'lost');
  old.close();
  database = await openDatabase();
  expect(await listRuns(database)).toEqual([lost]);
  expect(await readWeights(database, 'lost')).toEqual(Uint8Array.of(6));
  // version 3 had no queue
  expect(await readExperiments(database)).toEqual({ experiments: [], damaged: [] });
});

it('lists an experiment that cannot be read, and leaves it as it is', async () => {
  database = await openDatabase();
  const whole = experimentOf('a');
  const broken = { ...experimentOf('b'), schema: 9 } as unknown as typeof whole;
  await database.put('experiments', whole);
  await database.put('experiments', broken);
  const { experiments, damaged } = await readExperiments(database);
  expect(experiments).toEqual([whole]);
  expect(damaged).toMatchObject([{ store: 'experiments', id: 'b' }]);
  const [changed] = await changeExperiments(database, (stored) => stored.map((one) => ({ ...one, createdAt: 7 })));
  expect(changed).toEqual({ ...whole, createdAt: 7 });
  // a finished experiment is kept as long as one of its runs is stored
  const item = { ...whole.items[0]!, state: 'done' as const, runId: 'a-1-lstm' };
  await changeExperiments(database, (stored) => stored.map((one) => ({ ...one, items: [item] })));
  await database.put('runs', runOf('lstm', [[2, 0.7]], { id: 'a-1-lstm' }));
  await dropForgotten(database);
  expect((await readExperiments(database)).experiments).toHaveLength(1);
  await database.delete('runs', 'a-1-lstm');
  await dropForgotten(database);
  expect(await database.getAll('experiments')).toEqual([broken]);
});
