/** An experiment as a user makes it: values typed as lists, a queue that continues after a reload, and its controls by keyboard. */
import { expectAccessibleInBothThemes } from './accessible.ts';
import type { Page } from '@playwright/test';
import { configuration, expectNoSidewaysScroll, stateOf, typeNumber } from './lab.ts';
import { expect, test } from './test.ts';

const queue = (page: Page) => page.getByRole('region', { name: 'Queue' });
const rows = (page: Page) => queue(page).getByRole('table', { name: 'Runs of the queue' }).getByRole('row');

async function ready(page: Page): Promise<void> {
  await expect.poll(async () => (await stateOf(page)).connection.state, { timeout: 60_000 }).toBe('ready');
}

async function statesOf(page: Page): Promise<readonly string[]> {
  return (await stateOf(page)).experiments.at(-1)?.items.map(({ state }) => state) ?? [];
}

test('values typed as lists become a queue that goes on after a reload', async ({ page }) => {
  await page.goto('./?preset=tiny&hidden=96&length=100&epochs=3&models=rnn#/train');
  await ready(page);
  const panel = configuration(page);
  await typeNumber(panel.getByRole('textbox', { name: 'Seed' }), '1-3');
  await panel.getByRole('button', { name: /^Optimizer/ }).click();
  await typeNumber(panel.getByRole('textbox', { name: 'Learning rate' }), '0.002, 0.004');
  await expect
    .poll(() => new URL(page.url()).search)
    .toBe('?preset=tiny&models=rnn&seed=1-3&hidden=96&length=100&learningRate=0.002,0.004&epochs=3');
  // the planned runs are shown before training starts
  await expect(panel.getByRole('definition').filter({ hasText: /^6$/ })).toHaveCount(2);
  await expect(panel.getByText('Storage')).toBeVisible();
  await panel.getByRole('button', { name: 'Train 6 runs' }).click();

  await expect(rows(page)).toHaveCount(7);
  await expect.poll(async () => (await stateOf(page)).progress?.epoch ?? 0, { timeout: 60_000 }).toBeGreaterThan(0);
  await expect(page).toHaveTitle(/^[1-6]\/6 · RNN \d+% · Train/);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(queue(page)).toContainText('Paused. ');
  // by keyboard: moves the last run up, and skips the one that was before it
  const last = queue(page).getByRole('button', { name: 'Move up: RNN, rate 0.004, seed 3' });
  await last.focus();
  await last.press('Enter');
  await expect(rows(page).filter({ hasText: 'waiting' }).nth(-2)).toContainText('rate 0.004, seed 3');
  await expect(last).toBeFocused();
  await queue(page).getByRole('button', { name: 'Skip: RNN, rate 0.004, seed 2' }).press('Enter');
  await expect(rows(page).filter({ hasText: 'skipped' })).toContainText('rate 0.004, seed 2');
  await expectAccessibleInBothThemes(page);
  await expectNoSidewaysScroll(page);
  await page.getByRole('button', { name: 'Resume' }).click();

  await expect.poll(async () => (await statesOf(page)).includes('done'), { timeout: 120_000 }).toBe(true);
  await page.reload();
  await ready(page);
  // continues without a click
  await expect
    .poll(() => statesOf(page), { timeout: 180_000 })
    .toEqual(['done', 'done', 'done', 'done', 'skipped', 'done']);
  await expect(queue(page)).toContainText('6 runs: 5 done, 1 skipped.');
  await expect(page).toHaveTitle(/^Done · Train/);
  const runs = Object.values((await stateOf(page)).runs);
  expect(new Set(runs.map(({ experiment }) => experiment)).size).toBe(1);
  expect(runs.map(({ config }) => `${config.seed} ${config.learningRate}`).toSorted()).toEqual([
    '1 0.002',
    '1 0.004',
    '2 0.002',
    '3 0.002',
    '3 0.004',
  ]);
  // one seed with two rates gives two runs
  await typeNumber(panel.getByRole('textbox', { name: 'Seed' }), '1');
  await expect(panel.getByRole('button', { name: 'Train 2 runs' })).toBeEnabled();
});
