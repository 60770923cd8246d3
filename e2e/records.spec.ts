/** Stored runs are never lost: not with overflowed measures, damaged records, or a database upgraded by a newer version. */
import { readFile } from 'node:fs/promises';
import { expectAccessible } from './accessible.ts';
import type { Page } from '@playwright/test';
import { z } from 'zod';
import { unpackRun } from '#core/formats/runFile.ts';
import { readSafetensors } from '#core/models/safetensors.ts';
import { parseMetrics } from '#core/formats/metrics.ts';
import { notice, openLab, openPage, runLine, stateOf, statusStrip, train, trainBriefly, waitForState } from './lab.ts';
import { expect, test } from './test.ts';

const DIVERGES = './?preset=tiny&models=rnn&learningRate=0.1&activation=relu&hidden=64&clipNorm=0&epochs=2#/train';
const OVERFLOWED = '∞ (overflowed)';

const ready = (page: Page) =>
  expect.poll(async () => (await stateOf(page)).connection.state, { timeout: 60_000 }).toBe('ready');
const list = (page: Page) => page.getByRole('region', { name: 'All runs' });
const damaged = (page: Page) => page.getByRole('region', { name: 'Damaged records' });

async function downloaded(page: Page, click: () => Promise<void>): Promise<{ name: string; buffer: Buffer }> {
  const download = page.waitForEvent('download');
  await click();
  const arrived = await download;
  return { name: arrived.suggestedFilename(), buffer: await readFile(await arrived.path()) };
}

const takeAway = (page: Page, item: string) =>
  downloaded(page, async () => {
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: item }).click();
  });

test('a run whose training perplexity overflowed stays: after a reload, in Compare, in every file, and out and in again', async ({
  page,
  context,
}) => {
  await page.goto(DIVERGES);
  await ready(page);
  await train(page);
  await waitForState(page, 'RNN', 'done');
  const [trained] = Object.values((await stateOf(page)).runs);
  const overflowed = trained!.epochs.filter((epoch) => epoch.train.perplexity === Infinity);
  expect(overflowed.length).toBeGreaterThan(0);

  await page.reload();
  await ready(page);
  expect(Object.values((await stateOf(page)).runs)).toEqual([trained]);
  expect((await stateOf(page)).damaged).toEqual([]);
  await expect(runLine(page, 'RNN').getByRole('cell').nth(1)).toHaveText(/^done/);

  const second = await context.newPage();
  await openLab(second, 'compare');
  await expect(list(second).getByRole('listitem')).toHaveCount(1);
  await second.close();

  await openPage(page, 'compare');
  const row = list(page).getByRole('listitem');
  await expect(row).toContainText(/RNN 1perplexity \d/);
  await expect(page.getByRole('table', { name: 'Comparison of the models' })).toContainText('RNN');
  await expect(page.locator('[data-chart="perplexity"] [data-part=curve]').first()).toBeVisible();

  await page.getByRole('combobox', { name: 'Measure', exact: true }).selectOption('Training perplexity');
  await expect(page.getByRole('table', { name: 'Results per run' })).toContainText(OVERFLOWED);

  const csv = await takeAway(page, 'CSV, one row per run and epoch');
  expect(csv.buffer.toString()).toMatch(/RNN 1,rnn,42,train,\d,.*,Infinity,/);
  const json = await takeAway(page, 'JSON (metrics.json)');
  const metrics = parseMetrics(json.buffer.toString(), json.name);
  expect(metrics.models[0]!.epochs.map(({ train: { perplexity } }) => perplexity)).toContain(Infinity);
  for (const [item, words] of [
    ['HTML, one file with charts', '<h2>Test</h2>'],
    ['Markdown, charts included', '## Test'],
  ] as const) {
    const report = (await takeAway(page, item)).buffer.toString();
    expect(report).toContain(words);
    expect(report).toContain('RNN 1');
  }

  await openSheet(page);
  const file = await downloaded(page, () => page.getByRole('button', { name: 'Export the run' }).click());
  expect((await unpackRun(new Blob([new Uint8Array(file.buffer)]))).run.epochs).toEqual(trained!.epochs);
  const weights = await downloaded(page, () =>
    page.getByRole('button', { name: 'Download weights', exact: true }).click(),
  );
  expect(readSafetensors(weights.buffer).tensors.has('output.weight')).toBe(true);
  const layers = await downloaded(page, () => page.getByRole('button', { name: 'Download for TensorFlow.js' }).click());
  expect(layers.name).toBe('rnn.tfjs.zip');
  await page.getByRole('button', { name: 'Delete the run' }).click();
  await expect(page.getByText('RNN 1 is deleted.')).toBeVisible();
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles([{ ...file, mimeType: 'application/zip' }]);
  await expect(list(page).getByRole('listitem')).toHaveCount(1);
  const [back] = Object.values((await stateOf(page)).runs);
  expect(back!.epochs).toEqual(trained!.epochs);
});

test('a run whose training perplexity overflowed goes on from its last save', async ({ page, context }) => {
  await page.goto(DIVERGES.replace('epochs=2', 'epochs=60&patience=60'));
  await ready(page);
  await train(page);
  const epochs = async (of: Page) => Object.values((await stateOf(of)).runs)[0]?.epochs ?? [];
  await expect.poll(async () => (await epochs(page)).length, { timeout: 60_000 }).toBeGreaterThan(1);
  await page.close();
  const second = await context.newPage();
  await openLab(second);
  await expect(second.getByRole('heading', { name: 'RNN 1 was interrupted' })).toBeVisible();
  const before = await epochs(second);
  expect(before[0]!.train.perplexity).toBe(Infinity);
  await second.getByRole('button', { name: 'Resume', exact: true }).click();
  await expect.poll(async () => (await epochs(second)).length, { timeout: 60_000 }).toBeGreaterThan(before.length);
  expect((await epochs(second)).slice(0, before.length)).toEqual(before);
  await expect(notice(second)).toHaveCount(0);
});

async function openSheet(page: Page): Promise<void> {
  await list(page).getByRole('listitem').getByRole('button').last().click();
  await expect(page.getByRole('dialog', { name: 'Run' })).toBeVisible();
}

/** Overwrites a stored record, like a disk fault or another program. */
async function damage(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const wanted = indexedDB.open('minicopilot-lab');
    const database = await new Promise<IDBDatabase>((resolve) => {
      wanted.addEventListener('success', () => resolve(wanted.result));
    });
    const transaction = database.transaction(['runs', 'datasets'], 'readwrite');
    for (const [name, change] of [
      ['runs', { epochs: [{ epoch: 'first' }] }],
      ['datasets', { storedAt: 'lately' }],
    ] as const) {
      const store = transaction.objectStore(name);
      const asked = store.getAll();
      asked.addEventListener('success', () => {
        const rows: unknown[] = asked.result;
        for (const row of rows) store.put(Object.assign({}, row, change));
      });
    }
    await new Promise((resolve) => transaction.addEventListener('complete', resolve));
    database.close();
  });
}

test('a damaged record is listed with what is wrong, downloaded, deleted and brought back', async ({ page }) => {
  await openLab(page);
  await trainBriefly(page);
  await damage(page);
  await page.reload();
  await ready(page);
  await expect(damaged(page)).toContainText('RNN 1');
  await expect(damaged(page)).toContainText('epochs[0].epoch is "first"');
  await openPage(page, 'compare');
  await expect(damaged(page)).toContainText('RNN 1');
  await expectAccessible(page);
  const file = await downloaded(page, () => page.getByRole('button', { name: 'Download raw data: RNN 1' }).click());
  expect(file.name).toMatch(/-rnn\.stored\.zip$/);
  expect(file.buffer.subarray(0, 2).toString()).toBe('PK');
  await page.getByRole('button', { name: 'Delete: RNN 1' }).click();
  await expect(damaged(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(damaged(page)).toContainText('RNN 1');
  await page.getByRole('button', { name: 'Delete: RNN 1' }).click();
  await page.reload();
  await ready(page);
  await expect(page.getByRole('heading', { name: 'Compare' })).toBeVisible();
  await expect(damaged(page)).toHaveCount(0);

  await openPage(page, 'data');
  await expect(damaged(page)).toContainText('The data set Python standard library');
  await page.getByRole('button', { name: 'Delete: The data set Python standard library' }).click();
  await page.getByRole('button', { name: 'Delete it' }).click();
  await expect(damaged(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Download Python standard library' }).click();
  await expect(page.getByRole('button', { name: 'Export' })).toBeVisible({ timeout: 60_000 });
});

test('a newer version that takes the database during a training ends it in words, and the run can go on from its last save', async ({
  page,
}) => {
  await page.goto('./?preset=tiny&hidden=128&length=100&epochs=40&patience=40&models=lstm#/train');
  await ready(page);
  await train(page);
  await expect.poll(async () => (await stateOf(page)).progress?.epoch ?? 0, { timeout: 60_000 }).toBeGreaterThan(2);
  // upgrades the database, as a newer version of the lab in another tab would
  const stored = await page.evaluate(async () => {
    const asked = indexedDB.open('minicopilot-lab', 99);
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      asked.addEventListener('success', () => resolve(asked.result));
      asked.addEventListener('error', () => reject(new Error('refused')));
    });
    const rows = database.transaction('runs').objectStore('runs').getAll();
    await new Promise((resolve) => rows.addEventListener('success', resolve));
    const found: unknown[] = rows.result;
    const checkpoints = database.transaction('checkpoints').objectStore('checkpoints').count();
    await new Promise((resolve) => checkpoints.addEventListener('success', resolve));
    database.close();
    return { runs: found, checkpoints: checkpoints.result };
  });
  const runs = z.array(z.object({ state: z.string(), epochs: z.array(z.unknown()) })).parse(stored.runs);
  expect(runs.map(({ state }) => state)).toEqual(['interrupted']);
  expect(runs[0]!.epochs.length).toBeGreaterThan(0);
  expect(stored.checkpoints).toBeGreaterThan(0);
  await expect(notice(page)).toContainText('A newer version of the lab was opened in another tab');
  await expect(notice(page)).toContainText('The training here was interrupted. Its finished epochs');
  await expect(notice(page)).toHaveCount(1);
  await expect(runLine(page, 'LSTM').getByRole('cell').nth(1)).toHaveText('interrupted');
  await expect(statusStrip(page)).toHaveCount(0);
  await expect.poll(async () => (await stateOf(page)).activity.state).toBe('idle');

  await page.getByRole('button', { name: 'Reload the page' }).click();
  await expect(notice(page)).toContainText('A newer version of the lab wrote the data stored here.', {
    timeout: 60_000,
  });
});
