/** The models that come with the lab. */
import { candidates, editor, ghost, settings, type } from './completing.ts';
import { notice, openLab, stateOf } from './lab.ts';
import { expect, test } from './test.ts';

test('a model that comes with the lab completes before one is trained', async ({ page }) => {
  await openLab(page, 'complete');
  await expect(settings(page).getByRole('combobox', { name: 'Model' })).toHaveValue(/^Ready-made LSTM/);
  await expect(settings(page)).toContainText('included with the lab');
  // the first text is shown with a suggested line, before any key is pressed
  await expect(ghost(page)).toBeVisible();
  await type(page, '');
  await expect(ghost(page)).toHaveCount(0);
  await expect(editor(page)).toContainText('Type Python here');
  await type(page, 'import os\nimport sys\n\n\ndef main(argv):\n    ');
  await expect(candidates(page)).toHaveCount(5);
  await expect(candidates(page).first()).not.toBeEmpty();
  // the model's data set is not stored, so its test files are not offered
  await expect(page.getByRole('button', { name: 'Open a file' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Random test file' })).toHaveCount(0);
  // the user has no runs
  expect(Object.keys((await stateOf(page)).runs)).toEqual([]);
  await settings(page).getByRole('link', { name: 'Train' }).click();
  await expect(page.getByRole('complementary', { name: 'Training settings' })).toBeVisible();
});

test('a ready-made model that does not arrive is told, and asked for again', async ({ page }) => {
  await page.context().route('**/models/**/*.safetensors', (route) => route.abort());
  await openLab(page, 'complete');
  await expect(notice(page)).toContainText('could not be downloaded');
  await page.context().unroute('**/models/**/*.safetensors');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(settings(page)).toContainText('included with the lab');
  await expect(notice(page)).toHaveCount(0);
});

test('on a site without a model the page leads to training', async ({ page }) => {
  await page.route('**/models/index.json', (route) => route.fulfill({ status: 404 }));
  await openLab(page, 'complete');
  await page.getByRole('link', { name: 'Train a model' }).click();
  await expect(page.getByRole('complementary', { name: 'Training settings' })).toBeVisible();
});

test('models of the site whose list is damaged are told, and asked for again', async ({ page }) => {
  await page.context().route('**/models/index.json', (route) => route.fulfill({ body: '<html>' }));
  await openLab(page, 'complete');
  await expect(notice(page)).toContainText('models/index.json, is damaged');
  await expect(page.getByRole('link', { name: 'Train a model' })).toBeVisible();
  await page.context().unroute('**/models/index.json');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(settings(page)).toContainText('included with the lab');
  await expect(notice(page)).toHaveCount(0);
});
