import { configuration, stateOf, train, typeNumber, waitForState } from './lab.ts';
import { expect, test } from './test.ts';

test('a link carries an experiment: opened, trained, copied, kept over a reload', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('./?preset=tiny&models=lstm&seed=7&epochs=1&hidden=abc&colour=red#/train');
  const panel = configuration(page);
  await expect(panel.getByRole('textbox', { name: 'Seed' })).toHaveValue('7');
  await expect(panel.getByRole('checkbox', { name: 'LSTM' })).toBeChecked();
  await expect(panel.getByRole('checkbox', { name: 'RNN', exact: true })).not.toBeChecked();
  const note = page.getByRole('alert').filter({ hasText: 'Parts of this link could not be read' });
  await expect(note).toContainText('hidden = abc is not a number');
  await expect(note).toContainText('colour = red is not a setting of the lab.');

  await expect.poll(async () => (await stateOf(page)).connection.state, { timeout: 60_000 }).toBe('ready');
  await train(page);
  await waitForState(page, 'LSTM', 'done');
  const [run] = Object.values((await stateOf(page)).runs);
  expect(run?.config).toMatchObject({ preset: 'tiny', seed: 7, epochs: 1, hidden: 24 });

  await typeNumber(panel.getByRole('textbox', { name: 'Seed' }), '8');
  await expect.poll(() => new URL(page.url()).search).toBe('?preset=tiny&models=lstm&seed=8&epochs=1');
  await panel.getByRole('button', { name: 'Copy link' }).click();
  await expect(panel.getByRole('button', { name: 'Copied' })).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(new URL(copied)).toMatchObject({ search: '?preset=tiny&models=lstm&seed=8&epochs=1', hash: '#/train' });

  await page.reload();
  await expect(panel.getByRole('textbox', { name: 'Seed' })).toHaveValue('8');
});

test('a link to a data set that is not here says so', async ({ page }) => {
  await page.goto('./?data=somebody-elses#/train');
  await expect(
    configuration(page).getByText('“somebody-elses” is neither in this browser nor on this server'),
  ).toBeVisible();
  await expect(configuration(page).getByRole('button', { name: /^Train(?! with)/ })).toBeDisabled();
});
