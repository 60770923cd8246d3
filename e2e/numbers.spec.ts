/** Every number field gives the number that was typed, in the locale's format. */
import { expectAccessibleInBothThemes } from './accessible.ts';
import type { Locator, Page } from '@playwright/test';
import { z } from 'zod';
import { zipOf } from '#core/data/sources/archives.fixture.ts';
import { inside, settings } from './completing.ts';
import { chooseModels, chooseTiny, configuration, openLab, stateOf, train, typeNumber, waitForState } from './lab.ts';
import { expect, test } from './test.ts';

const trainField = (page: Page, name: string) => configuration(page).getByRole('textbox', { name, exact: true });
const searchOf = (page: Page) => new URLSearchParams(new URL(page.url()).search);

async function openGroups(page: Page): Promise<void> {
  for (const group of ['Network', 'Data', 'Optimizer']) {
    await configuration(page)
      .getByRole('button', { name: new RegExp(`^${group}`) })
      .click();
  }
}

/** Empties a field, then presses keys one by one: `<Name>` presses the key of that name, other text is typed. */
async function press(page: Page, field: Locator, keys: string): Promise<void> {
  await field.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Backspace');
  for (const [part, key] of keys.matchAll(/<(\w+)>|[^<]+/g)) {
    if (key === undefined) await page.keyboard.type(part);
    else await page.keyboard.press(key);
  }
}

/** The settings that the Complete page stores in the browser. */
const keptSchema = z.object({ decoding: z.record(z.string(), z.unknown()).default({}), unit: z.number().optional() });

/** The keys typed, the field's text after them, its text in the locale's format, and the resulting number. */
interface Typed {
  readonly title: string;
  readonly name: string;
  readonly keys: string;
  readonly text: string;
  readonly shown: string;
  readonly number: number;
}

const row = (title: string, name: string, keys: string, text: string, shown: string, number: number): Typed => ({
  title,
  name,
  keys,
  text,
  shown,
  number,
});

const SAME_EVERYWHERE = [
  row('Seed', 'seed', '12345', '12345', '12345', 12_345),
  row('Embedding size', 'embedding', '112<Backspace>', '11', '11', 11),
  row('Hidden size', 'hidden', '10<ArrowLeft>2', '120', '120', 120),
  row('Row length', 'length', '408<Home><Delete>', '08', '8', 8),
  row('Training files', 'trainFiles', '8<Home>4', '48', '48', 48),
  row('Batch size', 'batch', '1e1', '1e1', '10', 10),
  row('Max epochs', 'epochs', '1', '1', '1', 1),
  row('Patience', 'patience', '+2', '+2', '2', 2),
];
const BY_LOCALE: Readonly<Record<string, readonly Typed[]>> = {
  'en-US': [
    ...SAME_EVERYWHERE,
    row('Forget bias', 'forgetBias', '-1', '-1', '-1', -1),
    row('Dropout', 'dropout', '0.3', '0.3', '0.3', 0.3),
    row('Vocabulary', 'vocabulary', '1,234', '1,234', '1,234', 1_234),
    row('Learning rate', 'learningRate', '0.001', '0.001', '0.001', 0.001),
    row('Clip norm', 'clipNorm', '15<ArrowLeft>.', '1.5', '1.5', 1.5),
  ],
  'de-DE': [
    ...SAME_EVERYWHERE,
    row('Forget bias', 'forgetBias', '0,5<Home>-', '-0,5', '-0,5', -0.5),
    row('Dropout', 'dropout', '0.3', '0.3', '0,3', 0.3),
    row('Vocabulary', 'vocabulary', '1.234', '1.234', '1.234', 1_234),
    row('Learning rate', 'learningRate', '0,01<ArrowLeft>0', '0,001', '0,001', 0.001),
    row('Clip norm', 'clipNorm', '1.5<ArrowLeft><Backspace>,', '1,5', '1,5', 1.5),
  ],
};

for (const [locale, fields] of Object.entries(BY_LOCALE)) {
  test.describe(locale, () => {
    test.use({ locale });

    test('every number of the Train form arrives in the address and in the run', async ({ page }) => {
      await openLab(page);
      await chooseTiny(page);
      await openGroups(page);
      for (const { title, name, keys, text, shown, number } of fields) {
        await press(page, trainField(page, title), keys);
        await expect(trainField(page, title)).toHaveValue(text);
        await trainField(page, title).blur();
        await expect(trainField(page, title), title).toHaveValue(shown);
        await expect.poll(() => searchOf(page).get(name), { message: title }).toBe(String(number));
      }
      await press(page, trainField(page, 'Threads'), '1');
      await chooseModels(page, ['RNN']);
      await train(page);
      await waitForState(page, 'RNN', 'done');
      const [run] = Object.values((await stateOf(page)).runs);
      expect(run!.config).toMatchObject(Object.fromEntries(fields.map(({ name, number }) => [name, number])));
      expect(run!.device.name).toContain('1 thread');
    });

    test('the numbers of an import arrive in its manifest', async ({ page }) => {
      const names = Array.from({ length: 40 }, (_, i) => `name_${i} = ${i}`).join('\n');
      const files = Array.from({ length: 12 }, (_, i) => [`m${i}.py`, `${names}\nx = ${i}\n`] as const);
      await openLab(page, 'data');
      await page
        .locator('input[data-choose="files"]')
        .setInputFiles({ name: 'lib.zip', mimeType: 'application/zip', buffer: Buffer.from(await zipOf(files)) });
      const form = page.getByRole('form', { name: 'Import' });
      const vocabulary = form.getByRole('textbox', { name: 'Vocabulary' });
      const length = form.getByRole('textbox', { name: 'Row length' });
      const [group, decimal] = locale === 'de-DE' ? ['.', ','] : [',', '.'];
      await expect(vocabulary).toHaveValue(`10${group}000`);

      // another locale's thousands separator is an error, and does not give another number
      await press(page, vocabulary, `10${decimal}000`);
      await expect(form).toContainText(`A whole number: write 10${group}000, if that is meant.`);
      await expect(form.getByRole('button', { name: 'Import', exact: true })).toBeDisabled();
      await vocabulary.blur();
      await expect(vocabulary).toHaveValue(`10${decimal}000`);

      await press(page, vocabulary, '9<Home>1<ArrowRight><Backspace>2<End>');
      await expect(vocabulary).toHaveValue('12');
      await press(page, length, `1${group}100<ArrowLeft><ArrowLeft><Backspace>2`);
      await expect(length).toHaveValue(`1${group}200`);
      // Enter works while the caret is still in the field
      await page.keyboard.press('Enter');
      await expect(page.getByRole('region', { name: 'Stored: lib' })).toBeVisible({ timeout: 120_000 });
      const [stored] = (await stateOf(page)).datasets.stored;
      expect(stored?.manifest).toMatchObject({ id: 'lib', length: 1_200 });
      expect(stored?.manifest.vocabulary.tokens).toHaveLength(12);

      const rowField = page.getByRole('textbox', { name: /^Row, from 1 to/ });
      await press(page, rowField, '5');
      await expect(page.getByRole('region', { name: 'Row 5 of train' })).toBeVisible();
      await rowField.blur();
      await press(page, rowField, '500');
      await expect(page.getByText(/A whole number from 1 to \d+\. In use: 5\./)).toBeVisible();
      await rowField.blur();
      await expect(rowField).toHaveValue('500');
      await page.getByRole('button', { name: 'Next row' }).click();
      await expect(rowField).toHaveValue('6');
      await expect(page.getByRole('region', { name: 'Row 6 of train' })).toBeVisible();
    });

    test('the numbers of the Complete page are in use as they are typed', async ({ page }) => {
      await openLab(page, 'complete');
      const kept = async () => {
        const text = await page.evaluate(() => localStorage.getItem('minicopilot.complete'));
        return keptSchema.parse(JSON.parse(text ?? '{}'));
      };
      const field = (name: string) => settings(page).getByRole('textbox', { name, exact: true });
      const decimal = locale === 'de-DE' ? ',' : '.';
      await settings(page).getByText('Sampling', { exact: true }).click();
      const typed = [
        ['Temperature', 'temperature', '1<Home>0.', 'a full stop is read everywhere', 0.1],
        ['Temperature', 'temperature', `1${decimal}255<Backspace>`, '', 1.25],
        ['Top-k', 'topK', '35<Home><Delete>', '', 5],
        ['Seed', 'seed', '10<ArrowLeft>2', '', 120],
        ['Lines', 'lines', '3', '', 3],
      ] as const;
      for (const [title, name, keys, why, number] of typed) {
        await press(page, field(title), keys);
        await field(title).blur();
        await expect.poll(async () => (await kept()).decoding[name], { message: `${title} ${why}` }).toBe(number);
      }
      await settings(page).getByText('Beam search', { exact: true }).click();
      await press(page, field('Beams'), '6');
      await expect.poll(async () => (await kept()).decoding['beams']).toBe(6);
      await field('Beams').blur();

      // an invalid text stays in the field, and the previous number stays in use, not one typed in between
      await press(page, field('Beams'), '7x');
      await expect(settings(page)).toContainText('Not a number: write digits, such as 12. In use: 6.');
      await expect.poll(async () => (await kept()).decoding['beams']).toBe(6);
      await press(page, field('Beams'), '60');
      await expect(settings(page)).toContainText('A whole number from 2 to 8. In use: 6.');
      expect((await kept()).decoding['beams']).toBe(6);
      // an empty field means the default
      await press(page, field('Beams'), '');
      await expect(field('Beams')).toHaveValue('');
      await field('Beams').blur();
      await expect(field('Beams')).toHaveValue('4');
      await expect.poll(async () => (await kept()).decoding['beams']).toBe(4);

      await inside(page).getByText('A unit', { exact: true }).click();
      const unit = inside(page).getByRole('textbox', { name: 'Unit' });
      await press(page, unit, '13<ArrowLeft><Backspace>2');
      await expect.poll(async () => (await kept()).unit).toBe(23);
      await page.keyboard.press('ArrowDown');
      await expect(unit).toHaveValue('22');
      await expect.poll(async () => (await kept()).unit).toBe(22);
    });
  });
}

test('what is wrong stays as typed, says what to write, and does not train', async ({ page }) => {
  await openLab(page);
  await openGroups(page);
  const rate = trainField(page, 'Learning rate');
  const button = configuration(page).getByRole('button', { name: /^Train(?! with)/ });
  for (const [keys, text, problem] of [
    ['1,5', '1,5', 'Thousands are not grouped like this: write 1.5 or 15.'],
    ['0,001', '0,001', 'write 0.001 or 1.'],
    ['1e', '1e', 'Unfinished: digits are missing after the e.'],
    ['-', '-', 'Unfinished'],
    ['Infinity', 'Infinity', 'Not a number'],
    ['0x10', '0x10', 'Not a number'],
    ['', '', 'A number.'],
    ['-0.1', '-0.1', 'More than 0.'],
    ['10', '10', 'At most 1.'],
  ] as const) {
    await press(page, rate, keys);
    await expect(rate).toHaveValue(text);
    await expect(rate).toHaveAttribute('aria-invalid', 'true');
    await expect(rate).toHaveAccessibleDescription(new RegExp(problem.replaceAll('.', '\\.')));
    await expect(button, keys).toBeDisabled();
    await rate.blur();
    await expect(rate).toHaveValue(text);
  }
  // a decimal comma is not a list of values, even though both 0 and 5 would be valid here
  const clip = trainField(page, 'Clip norm');
  await press(page, clip, '0,5');
  await expect(clip).toHaveAttribute('aria-invalid', 'true');
  await expect(clip).toHaveAccessibleDescription(/write 0\.5 or 5\. Several values: 0, 5\./);
  await press(page, clip, '1');
  await press(page, rate, 'abc');
  // an invalid number survives a visit to another page, but is not put into the link
  await page.getByRole('link', { name: 'Compare', exact: true }).click();
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await expect(configuration(page).getByText('is not a number or is out of range')).toBeVisible();
  await expect(configuration(page).getByRole('button', { name: /^Optimizer/ })).toContainText('has an error');
  await expect.poll(() => searchOf(page).get('learningRate')).toBeNull();
  await expectAccessibleInBothThemes(page);
  await page.reload();
  await openLab(page);
  await openGroups(page);
  await expect(rate).toHaveValue('0.008');
  await expect(button).toBeEnabled();
});

test('a field follows presets, resets and links, and its arrows stay within the limits', async ({ page }) => {
  await page.goto('./?learningRate=1e-7&seed=4294967295#/train');
  await openGroups(page);
  const [rate, seed] = [trainField(page, 'Learning rate'), trainField(page, 'Seed')];
  await expect(rate).toHaveValue('1e-7');
  await expect(seed).toHaveValue('4294967295');
  await seed.press('ArrowUp');
  await expect(seed).toHaveValue('4294967295');
  await seed.press('ArrowDown');
  await expect(seed).toHaveValue('4294967294');

  await typeNumber(rate, '0.002');
  await rate.press('ArrowDown');
  await expect(rate).toHaveValue('0.001');
  await rate.press('ArrowDown');
  await expect(rate).toHaveValue('0.001');
  await expect(rate).toHaveAccessibleDescription(/Default 0\.008: found by a search/);
  // a number in another notation stays as typed until the field is left
  await press(page, rate, '0.0020');
  await expect(rate).toHaveValue('0.0020');
  await configuration(page).getByText('task', { exact: true }).click();
  await expect(rate).toHaveValue('0.001');
  await press(page, rate, 'abc');
  await configuration(page).getByRole('button', { name: 'Reset to preset' }).click();
  await expect(rate).toHaveValue('0.001');
  await expect(seed).toHaveValue('42');

  // a click is one step, holding the button many
  const hidden = trainField(page, 'Hidden size');
  const up = hidden.locator('xpath=following::button[1]');
  await expect(hidden).toHaveValue('512');
  await up.click();
  await expect(hidden).toHaveValue('544');
  await up.hover();
  await page.mouse.down();
  await expect(hidden).toHaveValue('2,048');
  await page.mouse.up();

  // back in the browser's history
  await page.goto('./?learningRate=0.25#/train');
  await openGroups(page);
  await expect(rate).toHaveValue('0.25');
  await page.evaluate(() => history.pushState(null, '', '?learningRate=0.5#/train'));
  await page.evaluate(() => dispatchEvent(new PopStateEvent('popstate')));
  await expect(rate).toHaveValue('0.5');
  await page.goBack();
  await expect(rate).toHaveValue('0.25');
});
