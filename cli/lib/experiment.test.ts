import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Experiment } from '#core/experiments/grid.ts';
import { presetConfig } from '#core/settings/config.ts';
import { planned, readSweep } from './experiment.ts';
import { RESULTS } from './paths.ts';
import { readRunFile } from './results.ts';

const RUN = join(RESULTS, 'pairs', 'lstm-rate-0.002-seed-42', 'run.zip');
const { run } = await readRunFile(RUN);

let top = '';
beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), 'lab-experiment-'));
  // the experiment has two seeds, of which the first is done
  await mkdir(join(top, 'seed-42'));
  await copyFile(RUN, join(top, 'seed-42', 'lstm.run.zip'));
});
afterAll(() => rm(top, { recursive: true, force: true }));

const experiment: Experiment = {
  schema: 1,
  dataset: run.dataset.id,
  preset: 'task',
  models: ['lstm'],
  settings: { learningRate: 0.002 },
  sweep: { seed: [42, 43] },
};
const doneOf = async (asked: Experiment, dataset = run.dataset.sha256) => {
  const all = await planned(asked, top, dataset, (changes) => ({ ...presetConfig('task', 309), ...changes }));
  return all.map(({ name, done }) => [name, done?.map((file) => file.run.id) ?? null]);
};

it('what an earlier call has trained is done, and nothing else', async () => {
  expect(await doneOf(experiment)).toEqual([
    ['seed-42', [run.id]],
    ['seed-43', null],
  ]);
});

it.each([
  ['a further model', { ...experiment, models: ['rnn', 'lstm'] }],
  ['another setting', { ...experiment, settings: { learningRate: 0.001 } }],
] as const)('with %s it is trained again', async (_, asked) => {
  expect((await doneOf({ ...asked, models: [...asked.models] }))[0]).toEqual(['seed-42', null]);
});

it('on another version of the data set it is trained again', async () => {
  expect((await doneOf(experiment, 'f'.repeat(64)))[0]).toEqual(['seed-42', null]);
});

it('a sweep is read by a setting’s name or option, and refused with a reason', () => {
  expect(readSweep('42-43', ['learning-rate=0.001,0.002', 'hidden=8'])).toEqual({
    seed: [42, 43],
    learningRate: [0.001, 0.002],
    hidden: [8],
  });
  expect(() => readSweep(undefined, ['rate=1'])).toThrow('names no setting');
  expect(() => readSweep(undefined, ['hidden'])).toThrow('names no setting');
  expect(() => readSweep(undefined, ['hidden=8', 'hidden=16'])).toThrow('is given twice');
  expect(() => readSweep('1', ['seed=2'])).toThrow('with both --seeds and --sweep');
});
