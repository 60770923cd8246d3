import { unwrap, wrap } from 'idb';
import { describe, expect, it } from 'vitest';
import { runOf } from '#core/report/runs.fixture.ts';
import { emptyLabel } from '#core/runs/runLabel.ts';
import { stepTable } from '#core/runs/stepTable.ts';
import { findCheckpoint, runsWithCheckpoints, sealCheckpoint } from './checkpoints.ts';
import { database, eachWithDatabase } from './database.fixture.ts';
import {
  findRun,
  listRuns,
  markDeleted,
  nextNumber,
  purgeDeleted,
  readLabel,
  readRuns,
  readSteps,
  readWeights,
  requireRun,
  storeLabel,
  storeRun,
  unmarkDeleted,
} from './runs.ts';

eachWithDatabase();

const run = (id: string, number: number) => runOf('rnn', [[3, 0.5]], { id, number, createdAt: number });
const steps = stepTable([{ step: 1, loss: 3, gradientNorm: 1, tokens: 9, seconds: 1, layerNorms: null }]);
const MINUTE = 60_000;

describe('runs', () => {
  it('are kept with their parts, each under its id', async () => {
    await storeRun(database, run('b', 2), { weights: Uint8Array.of(7), steps });
    await storeRun(database, run('a', 1));
    expect((await listRuns(database)).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(await readWeights(database, 'b')).toEqual(Uint8Array.of(7));
    expect(await readSteps(database, 'b')).toEqual(steps);
    // storing a later state of the run does not change the parts
    await storeRun(database, { ...run('b', 2), state: 'stopped' });
    expect((await findRun(database, 'b'))?.state).toBe('stopped');
    expect(await readSteps(database, 'b')).toEqual(steps);
    expect(await readWeights(database, 'a')).toBeUndefined();
    await expect(requireRun(database, 'c')).rejects.toThrow('The run c is not stored here.');
  });

  it('are numbered on, deleted ones counted', async () => {
    expect(await nextNumber(database)).toBe(1);
    await storeRun(database, run('a', 4));
    await markDeleted(database, ['a'], 0);
    expect(await nextNumber(database)).toBe(5);
  });

  it('say that their steps are damaged', async () => {
    await storeRun(database, run('a', 1), { steps: { ...steps, loss: new Float32Array(2) } });
    await expect(readSteps(database, 'a')).rejects.toThrow(/The steps of the run a are damaged/);
  });
});

describe('labels', () => {
  it('have their name and notes stored apart from the run', async () => {
    const label = { ...emptyLabel('a'), name: 'mine', notes: 'a note', colour: '#0072b2', tags: ['paper'] };
    await storeRun(database, run('a', 1));
    await storeLabel(database, label);
    await storeRun(database, { ...run('a', 1), state: 'stopped' });
    expect(await readLabel(database, 'a')).toEqual(label);
    expect((await readRuns(database)).labels).toEqual([label]);
    expect(await readLabel(database, 'none')).toEqual(emptyLabel('none'));
    // a label stored before there were tags
    const { tags: _, ...before } = label;
    await wrap(unwrap(database)).put('labels', before);
    expect(await readLabel(database, 'a')).toEqual({ ...label, tags: [] });
  });

  it('hide deleted runs until they are brought back, and a label does not bring one back', async () => {
    await storeRun(database, run('a', 1), { steps });
    await storeRun(database, run('b', 2));
    await storeLabel(database, { ...emptyLabel('a'), name: 'mine' });
    await markDeleted(database, ['a', 'b'], 5);
    expect(await listRuns(database)).toEqual([]);
    await storeLabel(database, { ...emptyLabel('a'), name: 'still mine' });
    expect(await listRuns(database)).toEqual([]);
    await unmarkDeleted(database, ['a']);
    expect((await listRuns(database)).map(({ id }) => id)).toEqual(['a']);
    expect(await readSteps(database, 'a')).toEqual(steps);
    expect((await readLabel(database, 'a')).name).toBe('still mine');
  });

  it('let deleted runs go for good after a while, with all their parts', async () => {
    await storeRun(database, run('a', 1), { weights: Uint8Array.of(1), steps });
    await storeRun(database, run('b', 2), { steps });
    await markDeleted(database, ['a'], 0);
    await purgeDeleted(database, 9 * MINUTE);
    expect(await findRun(database, 'a')).toBeDefined();
    await purgeDeleted(database, 10 * MINUTE);
    for (const store of ['runs', 'steps'] as const) expect(await database.getAllKeys(store)).toEqual(['b']);
    for (const store of ['weights', 'labels'] as const) expect(await database.count(store)).toBe(0);
  });
});

describe('checkpoints', () => {
  const seal = (byte: number) => sealCheckpoint(Uint8Array.of(byte, 2, 3));

  it('are kept with the run, the last two, and the newest is found', async () => {
    for (const byte of [1, 2, 3]) await storeRun(database, run('a', 1), { checkpoint: await seal(byte) });
    await storeRun(database, run('b', 2), { checkpoint: await seal(9) });
    expect(await database.getAllKeys('checkpoints')).toEqual([
      ['a', 2],
      ['a', 3],
      ['b', 1],
    ]);
    expect(await findCheckpoint(database, 'a')).toMatchObject({ bytes: Uint8Array.of(3, 2, 3), damaged: 0 });
    expect(await runsWithCheckpoints(database)).toEqual(new Set(['a', 'b']));
    // storing a later state of the run does not change them
    await storeRun(database, { ...run('a', 1), state: 'interrupted' });
    expect(await findCheckpoint(database, 'a')).toMatchObject({ damaged: 0 });
  });

  it('that are damaged are passed over for the one before', async () => {
    for (const byte of [1, 2]) await storeRun(database, run('a', 1), { checkpoint: await seal(byte) });
    const flipped = (byte: number) => seal(byte).then((sealed) => ({ ...sealed, bytes: Uint8Array.of(byte, 2, 2) }));
    await database.put('checkpoints', await flipped(2), ['a', 2]);
    expect(await findCheckpoint(database, 'a')).toMatchObject({ bytes: Uint8Array.of(1, 2, 3), damaged: 1 });
    await database.put('checkpoints', await flipped(1), ['a', 1]);
    expect(await findCheckpoint(database, 'a')).toEqual({ bytes: null, damaged: 2 });
  });

  it('go when the run has come to its end, and when it is deleted for good', async () => {
    for (const id of ['a', 'b']) await storeRun(database, run(id, 1), { checkpoint: await seal(1) });
    await storeRun(database, run('a', 1), { checkpoint: null });
    expect(await database.getAllKeys('checkpoints')).toEqual([['b', 1]]);
    await markDeleted(database, ['b'], 0);
    await purgeDeleted(database, 11 * MINUTE);
    expect(await database.count('checkpoints')).toBe(0);
  });
});
