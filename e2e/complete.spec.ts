/** The Complete page: inline completions, and views of what the model sees. */
import { expectAccessibleInBothThemes } from './accessible.ts';
import type { Page } from '@playwright/test';
import { candidates, editor, ghost, inside, offer, probabilities, settings, textOf, type } from './completing.ts';
import {
  chooseModels,
  chooseTiny,
  expectNoSidewaysScroll,
  notice,
  openLab,
  runLine,
  setNumber,
  stateOf,
  train,
  trainBriefly,
  waitForState,
} from './lab.ts';
import { expect, test } from './test.ts';

/** Trains for a few epochs, after which a model knows what follows `self`. */
async function trainSome(page: Page, models: readonly string[]): Promise<void> {
  await chooseTiny(page);
  await chooseModels(page, models);
  await setNumber(page, 'Optimizer', 'Max epochs', 6);
  await train(page);
  await waitForState(page, models.at(-1)!, 'done');
}

test('a model writes along: candidates, ghost text, and the keys that take it', async ({ page }) => {
  await openLab(page);
  await trainSome(page, ['RNN']);
  await openLab(page, 'complete');
  await type(page, 'class A:\n    def f(self, x):\n        self');
  await expect(candidates(page)).toHaveCount(5);
  const shown = await probabilities(page);
  expect(shown).toEqual(shown.toSorted((a, b) => b - a));
  expect(shown.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(100.3);

  // a click on a candidate suggests a line that begins with it; Escape hides the line
  await page.keyboard.insertText('.x = ');
  await offer(page);
  const takeAll = page.getByRole('button', { name: 'Accept all' });
  await expect(takeAll).toBeEnabled();
  await page.keyboard.press('Escape');
  await expect(ghost(page)).toHaveCount(0);
  await expect(takeAll).toBeDisabled();

  // accepts one word, then the whole line, and undoes both
  await offer(page);
  const before = await textOf(page);
  const offered = (await ghost(page).textContent()) ?? '';
  await page.keyboard.press('Control+ArrowRight');
  const word = (await textOf(page)).slice(before.length);
  expect(word.length).toBeGreaterThan(0);
  expect(offered.startsWith(word)).toBe(true);
  await page.keyboard.press('Control+z');
  expect(await textOf(page)).toBe(before);
  await offer(page);
  await page.keyboard.press('Tab');
  await expect.poll(() => textOf(page)).toBe(before + offered);

  // typing the start of the suggested line keeps the rest of it
  await type(page, before);
  await offer(page);
  await page.keyboard.insertText(offered.slice(0, 1));
  await expect.poll(() => textOf(page)).toBe(before + offered.slice(0, 1));

  // Tab indents when no line is suggested
  await type(page, '# a comment');
  await expect(page.getByText('No suggestions in comments')).toBeVisible();
  await page.keyboard.press('Tab');
  await expect.poll(() => textOf(page)).toBe('    # a comment');
  await page.keyboard.press('Shift+Tab');
  await expect.poll(() => textOf(page)).toBe('# a comment');
  // Escape and Tab leave the editor, so it is not a keyboard trap
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(editor(page)).not.toBeFocused();
});

test('candidates can be gone through, and the line drawn in other ways', async ({ page }) => {
  await openLab(page);
  await trainSome(page, ['RNN']);
  await openLab(page, 'complete');
  await type(page, 'import os\nimport sys\n\n');
  await expect(candidates(page)).toHaveCount(5);
  const pressed = candidates(page).getByRole('button', { pressed: true });
  await page.keyboard.press('Alt+]');
  await expect(pressed).toHaveCount(1);
  const first = await pressed.textContent();
  const line = await ghost(page).textContent();
  await page.keyboard.press('Alt+]');
  await expect(pressed).not.toHaveText(first ?? '');
  await expect(ghost(page)).not.toHaveText(line ?? '');
  await page.keyboard.press('Alt+[');
  await expect(pressed).toHaveText(first ?? '');

  await settings(page).getByText('Sampling', { exact: true }).click();
  await expect(settings(page).getByRole('textbox', { name: 'Temperature' })).toHaveValue('0.8');
  await settings(page).getByText('Beam search', { exact: true }).click();
  await expect(settings(page).getByRole('textbox', { name: 'Beams' })).toHaveValue('4');

  // names from this text are marked, and disappear when the memory is off
  await type(page, 'class Zanzibar:\n    pass\n\n\nx = Zan');
  await expect(candidates(page)).toContainText(['Zanzibarfrom this text']);
  await settings(page).getByRole('switch', { name: 'Memory of this text' }).click();
  await expect(candidates(page).filter({ hasText: 'Zanzibar' })).toHaveCount(0);
  await settings(page).getByRole('switch', { name: 'Memory of this text' }).click();
  await expect(candidates(page)).toContainText(['Zanzibarfrom this text']);

  // names from other files appear once a file is added and their memory is on
  await page
    .getByLabel('Other files', { exact: true })
    .first()
    .setInputFiles({
      name: 'other.py',
      mimeType: 'text/x-python',
      buffer: Buffer.from('class Quagga:\n    pass\n'),
    });
  await type(page, 'class Zanzibar:\n    pass\n\n\nx = Qua');
  await expect(candidates(page).filter({ hasText: 'Quagga' })).toHaveCount(0);
  await settings(page).getByRole('switch', { name: 'Memory of other files' }).click();
  await expect(settings(page).getByRole('list', { name: 'Other files' })).toContainText('other.py6 tokens read');
  await expect(candidates(page)).toContainText(['Quaggafrom other files']);
  await settings(page).getByRole('button', { name: 'Remove other.py' }).click();
  await expect(candidates(page).filter({ hasText: 'Quagga' })).toHaveCount(0);

  // the settings survive a reload
  await page.waitForTimeout(600);
  await page.reload();
  await expect(settings(page).getByRole('textbox', { name: 'Beams' })).toHaveValue('4');
  expect(await textOf(page)).toContain('class Zanzibar:');
});

test('a keystroke reads only what is new', async ({ page }) => {
  await openLab(page);
  await trainBriefly(page);
  await openLab(page, 'complete');
  await page.getByRole('button', { name: 'Examples' }).click();
  await page.getByRole('menuitem', { name: 'Reading a file' }).click();
  const time = page.getByTestId('candidates-time');
  await expect(time).toBeVisible();
  const tokens = Number(await time.getAttribute('data-tokens'));
  expect(tokens).toBeGreaterThan(50);
  await page.keyboard.insertText('path');
  await expect(time).not.toHaveAttribute('data-read', String(tokens));
  expect(Number(await time.getAttribute('data-read'))).toBeLessThanOrEqual(2);
});

test('what the model sees: surprise, units, two models side by side', async ({ page }) => {
  await openLab(page);
  await trainSome(page, ['RNN', 'LSTM']);
  await openLab(page, 'complete');
  await page.getByRole('button', { name: 'Examples' }).click();
  await page.getByRole('menuitem', { name: 'A class with a constructor' }).click();

  await inside(page).getByText('Surprise', { exact: true }).click();
  await expect(inside(page).getByText(/bits per token/)).toBeVisible();
  await expect(page.locator('.cm-line [class*=cm-band-]').first()).toBeVisible();
  await editor(page).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(inside(page).getByText(/At the cursor: if/)).toBeVisible();
  await expect(inside(page).getByRole('table', { name: 'It expected' }).getByRole('row')).toHaveCount(5);
  const counts = await inside(page)
    .getByRole('table', { name: 'Tokens by the model’s guess' })
    .getByRole('cell')
    .allTextContents();
  expect(counts.map(Number).reduce((sum, count) => sum + count, 0)).toBe(66);

  await inside(page).getByText('A unit', { exact: true }).click();
  await expect(page.locator('.cm-line [class*=cm-value-]').first()).toBeVisible();
  await expect(inside(page).getByText('Gates along this line')).toBeVisible();
  await inside(page).getByRole('listitem').getByRole('button').first().click();

  await settings(page).getByRole('combobox', { name: 'Compare with' }).click();
  await page.getByRole('option', { name: /RNN/ }).click();
  await expect(inside(page).getByText('Where they differ most')).toBeVisible();
  await expect(page.getByRole('textbox', { name: /The same code under RNN/ })).toContainText('class Account');
  await expectNoSidewaysScroll(page);
  await expectAccessibleInBothThemes(page);
});

test('models come and go: from a run’s menu, one after the other beside it, and after the worker was lost', async ({
  page,
}) => {
  await openLab(page);
  await chooseTiny(page);
  await chooseModels(page, ['RNN', 'LSTM', 'Residual']);
  await setNumber(page, 'Optimizer', 'Max epochs', 1);
  await train(page);
  await waitForState(page, /^Residual/, 'done');
  await runLine(page, 'RNN')
    .getByRole('button', { name: /^Menu of/ })
    .click();
  await page.getByRole('menuitem', { name: 'Complete code with this model' }).click();
  await expect(settings(page).getByRole('combobox', { name: 'Model', exact: true })).toHaveValue(/^RNN/);
  await type(page, 'import os\nimport sys\n');
  await expect(candidates(page)).toHaveCount(5);

  for (const name of ['LSTM', 'Residual']) {
    await settings(page).getByRole('combobox', { name: 'Compare with' }).click();
    await page.getByRole('option', { name: new RegExp(`^${name}`) }).click();
    await expect(page.getByRole('textbox', { name: new RegExp(`^The same code under ${name}`) })).toBeVisible();
    await expect(inside(page).getByText('Where they differ most')).toBeVisible();
    // the first model is still open
    await editor(page).focus();
    await page.keyboard.insertText('x\n');
    await expect(page.getByTestId('candidates-time')).toContainText(/, [1-9] of /);
    await expect(notice(page)).toHaveCount(0);
  }
  await expectAccessibleInBothThemes(page);

  const [worker] = page.workers().filter((each) => each.url().includes('completer.worker'));
  await worker!.evaluate(() => {
    setTimeout(() => {
      throw new Error('lost on purpose');
    }, 0);
  });
  await expect(notice(page)).toContainText('stopped on an error');
  await editor(page).focus();
  await page.keyboard.insertText('y');
  await page.waitForTimeout(400);
  await expect(notice(page)).toContainText('stopped on an error');
  await notice(page).getByRole('button', { name: 'Restart' }).click();
  await expect(notice(page)).toHaveCount(0);
  await expect(candidates(page)).toHaveCount(5);
  await expect(inside(page).getByText('Where they differ most')).toBeVisible();
  expect(await textOf(page)).toBe('import os\nimport sys\nx\nx\ny');
});

test('texts of one’s own and of the test split, and what is refused', async ({ page }) => {
  await openLab(page);
  await trainBriefly(page);
  await openLab(page, 'complete');
  const input = page.getByLabel('Your own file');
  await input.setInputFiles({ name: 'own.py', mimeType: 'text/x-python', buffer: Buffer.from('x = 1\r\ny = 2\r\n') });
  await expect.poll(() => textOf(page)).toBe('x = 1\ny = 2\n');
  await expect(page.getByText('own.py')).toBeVisible();
  await input.setInputFiles({ name: 'large.py', mimeType: 'text/x-python', buffer: Buffer.alloc(400_000, 'x') });
  await expect(notice(page)).toContainText('large.py has 400 kB. The editor accepts at most 300 kB');
  await input.setInputFiles({ name: 'a.pyc', mimeType: 'text/x-python', buffer: Buffer.from([0xff, 0xfe, 0]) });
  await expect(notice(page)).toContainText('a.pyc is not Python code: line 1: not UTF-8');
  expect(await textOf(page)).toBe('x = 1\ny = 2\n');
  const korean = Buffer.concat([Buffer.from('# coding: cp949\r'), Buffer.from([0xc1, 0x64])]);
  await input.setInputFiles({ name: 'own.py', mimeType: 'text/x-python', buffer: korean });
  await expect.poll(() => textOf(page)).toBe('# coding: cp949\n햏');
  await input.setInputFiles({ name: 'own.py', mimeType: 'text/x-python', buffer: Buffer.from('x = 1\r\ny = 2\r\n') });
  await expect.poll(() => textOf(page)).toBe('x = 1\ny = 2\n');
  await page.getByRole('button', { name: 'Dismiss' }).first().click();

  await page.getByRole('button', { name: 'Random test file' }).click();
  await expect(page.getByText(/file \d+ of \d+ of the test split/)).toBeVisible();
  await expect.poll(() => textOf(page)).not.toBe('x = 1\ny = 2\n');

  // deleting the data set removes its test files, but the model still completes
  const { datasets } = await stateOf(page);
  await page.evaluate((id) => globalThis.minicopilot?.lab.deleteDataset(id), datasets.stored[0]!.manifest.id);
  await expect(page.getByRole('button', { name: 'Random test file' })).toHaveCount(0);
  await type(page, 'import os\n');
  await expect(candidates(page)).toHaveCount(5);
});

test('a model completes while it is still training', async ({ page }) => {
  await openLab(page);
  await chooseTiny(page);
  await chooseModels(page, ['LSTM']);
  await setNumber(page, 'Optimizer', 'Max epochs', 200);
  await setNumber(page, 'Optimizer', 'Patience', 200);
  // slow enough that the model still improves during the test
  await setNumber(page, 'Optimizer', 'Learning rate', 0.0005);
  await train(page);
  await openPageWhenMeasured(page);
  await expect(settings(page).getByText(/still training/)).toBeVisible();
  await type(page, 'import os\n');
  await expect(candidates(page)).toHaveCount(5);
  const epoch = await settings(page)
    .getByText(/still training/)
    .textContent();
  await expect(settings(page).getByText(/still training/)).not.toHaveText(epoch ?? '', { timeout: 60_000 });
  await expect(candidates(page)).toHaveCount(5);
});

async function openPageWhenMeasured(page: Page): Promise<void> {
  await expect
    .poll(async () => Object.values((await stateOf(page)).runs).some(({ bestEpoch }) => bestEpoch !== null), {
      timeout: 120_000,
    })
    .toBe(true);
  await page.getByRole('link', { name: 'Complete' }).click();
  await expect(editor(page)).toBeVisible();
}
