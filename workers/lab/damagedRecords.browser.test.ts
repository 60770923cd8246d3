/**
 * Records that cannot be read, in a real IndexedDB: each is listed, can be downloaded as stored, and is deleted or kept as the user
 * chooses.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { breakdownOf } from '#core/comparison/breakdowns.fixture.ts';
import { manifestOf } from '#core/data/manifest.fixture.ts';
import { packRun } from '#core/formats/runFile.ts';
import { readParts } from '#core/formats/zipParts.ts';
import { runOf } from '#core/report/runs.fixture.ts';
import { emptyLabel } from '#core/runs/runLabel.ts';
import { stepTable } from '#core/runs/stepTable.ts';
import { importRuns } from './importRuns.ts';
import { compareStored } from './comparisons.ts';
import { DamagedRecords } from './damagedRecords.ts';
import { Runs } from './runs.ts';
import type { LabEvent } from '#contract/lab.ts';
import type { DamagedRecord } from '#core/runs/damagedRecord.ts';
import { database, eachWithDatabase } from '#storage/database.fixture.ts';
import { dropAbandonedImports, findDataset, readDatasets } from '#storage/datasets.ts';
import { listRuns, nextNumber, purgeDeleted, readRuns, requireRun, storeLabel, storeRun } from '#storage/runs.ts';
import { exportRun } from './exportRuns.ts';

eachWithDatabase();

let events: LabEvent[];
let damaged: DamagedRecords;
let runs: Runs;
beforeEach(async () => {
  events = [];
  const deps = { storage: () => Promise.resolve(database), emit: (event: LabEvent) => void events.push(event) };
  damaged = new DamagedRecords(deps);
  runs = new Runs({ ...deps, damaged });
});

const run = (id: string, number: number) => runOf('rnn', [[3, 0.5]], { id, number, createdAt: number });
const steps = stepTable([{ step: 1, loss: Infinity, gradientNorm: 1, tokens: 9, seconds: 1, layerNorms: null }]);

/** A value that matches no schema. */
async function putAs(store: 'runs' | 'labels' | 'datasets' | 'steps', value: object, key?: string): Promise<void> {
  const request = indexedDB.open(database.name);
  const raw = await new Promise<IDBDatabase>((resolve) => {
    request.addEventListener('success', () => resolve(request.result));
  });
  const transaction = raw.transaction(store, 'readwrite');
  transaction.objectStore(store).put(value, key);
  await new Promise((resolve) => transaction.addEventListener('complete', resolve));
  raw.close();
}

async function listed(): Promise<readonly DamagedRecord[]> {
  await damaged.report();
  const last = events.findLast((event) => event.type === 'damaged');
  return last?.records ?? [];
}

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

describe('a run whose record is damaged', () => {
  const broken = { ...run('broken', 7), epochs: [{ ...run('broken', 7).epochs[0], seconds: 'ten', steps: -1 }] };
  beforeEach(async () => {
    await storeRun(database, run('broken', 7), {
      weights: Uint8Array.of(1, 2),
      steps,
      breakdown: breakdownOf(0.5, { files: 1 }),
    });
    await storeRun(database, run('whole', 3));
    await putAs('runs', broken);
  });

  it('is listed with its name and what is wrong, beside the others, and its number is not given again', async () => {
    const { runs, damaged: found } = await readRuns(database);
    expect(runs.map(({ id }) => id)).toEqual(['whole']);
    expect(found).toEqual([
      {
        store: 'runs',
        id: 'broken',
        title: 'RNN 7',
        what: expect.stringMatching(
          /^It cannot be read: epochs\[0\]\.seconds is "ten" \(expected a number\); 1 more like this\.$/,
        ),
      },
    ]);
    expect(await nextNumber(database)).toBe(8);
    await expect(requireRun(database, 'broken')).rejects.toThrow(
      /^The record of RNN 7 is damaged\. It cannot be read: /,
    );
  });

  it('comes out as it lies, with all that is stored of it', async () => {
    const [record] = await listed();
    const { name, content } = await damaged.export(record!);
    expect(name).toBe('broken.stored.zip');
    const names = ['run.json', 'steps.json', 'breakdown.json', 'weights.safetensors'];
    const parts = await readParts(content, Object.fromEntries(names.map((one) => [one, 1e6])), (what) => {
      throw new Error(what);
    });
    expect([...parts.keys()]).toEqual(['run.json', 'steps.json', 'breakdown.json', 'weights.safetensors']);
    expect(JSON.parse(text(parts.get('run.json')))).toEqual(broken);
    expect(JSON.parse(text(parts.get('steps.json')))).toMatchObject({ step: [1], loss: ['Infinity'], tokens: [9] });
    expect(parts.get('weights.safetensors')).toEqual(Uint8Array.of(1, 2));
  });

  it('is hidden when it is deleted, comes back, and goes for good with its parts after a while', async () => {
    const [record] = await listed();
    await damaged.delete(record!);
    expect(await listed()).toEqual([]);
    await damaged.restore(record!);
    expect(await listed()).toEqual([record]);
    await runs.delete(['broken']);
    expect(await listed()).toEqual([]);
    await runs.restore(['broken']);
    expect(await listed()).toEqual([record]);
    await damaged.delete(record!);
    await purgeDeleted(database, Date.now() + 11 * 60_000);
    expect(await database.getAllKeys('runs')).toEqual(['whole']);
    for (const store of ['weights', 'steps', 'breakdowns', 'labels'] as const)
      expect(await database.count(store)).toBe(0);
  });

  it('is not written over by a file of the same run', async () => {
    const file = new File([await packRun({ run: run('broken', 7), label: emptyLabel('broken') })], 'a.run.zip');
    const brought = await importRuns(database, { files: [file], foreign: null });
    expect(brought.refused.map(({ failure }) => failure.what)).toEqual([
      'This run already exists here, and its record is damaged.',
    ]);
    await runs.delete(['broken']);
    expect((await importRuns(database, { files: [file], foreign: null })).runs).toHaveLength(1);
    expect((await listRuns(database)).map(({ id }) => id)).toEqual(['whole', 'broken']);
  });
});

describe('the name and notes of a run', () => {
  const label = { id: 'a', name: 'mine', notes: 'a note', colour: 'blue', deletedAt: null };
  beforeEach(async () => {
    await storeRun(database, run('a', 1));
    await putAs('labels', label);
  });

  it('is listed where it cannot be read, and not written over', async () => {
    const [record] = await listed();
    expect(record).toMatchObject({ store: 'labels', id: 'a', title: 'The name and notes of RNN 1' });
    expect(record!.what).toMatch(/: colour is "blue" \(/);
    await expect(storeLabel(database, emptyLabel('a'))).rejects.toThrow(/name and notes of this run are damaged/);
    await expect(exportRun(database, { id: 'a', weights: false }, damaged)).rejects.toThrow(/name and notes/);
    await runs.delete(['a']);
    expect(await listRuns(database)).toEqual([]);
    await runs.restore(['a']);
    expect(await listRuns(database)).toHaveLength(1);
    expect(await database.get('labels', 'a')).toEqual(label);
  });

  it('goes when it is deleted, and comes back as it was', async () => {
    const [record] = await listed();
    await damaged.delete(record!);
    expect(await listed()).toEqual([]);
    expect(await listRuns(database)).toHaveLength(1);
    await damaged.restore(record!);
    expect(await listed()).toEqual([record]);
    expect(await database.get('labels', 'a')).toEqual(label);
  });
});

describe('a part of a run that is damaged', () => {
  beforeEach(async () => {
    for (const [at, id] of ['a', 'b', 'c'].entries()) {
      const model = (['rnn', 'lstm', 'residual-rnn'] as const)[at]!;
      const breakdown = breakdownOf(0.5, { seed: at });
      await storeRun(database, runOf(model, [[3, 0.5]], { id, number: at + 1 }), { steps, breakdown });
    }
  });

  it('is reported and listed when its steps are read, and the steps of others are still shown', async () => {
    await putAs('steps', { ...steps, loss: new Float32Array(3) }, 'b');
    const tables = await runs.steps(['a', 'b', 'c']);
    expect(tables.map(({ step }) => step.length)).toEqual([1, 0, 1]);
    expect(events.map(({ type }) => type)).toEqual(['damaged', 'failure']);
    const [record] = await listed();
    expect(record).toEqual({
      store: 'steps',
      id: 'b',
      title: 'The steps of LSTM 2',
      what: 'The steps of the run b are damaged.',
    });
    await damaged.delete(record!);
    expect(await listed()).toEqual([]);
    // without them the run can be saved as a file again
    expect((await exportRun(database, { id: 'b', weights: false }, damaged)).name).toBe('lstm-2.run.zip');
    await damaged.restore(record!);
    expect(await listed()).toEqual([record]);
    await expect(exportRun(database, { id: 'b', weights: false }, damaged)).rejects.toThrow(/steps of the run b/);
  });

  it('leaves the others to be compared', async () => {
    const broken = breakdownOf(0.5, { seed: 1 });
    broken.overall.fill(Number.NaN);
    await storeRun(database, await requireRun(database, 'b'), { breakdown: broken });
    const comparison = await compareStored(database, { runIds: ['a', 'b', 'c'], baseline: null }, damaged);
    expect(comparison.differences).toHaveLength(1);
    expect(comparison.undecided.map(({ why }) => why)).toEqual(['Its test results per file are damaged.']);
    expect(await listed()).toMatchObject([{ store: 'breakdowns', title: 'The test results per file of LSTM 2' }]);
  });
});

describe('a data set whose row is damaged', () => {
  it('is listed beside the others, keeps its rows, and comes out with them', async () => {
    await database.put('datasets', { id: 'small', manifest: manifestOf(), owner: 'x', storedAt: 0 });
    const row = {
      id: 'own',
      manifest: { ...manifestOf(), title: 'My code', length: 'long' },
      owner: 'import/7',
      storedAt: 1,
    };
    await putAs('datasets', row);
    await database.put('shards', new ArrayBuffer(4), ['import/7', 'train-000.bin']);
    const { datasets, damaged: found } = await readDatasets(database);
    expect(datasets.map(({ manifest }) => manifest.id)).toEqual(['small']);
    expect(found).toMatchObject([{ store: 'datasets', id: 'own', title: 'The data set My code' }]);
    await expect(findDataset(database, 'own')).rejects.toThrow(
      /^The data set own is damaged\. It cannot be read: length is "long"/,
    );
    await dropAbandonedImports(database);
    expect(await database.count('shards')).toBe(1);
    const { content } = await damaged.export(found[0]!);
    const parts = await readParts(content, { 'dataset.json': 1e5, 'shards/train-000.bin': 100 }, (what) => {
      throw new Error(what);
    });
    expect(JSON.parse(text(parts.get('dataset.json')))).toEqual(row);
    expect(parts.get('shards/train-000.bin')).toHaveLength(4);
    await damaged.delete(found[0]!);
    expect(await listed()).toEqual([]);
    expect(await database.count('shards')).toBe(0);
  });

  it('does not cost imports their rows where it does not tell which are its own', async () => {
    await putAs('datasets', { id: 'own' });
    await database.put('shards', new ArrayBuffer(4), ['import/7', 'train-000.bin']);
    await dropAbandonedImports(database);
    expect(await database.count('shards')).toBe(1);
  });
});
