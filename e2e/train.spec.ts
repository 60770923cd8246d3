import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { parameterCount, modelSpec } from '#core/models/spec.ts';
import { readSafetensors } from '#core/models/safetensors.ts';
import {
  chooseModels,
  chooseTiny,
  configuration,
  expectNoSidewaysScroll,
  openLab,
  openPage,
  runLine,
  setNumber,
  stateOf,
  statusStrip,
  train,
  waitForState,
} from './lab.ts';
import { expect, test } from './test.ts';

const LAYERS = ['l0', 'l1'];
const PYTORCH_NAMES = [
  'embedding.weight',
  ...LAYERS.flatMap((layer) => ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'].map((part) => `rnn.${part}_${layer}`)),
  'output.weight',
  'output.bias',
];

/** The path data of a chart's curves. */
function curves(page: Page, chart: string): Promise<string> {
  return page
    .locator(`[data-chart="${chart}"] path[data-part=curve]`)
    .evaluateAll((paths) => paths.map((path) => path.getAttribute('d')).join('\n'));
}

test('all three models train, curves move, weights download, a reload keeps everything', async ({ page }) => {
  await openLab(page);
  await chooseTiny(page);
  // long enough to observe
  await setNumber(page, 'Optimizer', 'Max epochs', 12);
  await setNumber(page, 'Optimizer', 'Patience', 12);
  await setNumber(page, 'Data', 'Training files', 300);
  await train(page);

  await expect.poll(() => curves(page, 'steps'), { timeout: 120_000 }).not.toBe('');
  const early = await curves(page, 'steps');
  await expect.poll(() => curves(page, 'steps'), { timeout: 60_000 }).not.toBe(early);
  for (const model of ['RNN', 'LSTM']) await waitForState(page, model, /^done/);
  await waitForState(page, /Residual (RNN|LSTM)/, /^done/);
  await expect(page.getByRole('region', { name: 'What you see' })).toContainText(
    /On the \d+ test files the .*Residual (RNN|LSTM).*\(95% interval .*, over test files only: another seed may change it\)/,
  );
  for (const chart of ['loss', 'top5', 'perplexity']) {
    expect((await curves(page, chart)).split('\n').length, chart).toBeGreaterThanOrEqual(6); // training and validation of three models
  }

  const runs = Object.values((await stateOf(page)).runs);
  expect(runs).toHaveLength(3);
  for (const run of runs) {
    expect(run.epochs.at(-1)!.validation.loss, run.model).toBeLessThan(run.epochs[0]!.validation.loss);
    expect(run.test?.counted, run.model).toBeGreaterThan(0);
  }

  await runLine(page, 'LSTM').getByRole('button', { name: 'Menu of LSTM' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Download weights', exact: true }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('lstm.safetensors');
  const { tensors, metadata } = readSafetensors(await readFile(await download.path()));
  expect([...tensors.keys()].toSorted()).toEqual(PYTORCH_NAMES.toSorted());
  const lstm = runs.find(({ model }) => model === 'lstm')!;
  const spec = modelSpec('lstm', lstm.config, 10_000);
  expect(tensors.get('rnn.weight_ih_l0')!.shape).toEqual([4 * spec.hidden, spec.embedding]);
  const values = [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
  expect(values).toBe(parameterCount(spec));
  expect(Object.keys(metadata).toSorted()).toEqual(['cache', 'config', 'dataset', 'literals', 'vocabulary']);

  await page.getByRole('link', { name: 'Compare', exact: true }).click();
  const comparison = page.getByRole('table', { name: 'Comparison of the models' });
  for (const model of ['RNN', 'LSTM', /Residual/]) {
    await expect(comparison.getByRole('row').filter({ hasText: model }).first()).toBeVisible();
  }
  for (const name of ['data', 'train', 'compare', 'complete'] as const) {
    await openPage(page, name);
    await expectNoSidewaysScroll(page);
  }

  await page.goto('./#/train');
  await page.reload();
  await openLab(page);
  await waitForState(page, 'LSTM', /^done/);
  expect(Object.values((await stateOf(page)).runs)).toHaveLength(3);
  const again = page.waitForEvent('download');
  await page.evaluate((id) => globalThis.minicopilot?.downloadWeights(id), lstm.id);
  expect(readSafetensors(await readFile(await (await again).path())).tensors.size).toBe(tensors.size);
});

test('a search finds a learning rate that the form takes, stores nothing, and can be stopped', async ({ page }) => {
  await openLab(page);
  await chooseTiny(page);
  await chooseModels(page, ['RNN']);
  await configuration(page).getByRole('button', { name: 'Find a learning rate' }).click();
  const dialog = page.getByRole('dialog', { name: 'Find a learning rate' });
  const use = dialog.getByRole('button', { name: /^Use 0\.0\d+, from RNN$/ });
  await expect(use).toBeVisible({ timeout: 120_000 });
  await expect(
    dialog.getByRole('img', {
      name: /^RNN, smoothed loss while the learning rate rises: .* Suggested rate: 0\.0\d+\.$/,
    }),
  ).toBeVisible();
  const rate = /0\.0\d+/.exec((await use.textContent()) ?? '')![0];
  await use.click();
  await expect(dialog).toBeHidden();
  await configuration(page)
    .getByRole('button', { name: /^Optimizer/ })
    .click();
  await expect(configuration(page).getByRole('textbox', { name: 'Learning rate', exact: true })).toHaveValue(rate);
  expect(Object.keys((await stateOf(page)).runs)).toEqual([]);

  await setNumber(page, 'Data', 'Row length', 1000);
  await setNumber(page, 'Optimizer', 'Batch size', 64);
  await configuration(page).getByRole('button', { name: 'Find a learning rate' }).click();
  await dialog.getByRole('button', { name: 'Stop' }).click();
  await expect(dialog).toContainText('Stopped before the end, so no rate is suggested.', { timeout: 60_000 });
});

test('a training pauses, resumes and stops, and keeps its best weights', async ({ page }) => {
  await openLab(page);
  await chooseTiny(page);
  await chooseModels(page, ['RNN']);
  await setNumber(page, 'Optimizer', 'Max epochs', 500);
  await setNumber(page, 'Optimizer', 'Patience', 500);
  await setNumber(page, 'Data', 'Training files', 300);
  await setNumber(page, 'Data', 'Row length', 1000);
  await train(page);
  const status = statusStrip(page);
  await expect(status.getByRole('status')).toContainText('Training', { timeout: 120_000 });
  await expect
    .poll(async () => Object.values((await stateOf(page)).runs)[0]?.epochs.length ?? 0, { timeout: 120_000 })
    .toBeGreaterThan(0);

  await status.getByRole('button', { name: 'Pause' }).click();
  await expect(status.getByRole('status')).toContainText('Paused');
  // after a pause of three seconds the current step is finished, so that it can be saved
  await page.waitForTimeout(5_000);
  const paused = (await stateOf(page)).progress?.step;
  await page.waitForTimeout(1_500);
  expect((await stateOf(page)).progress?.step).toBe(paused);

  await status.getByRole('button', { name: 'Resume' }).click();
  await expect(status.getByRole('status')).toContainText('Training');
  await expect.poll(async () => (await stateOf(page)).progress?.step).not.toBe(paused);

  await status.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('button', { name: 'Stop training' }).click();
  await waitForState(page, 'RNN', 'stopped');
  const [run] = Object.values((await stateOf(page)).runs);
  expect(run!.bestEpoch).not.toBeNull();
  const download = page.waitForEvent('download');
  await page.evaluate((id) => globalThis.minicopilot?.downloadWeights(id), run!.id);
  expect((await download).suggestedFilename()).toBe('rnn.safetensors');
});

test('a paused training takes one step at a time, and begins again with what was changed', async ({ page }) => {
  await openLab(page);
  await chooseTiny(page);
  await chooseModels(page, ['RNN']);
  await setNumber(page, 'Optimizer', 'Max epochs', 500);
  await setNumber(page, 'Optimizer', 'Patience', 500);
  await setNumber(page, 'Data', 'Training files', 300);
  await setNumber(page, 'Data', 'Row length', 1000);
  await expect(configuration(page).getByText('known once the data is loaded')).toBeVisible();
  await train(page);
  const status = statusStrip(page);
  await expect.poll(async () => (await stateOf(page)).progress?.step ?? 0, { timeout: 120_000 }).toBeGreaterThan(2);
  await expect(status.getByRole('button', { name: 'Step', exact: true })).toBeDisabled();
  await status.getByRole('button', { name: 'Pause' }).click();
  await expect(status.getByRole('status').first()).toContainText('Paused');
  await page.waitForTimeout(500);

  const placeOf = async () => {
    const { progress } = await stateOf(page);
    return { epoch: progress?.epoch, phase: progress?.phase, step: progress?.step ?? 0 };
  };
  const before = await placeOf();
  await status.getByRole('button', { name: 'Step', exact: true }).click();
  await expect.poll(placeOf).not.toEqual(before);
  await expect(status.getByRole('status').first()).toContainText('Paused');
  const after = await placeOf();
  await page.waitForTimeout(1_000);
  expect(await placeOf()).toEqual(after);

  await expect(status.getByText('Changed settings apply after a restart.')).toBeHidden();
  await setNumber(page, 'Optimizer', 'Max epochs', 1);
  await expect(status.getByText('Changed settings apply after a restart.')).toBeVisible();
  await status.getByRole('button', { name: 'Restart' }).click();
  await page.getByRole('button', { name: 'Restart training' }).click();
  await waitForState(page, 'RNN', 'done');
  const runs = Object.values((await stateOf(page)).runs).toSorted((a, b) => a.number - b.number);
  expect(runs.map(({ state, config: { epochs } }) => [state, epochs])).toEqual([
    ['stopped', 500],
    ['done', 1],
  ]);

  // estimated times: an RNN's from the run before, an LSTM's from a few measured steps
  await chooseModels(page, ['RNN', 'LSTM']);
  for (const model of ['RNN', 'LSTM']) {
    const time = configuration(page).getByText(`Per epoch, ${model}`).locator('xpath=following-sibling::dd');
    await expect(time).toHaveText(/^about \d+ (s|min)$/, { timeout: 60_000 });
    await expect(time).toHaveAttribute('title', model === 'RNN' ? /Based on a comparable run/ : /Measured just now/);
  }
});
