/** Import and export: weights for PyTorch and TensorFlow.js and back, a data set as a file, the commands that train with PyTorch. */
import { readFile } from 'node:fs/promises';
import { expectAccessible } from './accessible.ts';
import type { Download } from '@playwright/test';
import { writeSafetensors, readSafetensors } from '#core/models/safetensors.ts';
import { metricsOf, writeMetrics } from '#core/formats/metrics.ts';
import {
  chooseModels,
  chooseTiny,
  configuration,
  openLab,
  openPage,
  setNumber,
  stateOf,
  train,
  typeNumber,
  waitForState,
} from './lab.ts';
import { expect, test } from './test.ts';

async function file(download: Promise<Download>): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const arrived = await download;
  const buffer = await readFile(await arrived.path());
  return { name: arrived.suggestedFilename(), mimeType: 'application/octet-stream', buffer };
}

test('weights leave in both formats and come back; PyTorch’s run and a stranger’s weights come in', async ({
  page,
}) => {
  await openLab(page);
  await chooseTiny(page);
  await chooseModels(page, ['LSTM']);
  await setNumber(page, 'Optimizer', 'Max epochs', 2);
  await train(page);
  await waitForState(page, 'LSTM', 'done');
  const menu = async (item: string) => {
    await page.getByRole('button', { name: 'Menu of LSTM' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: item, exact: true }).click();
    return file(download);
  };
  const layers = await menu('Download for TensorFlow.js');
  expect(layers.name).toBe('lstm.tfjs.zip');
  const weights = await menu('Download weights');
  const half = await menu('Download weights, half size');
  expect(half.name).toBe('lstm.f16.safetensors');
  const [whole, rounded] = [weights, half].map(
    ({ buffer }) => readSafetensors(buffer).tensors.get('output.weight')!.data,
  );
  const apart = whole!.map((value, i) => Math.abs(value - rounded![i]!) - 2 ** -11 * Math.abs(value));
  expect(Math.max(...apart)).toBeLessThan(2 ** -24);

  // metrics and weights as if PyTorch had trained the model
  const [run] = Object.values((await stateOf(page)).runs);
  const torch = { ...run!, device: { kind: 'torch', name: 'PyTorch 2.5, cuda, 4 processes' } as const };
  const metrics = {
    name: 'metrics.json',
    mimeType: 'application/json',
    buffer: Buffer.from(writeMetrics(metricsOf([torch]))),
  };
  const { tensors } = readSafetensors(weights.buffer);
  const renamed = new Map([...tensors].map(([name, tensor]) => [`module.${name}`, tensor]));
  const stranger = {
    name: 'stranger.safetensors',
    mimeType: weights.mimeType,
    buffer: Buffer.from(writeSafetensors(renamed)),
  };

  await openPage(page, 'compare');
  await page.locator('input[type=file]').setInputFiles([layers, metrics, weights]);
  const list = page.getByRole('region', { name: 'All runs' });
  await expect(list.getByRole('listitem')).toHaveCount(3);
  await expect(list.getByRole('listitem').filter({ hasText: 'weights only' })).toHaveCount(1);
  expect(
    Object.values((await stateOf(page)).runs)
      .map(({ device }) => device.kind)
      .toSorted(),
  ).toEqual(['cpu', 'torch', 'unknown']);
  // its curve is drawn with the lab's own
  await expect(page.locator('[data-chart="loss"] [data-part=curve]').first()).toBeVisible();

  await page.locator('input[type=file]').setInputFiles([stranger]);
  const dialog = page.getByRole('dialog', { name: 'Complete the description of these weights' });
  await expect(dialog).toContainText('an LSTM with 202 tokens');
  await expectAccessible(page, { when: 'dialog', part: '[role=dialog]' });
  await dialog.getByRole('button', { name: 'Import' }).click();
  await expect(list.getByRole('listitem')).toHaveCount(4);
  await expect(list.getByRole('listitem').filter({ hasText: 'stranger.safetensors' })).toHaveCount(1);

  // all models have the same weights, so they give the same completions
  await openPage(page, 'complete');
  await page.locator('.cm-content').click();
  await page.keyboard.type('import os');
  await page.keyboard.press('Enter');
  const told = new Set<string>();
  for (const { id } of Object.values((await stateOf(page)).runs)) {
    const answer = await page.evaluate(async (runId) => {
      const completer = await globalThis.minicopilot?.completer();
      await completer?.open({ runId, address: null });
      const request = { ticket: 1e9, runId, text: 'import os\n', cursor: 10, cache: false };
      return completer?.candidates(request);
    }, id);
    told.add(JSON.stringify(answer?.candidates));
  }
  expect(told.size).toBe(1);
});

test('a tab that is too small tells the exact commands, and gives its data set', async ({ page }) => {
  await openLab(page);
  await chooseTiny(page);
  await chooseModels(page, ['LSTM', 'Residual']);
  await typeNumber(page.getByRole('textbox', { name: 'Seed', exact: true }), '7');
  await configuration(page).getByRole('button', { name: 'Train with PyTorch' }).click();
  const dialog = page.getByRole('dialog', { name: 'Train with PyTorch' });
  const command =
    '-m minicopilot.train --dataset python-stdlib --models lstm,residual --preset tiny --seed 7 --out results';
  await expect(dialog).toContainText(`python ${command}`);
  await expect(dialog).toContainText(`torchrun --standalone --nproc_per_node 4 ${command}`);
  await expect(dialog.getByRole('button', { name: 'Export the data set' })).toBeDisabled();
  await expectAccessible(page, { when: 'dialog', part: '[role=dialog]' });
  await page.keyboard.press('Escape');

  await openPage(page, 'data');
  await page.getByRole('button', { name: 'Download Python standard library' }).click();
  await expect(page.getByRole('button', { name: 'Export' })).toBeVisible({ timeout: 60_000 });
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  const { name, buffer } = await file(download);
  expect(name).toBe('python-stdlib.zip');
  expect(buffer.subarray(0, 2).toString()).toBe('PK');
  expect(buffer.length).toBeGreaterThan(200_000);
});
