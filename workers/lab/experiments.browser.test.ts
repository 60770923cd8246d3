import { deleteDB } from 'idb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presetConfig } from '#core/settings/config.ts';
import { manifestOf } from '#core/data/manifest.fixture.ts';
import type { Planner } from '#engine/devices/device.ts';
import { planMemory } from '#engine/memory/plan.ts';
import { gpuMemory } from '#engine/devices/memory.ts';
import { planExperiment } from './experiments.ts';
import type { StartRequest } from '#core/runs/training.ts';
import { openDatabase, type Database } from '#storage/database.ts';

let database: Database;
beforeAll(async () => {
  database = await openDatabase();
  const tokens = Array.from({ length: 900 }, (_, id) => `t${id}`);
  const manifest = manifestOf({ length: 700, vocabulary: { tokens, counts: tokens.map(() => 1) } });
  await database.put('datasets', { id: 'small', manifest, owner: 'test', storedAt: 0 });
});
afterAll(async () => {
  database.close();
  await deleteDB(database.name);
});

const request: StartRequest = {
  datasetId: 'small',
  models: ['residual', 'lstm', 'rnn'],
  config: presetConfig('task', 10),
  device: 'webgpu',
};
const limits = { bufferBytes: 128 * 1024 * 1024, workgroups: 65_535, budgetBytes: null };
const planner =
  (granted = limits): Planner =>
  (work) =>
    planMemory(work, gpuMemory, granted);

describe('planExperiment', () => {
  it('plans every model in the order they train, cut as the data set is, the larger residual one', async () => {
    const planned = await planExperiment(database, request, planner());
    expect(planned.map(({ choice, model }) => [choice, model])).toEqual([
      ['lstm', 'lstm'],
      ['rnn', 'rnn'],
      ['residual', 'residual-lstm'],
    ]);
    for (const { plan } of planned) {
      expect(plan).toMatchObject({ rows: request.config.batch, steps: 699 });
      expect(plan.buffers.find(({ what }) => what === 'output.weight')!.bytes).toBe(4 * 902 * 512);
    }
  });

  it('fails where the data set is not stored, or with the model that cannot fit', async () => {
    await expect(planExperiment(database, { ...request, datasetId: 'none' }, planner())).rejects.toThrow(
      'The data set none is not stored here.',
    );
    await expect(planExperiment(database, request, planner({ ...limits, bufferBytes: 5e6 }))).rejects.toThrow(
      /^LSTM: The device has too little memory: .* 5\.00 MB are available\./,
    );
  });
});
