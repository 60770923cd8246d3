/** Invisible and reordering characters (Trojan Source) are made visible wherever untrusted text is drawn. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { metricsOf, writeMetrics } from '#core/formats/metrics.ts';
import { runOf } from '#core/report/runs.fixture.ts';
import { editor, textOf, type } from './completing.ts';
import { openLab } from './lab.ts';
import { expect, test } from './test.ts';

const OVERRIDE = '\u202e';
/** The example of the Trojan Source paper: code that is drawn as a comment. */
const STRING = `user${OVERRIDE} \u2066# admins only\u2069 \u2066`;

/** Pixels from the page's left edge to the first occurrence of `text` in `selector`. */
function leftOf(page: Page, selector: string, text: string): Promise<number> {
  return page
    .locator(selector)
    .first()
    .evaluate((within, sought) => {
      const walker = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const at = (node.nodeValue ?? '').indexOf(sought);
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + sought.length);
        return range.getBoundingClientRect().left;
      }
      throw new Error(`${sought} is not there`);
    }, text);
}

test('in rows as code and in tables of tokens', async ({ page }, testInfo) => {
  const folder = testInfo.outputPath(`tro${OVERRIDE}jan`);
  await mkdir(folder, { recursive: true });
  for (let i = 0; i < 12; i++) {
    await writeFile(
      join(folder, `m${i}.py`),
      `if level_${i} != '${STRING}':\n    print('zero\u200bwidth', "שלום", 'עולם', after)\n`,
    );
  }
  await openLab(page, 'data');
  await page.locator('input[data-choose="folder"]').setInputFiles(folder);
  await page
    .getByRole('region', { name: 'Import your own code' })
    .getByRole('button', { name: 'Import', exact: true })
    .click();
  const row = page.getByRole('region', { name: 'Row 1 of train' });
  await expect(row).toContainText('admins only', { timeout: 120_000 });
  for (const code of ['U+202E', 'U+2066', 'U+2069', 'U+200B']) {
    await expect(row.locator(`[data-code="${code}"]`).first()).toBeVisible();
  }
  const before = await row
    .locator('[data-code]')
    .first()
    .evaluate((element) => getComputedStyle(element, '::before').content);
  expect(before).toBe('"U+202E"');
  // the parts are drawn in the order in which they are written
  const places = [];
  for (const text of ['user', '# admins only', ':'])
    places.push(await leftOf(page, 'section[aria-label^="Row "] code', text));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  const second = [];
  for (const text of ['zero', 'width', 'שלום', 'עולם', 'after'])
    second.push(await leftOf(page, 'section[aria-label^="Row "] code', text));
  expect(second).toEqual(second.toSorted((a, b) => a - b));
  // copied text has the original characters
  const copied = await row.evaluate((element) => {
    getSelection()?.selectAllChildren(element);
    return getSelection()?.toString();
  });
  expect(copied).toContain(`'${STRING}'`);
  expect(copied).not.toContain('U+');
  const tokens = page.getByRole('region', { name: 'Tokens' });
  await expect(tokens.locator('[data-code="U+202E"]').first()).toBeVisible();
  // the character is shown in the title and in the description
  const facts = page.getByRole('region', { name: 'Stored: tro[U+202E]jan' });
  await expect(facts.locator('bdi', { hasText: 'jan' }).locator('[data-code="U+202E"]')).toHaveCount(2);
});

test('in the editor, whose copies are true', async ({ page }) => {
  await openLab(page, 'complete');
  await type(page, `if level != '${STRING}': pass\nx = '\u200b\u200f\ufeff', 'שלום', 'עולם' # לא a comment\n`);
  const boxes = page.locator('.cm-content .cm-hidden-character');
  await expect(boxes).toHaveText(['U+202E', 'U+2066', 'U+2069', 'U+2066', 'U+200B', 'U+200F', 'U+FEFF']);
  await expect(boxes.first()).toHaveAttribute('title', 'right-to-left override');
  const places = [];
  for (const text of ['user', '# admins only', 'pass']) places.push(await leftOf(page, '.cm-content', text));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  const second = [];
  for (const text of ['שלום', 'עולם', '# ', 'לא', 'a comment'])
    second.push(await leftOf(page, '.cm-line:nth-child(2)', text));
  expect(second).toEqual(second.toSorted((a, b) => a - b));
  // cutting and pasting restores the same text
  await editor(page).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+x');
  await expect(boxes).toHaveCount(0);
  await page.keyboard.press('Control+v');
  await expect(boxes).toHaveCount(7);
  expect(await textOf(page)).toContain('U+202E');
  const stored = () => page.evaluate(() => localStorage.getItem('minicopilot.complete') ?? '');
  await expect.poll(async () => (await stored()).includes(JSON.stringify(STRING).slice(1, -1))).toBe(true);
});

test('in names of runs and labels of charts', async ({ page }) => {
  const run = runOf('lstm', [
    [3, 0.5],
    [2, 0.6],
  ]);
  const torch = { ...run, device: { kind: 'torch', name: `Py${OVERRIDE}Torch` } as const };
  await openLab(page, 'compare');
  await page
    .locator('input[type=file]')
    .setInputFiles([
      { name: 'metrics.json', mimeType: 'application/json', buffer: Buffer.from(writeMetrics(metricsOf([torch]))) },
    ]);
  await page.getByRole('button', { name: /^Name, notes and more for/ }).click();
  const name = page.getByRole('textbox', { name: 'Name' });
  await name.click();
  await page.keyboard.insertText(`best${OVERRIDE}gnp.exe`);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  const list = page.getByRole('region', { name: 'All runs' });
  await expect(list.locator('label bdi [data-code="U+202E"]')).toBeVisible();
  await expect(list.locator('label bdi')).toHaveText(`best${OVERRIDE}gnp.exe`);
  await expect(page.getByRole('button', { name: 'Pin best[U+202E]gnp.exe as the baseline' })).toBeVisible();
  await expect(page.locator('[data-chart="loss"] [data-part=end]').first()).toContainText('best[U+202E]');
  const everyRun = page.getByRole('table', { name: 'Results per run' });
  await expect(everyRun.locator('[data-code="U+202E"]')).toBeVisible();
});
