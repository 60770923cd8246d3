/** What all pages share: keys, focus, titles, and the browser's capabilities. */
import { openLab, trainBriefly } from './lab.ts';
import { expect, test } from './test.ts';

test('a page that is opened has the focus and names the tab', async ({ page }) => {
  await openLab(page);
  await expect(page).toHaveTitle('Train · Minicopilot Lab');
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to the page' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main', { name: 'Train' })).toBeFocused();
  await expect(skip).not.toBeInViewport();
  expect(new URL(page.url()).hash).toBe('#/train');

  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Data' }).click();
  await expect(page.getByRole('main', { name: 'Data' })).toBeFocused();
  await expect(page).toHaveTitle('Data · Minicopilot Lab');
  await page.keyboard.press('4');
  await expect(page.getByRole('main', { name: 'Complete' })).toBeFocused();
  await expect(page).toHaveTitle('Complete · Minicopilot Lab');
});

test('the key / searches runs from any page, and types nothing', async ({ page }) => {
  await openLab(page);
  await trainBriefly(page);
  await page.getByRole('main').focus();
  await page.keyboard.press('/');
  const field = page.getByRole('textbox', { name: 'Search runs' });
  await expect(field).toBeFocused();
  await expect(field).toHaveValue('');
  // in a text field, `/` is an ordinary character
  await page.keyboard.press('/');
  await expect(field).toHaveValue('/');
  await page.keyboard.press('2');
  await expect(field).toHaveValue('/2');
  await expect(page.getByRole('main', { name: 'Compare' })).toBeVisible();
  await field.fill('');

  // the key also works when the page is already loaded
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await expect(page.getByRole('main', { name: 'Train' })).toBeFocused();
  await page.keyboard.press('/');
  await expect(field).toBeFocused();
});

test('the device badge tells what this browser can do', async ({ page }) => {
  await openLab(page);
  await page.getByRole('button', { name: /^Device: / }).click();
  const facts = page.getByRole('dialog').getByRole('region', { name: 'This browser' }).getByRole('listitem');
  await expect(facts).toHaveCount(6);
  await expect(facts.filter({ hasText: 'Threads.' })).toContainText('uses several cores');
  await expect(facts.filter({ hasText: 'Offline.' })).toContainText('so it opens offline', { timeout: 60_000 });
});
