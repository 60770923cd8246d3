import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { presetConfig } from '#core/settings/config.ts';
import { SETTING_NAMES } from '#core/settings/registry.ts';
import { flagOf } from '#core/settings/words.ts';
import { parseMetrics } from '#core/formats/metrics.ts';
import { RESULTS } from '../lib/paths.ts';
import { HELP, readAsked, type Values } from './arguments.ts';

let folder = '';
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'lab-arguments-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const NONE: Values = { sweep: [], half: false, json: false };
const HIDDEN = { hidden: '256' };
const file = async (name: string, content: unknown) => {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(content));
  return path;
};

it('the help names every setting, and every option but them once', () => {
  for (const name of SETTING_NAMES) expect(HELP).toContain(`\n  --${flagOf(name)} `);
  for (const name of ['config', 'experiment', 'json', 'out', 'seeds', 'sweep']) {
    expect(HELP.split(`\n  --${name}`)).toHaveLength(2);
  }
  expect(HELP).toContain('Exit codes: 0');
});

it('a metrics.json gives its whole configuration, and options replace it', async () => {
  const path = join(RESULTS, 'python-stdlib', 'residual-lstm-seed-43', 'metrics.json');
  const { config } = parseMetrics(await readFile(path, 'utf8'), path);
  const { experiment, device } = await readAsked({ ...NONE, config: path, models: 'lstm', ...HIDDEN });
  expect(device).toBe('auto');
  expect(experiment).toMatchObject({ preset: 'task', models: ['lstm'], sweep: {} });
  const whole = { ...presetConfig('task', 309), ...experiment.settings };
  expect(whole).toEqual({ ...presetConfig('task', 309), ...config, preset: whole.preset, hidden: 256 });
  const swept = await readAsked({ ...NONE, config: path, seeds: '1-2' });
  expect(swept.experiment.sweep).toEqual({ seed: [1, 2] });
});

it('settings may stand in an object of their own, and wrong ones are named', async () => {
  const good = await file('good.json', { preset: 'tiny', hidden: 24, trainFiles: null, model: 'rnn' });
  const { experiment } = await readAsked({ ...NONE, config: good });
  expect(experiment).toMatchObject({ preset: 'tiny', settings: { hidden: 24, trainFiles: null } });
  const refused = async (content: unknown) => readAsked({ ...NONE, config: await file('bad.json', content) });
  await expect(refused({ hidden: 0 })).rejects.toThrow('bad.json: hidden: 0 is not');
  await expect(refused({ hidden: [1] })).rejects.toThrow('bad.json: hidden is neither');
  await expect(refused([1])).rejects.toThrow('bad.json holds no settings');
  await expect(readAsked({ ...NONE, config: join(folder, 'none.json') })).rejects.toThrow('could not be read');
});

it('an experiment comes from a link or a file, and halving is left to the page', async () => {
  const link = 'http://localhost/?preset=tiny&models=rnn&device=cpu&seed=1-2#/train';
  const asked = await readAsked({ ...NONE, experiment: link, models: 'lstm' });
  expect(asked).toMatchObject({
    device: 'cpu',
    experiment: { preset: 'tiny', models: ['lstm'], sweep: { seed: [1, 2] } },
  });
  const plan = { schema: 1, dataset: 'x', preset: 'tiny', models: ['rnn'], sweep: { hidden: [8, 16] } };
  const again = await readAsked({ ...NONE, experiment: await file('plan.json', plan), device: 'reference' });
  expect(again).toMatchObject({ device: 'reference', experiment: { dataset: 'x', sweep: { hidden: [8, 16] } } });
  const halving = await file('halving.json', { ...plan, halving: { eta: 2, firstEpochs: 1 } });
  await expect(readAsked({ ...NONE, experiment: halving })).rejects.toThrow('successive halving');
});
