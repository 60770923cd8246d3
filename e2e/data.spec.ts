/** The Data page: imported files become a data set, or a message says why not. */
import { link, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expectAccessibleInBothThemes } from './accessible.ts';
import type { Page } from '@playwright/test';
import { z } from 'zod';
import { parquetOf, tarballOf, zipOf } from '#core/data/sources/archives.fixture.ts';
import { MANIFESTS, notice, openLab, stateOf, trainBriefly, typeNumber } from './lab.ts';
import { serveRanges } from './servers.ts';
import { expect, test } from './test.ts';

const IMPORTING = { timeout: 120_000 };

const panel = (page: Page) => page.getByRole('region', { name: 'Import your own code' });
const shownSet = (page: Page, title: string) => page.getByRole('region', { name: `Stored: ${title}` });
const rows = (page: Page) => page.getByRole('region', { name: 'Rows as code' });
const chooseFiles = (page: Page) => page.locator('input[data-choose="files"]');

/** A realistic module, different for each number. */
function moduleText(number: number): string {
  const functions = Array.from(
    { length: 8 },
    (_, i) =>
      `def task_${number % 9}_${i}(value, name="v${i}"):\n    total = value + ${i}\n    return total * ${number}\n\n`,
  );
  return `"""Module ${number}."""\nimport os\n\n${functions.join('')}`;
}

const modules = (count: number) =>
  Array.from({ length: count }, (_, i) => [`pkg/m${String(i).padStart(3, '0')}.py`, moduleText(i)] as const);

/** Rows like those of the published data set: one file each, from its start token to its end token. */
const tokenRows = (count: number) =>
  Array.from({ length: count }, (_, i) => ['<s>', 'import', `name${i % 7}`, '<EOL>', 'x', '=', '1', '</s>']);

async function writeFolder(folder: string, contents: readonly (readonly [string, string])[]): Promise<void> {
  for (const [path, content] of contents) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

const fileOf = (name: string, bytes: Uint8Array) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(bytes),
});

async function storedIds(page: Page): Promise<string[]> {
  return (await stateOf(page)).datasets.stored.map(({ manifest }) => manifest.id);
}

async function startImport(page: Page): Promise<void> {
  await panel(page).getByRole('button', { name: 'Import', exact: true }).click();
}

async function expectStored(page: Page, title: string): Promise<void> {
  await expect(panel(page)).toContainText(`${title} is stored`, IMPORTING);
  await expect(shownSet(page, title)).toBeVisible();
}

test('a folder becomes a data set that is shown, looked through and trained on', async ({ page }, testInfo) => {
  const folder = testInfo.outputPath('mylib');
  await writeFolder(folder, [
    ...modules(40),
    ['broken.py', 'x = (\n'],
    ['notes.md', '# notes'],
    ['node_modules/copy.py', 'y = 1\n'],
  ]);
  await openLab(page, 'data');
  await page.locator('input[data-choose="folder"]').setInputFiles(folder);
  await expect(panel(page)).toContainText('41 files');
  await expect(panel(page)).toContainText('2 other files ignored');
  await expectAccessibleInBothThemes(page, 'with something to import');
  await startImport(page);
  await expectStored(page, 'mylib');

  await expect(page.getByRole('list', { name: 'Files left out' })).toContainText('broken.py');
  await expect(page.getByRole('list', { name: 'Notes' })).toContainText('training files');
  await expect(page.getByRole('img', { name: /^Files by their number of tokens/ })).toBeVisible();
  await expect(page.getByRole('img', { name: /^Unknown tokens in validation/ })).toBeVisible();

  await expect(page.getByRole('region', { name: 'Row 1 of train' })).toContainText('import os');
  await rows(page).getByRole('button', { name: 'Next row' }).click();
  await expect(page.getByRole('region', { name: 'Row 2 of train' })).toContainText('def task_');
  await rows(page).getByText('Test', { exact: true }).click();
  await expect(page.getByRole('region', { name: 'Row 1 of test' })).toContainText('return total');
  await rows(page).getByRole('button', { name: 'Random row' }).click();
  await expect(page.getByRole('region', { name: /^Row \d of test/ })).toContainText('<s>');
  await expectAccessibleInBothThemes(page, 'with a data set open');

  await shownSet(page, 'mylib').getByRole('button', { name: 'Train on it' }).click();
  await trainBriefly(page);
  const runs = Object.values((await stateOf(page)).runs);
  expect(runs.map(({ dataset, state }) => [dataset.id, state])).toEqual([['mylib', 'done']]);
});

test('a .zip is imported under another name, and deleted again', async ({ page }) => {
  await openLab(page, 'data');
  await chooseFiles(page).setInputFiles(fileOf('lib.zip', await zipOf(modules(30))));
  await expect(panel(page)).toContainText('A .zip of Python files');
  await panel(page).getByRole('textbox', { name: 'Name' }).fill('My own code');
  const length = panel(page).getByRole('textbox', { name: 'Row length' });
  await typeNumber(length, '1');
  await expect(panel(page).getByRole('button', { name: 'Import', exact: true })).toBeDisabled();
  await expect(panel(page)).toContainText('A whole number from 2 to 65,535.');
  await typeNumber(length, '100');
  await panel(page).getByRole('checkbox', { name: 'Keep long files whole' }).check();
  await startImport(page);
  await expectStored(page, 'My own code');
  const [stored] = (await stateOf(page)).datasets.stored;
  expect(stored?.manifest).toMatchObject({ id: 'my-own-code', length: 100, whole: true, counts: { files: 30 } });

  await page.getByRole('button', { name: 'Delete My own code' }).click();
  await page.getByRole('button', { name: 'Delete the data set' }).click();
  await expect.poll(() => storedIds(page)).toEqual([]);
});

test('Parquet files are imported from disk and, by range requests, from an address', async ({ page }) => {
  const train = parquetOf(tokenRows(30));
  const elsewhere = await serveRanges(train);
  try {
    await openLab(page, 'data');
    await chooseFiles(page).setInputFiles([
      fileOf('train-00000-of-00001.parquet', train),
      fileOf('test-00000-of-00001.parquet', parquetOf(tokenRows(10))),
      fileOf('dev-00000-of-00001.parquet', parquetOf(tokenRows(5))),
    ]);
    await expect(panel(page)).toContainText('3 files');
    await panel(page).getByRole('textbox', { name: 'Name' }).fill('From disk');
    await startImport(page);
    await expectStored(page, 'From disk');
    await expect(page.getByRole('table', { name: 'Splits of From disk' }).getByRole('row')).toHaveCount(5);
    await rows(page).getByText('Dev', { exact: true }).click();
    await expect(page.getByRole('region', { name: 'Row 1 of dev' })).toContainText('import name0');

    await panel(page).getByRole('button', { name: 'Or paste the URLs of Parquet files' }).click();
    const field = panel(page).getByRole('textbox', { name: 'URLs of Parquet files' });
    await field.fill('not an address');
    await panel(page).getByRole('button', { name: 'Check' }).click();
    await expect(notice(page)).toContainText('not the URL of a Parquet file');
    await field.fill(`${elsewhere.address}train-0.parquet`);
    await panel(page).getByRole('button', { name: 'Check' }).click();
    await expect(panel(page)).toContainText(`1 file from ${new URL(elsewhere.address).host}`);
    await panel(page).getByRole('textbox', { name: 'Name' }).fill('From afar');
    await startImport(page);
    await expectStored(page, 'From afar');
    expect(elsewhere.ranges.length).toBeGreaterThan(0);
    expect((await storedIds(page)).toSorted()).toEqual(['from-afar', 'from-disk']);
  } finally {
    elsewhere.close();
  }
});

test('an import is cancelled, and nothing of it is kept', async ({ page }, testInfo) => {
  const folder = testInfo.outputPath('large');
  const text = Array.from({ length: 9_000 }, (_, i) => moduleText(i).slice(0, 200)).join('\n');
  await writeFolder(folder, [['large.py', text]]);
  // so many files that the import takes minutes on any machine; hard links make them one file on disk
  for (let i = 0; i < 400; i++) await link(join(folder, 'large.py'), join(folder, `large${i}.py`));
  await openLab(page, 'data');
  await page.locator('input[data-choose="folder"]').setInputFiles(folder);
  await startImport(page);
  await expect(panel(page).getByRole('progressbar', { name: 'Progress of the import' })).toBeVisible();
  await expect(panel(page)).toContainText(/of \d[\d.]* MB/);
  // the rest of the page still works
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await page.getByRole('link', { name: 'Data', exact: true }).click();
  await panel(page).getByRole('button', { name: 'Cancel' }).click();
  await expect(panel(page)).toContainText('was cancelled');
  expect(await storedIds(page)).toEqual([]);
  await page.reload();
  await openLab(page, 'data');
  expect(await storedIds(page)).toEqual([]);
});

test('what cannot be read says so in place, and what is stored stays', async ({ page }) => {
  await openLab(page, 'data');
  const whole = await zipOf(modules(30));
  await chooseFiles(page).setInputFiles(fileOf('lib.zip', whole));
  await startImport(page);
  await expectStored(page, 'lib');

  await chooseFiles(page).setInputFiles(fileOf('half.zip', whole.subarray(0, whole.length / 2)));
  await startImport(page);
  await expect(notice(page)).toContainText('half.zip cannot be read as a .zip');
  await expect(notice(page)).toContainText('Data sets stored earlier have not changed');
  expect(await storedIds(page)).toEqual(['lib']);
  await expect(page.getByRole('region', { name: 'Row 1 of train' })).toContainText('import os');

  await panel(page).getByRole('button', { name: 'Choose other files' }).click();
  await expect(notice(page)).toHaveCount(0);
  await chooseFiles(page).setInputFiles(fileOf('picture.png', new Uint8Array(9)));
  await expect(notice(page)).toContainText('The lab found nothing that it can read in picture.png');
  await expect(notice(page)).toContainText('train.txt');
});

/** Drops files and folders from the disk onto the page, as a user does. */
async function drop(page: Page, files: readonly string[], isSeen: () => Promise<void> = () => Promise.resolve()) {
  const browser = await page.context().newCDPSession(page);
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver'] as const) {
    await browser.send('Input.dispatchDragEvent', { type, x: 900, y: 600, data });
  }
  await isSeen();
  await browser.send('Input.dispatchDragEvent', { type: 'drop', x: 900, y: 600, data });
}

test('a folder dropped beside the zone is taken, too', async ({ page }, testInfo) => {
  const folder = testInfo.outputPath('dropped');
  await writeFolder(folder, [...modules(12), ['.git/hook.py', 'x = 1\n'], ['notes.md', '# notes']]);
  await openLab(page, 'data');
  await drop(page, [folder], () => expect(panel(page)).toContainText('Drop to check it'));
  await expect(panel(page).getByRole('textbox', { name: 'Name' })).toHaveValue('dropped');
  await expect(panel(page)).toContainText('12 files');
  await startImport(page);
  await expectStored(page, 'dropped');
});

test('a dropped folder of code stays one, whatever lies among it, and what is left out is said', async ({
  page,
}, testInfo) => {
  const folder = testInfo.outputPath('项目甲');
  await writeFolder(folder, [
    ...modules(12),
    ['tests/sales.parquet', 'PAR1'],
    ['tests/train.txt', '<s> a </s>'],
    ['pkg/._m000.py', '\u0000\u0005\u0016\u0007'],
    ['env/pyvenv.cfg', 'home = /usr/bin'],
    ['env/lib/x.py', 'x = 1\n'],
  ]);
  await openLab(page, 'data');
  const expectRecognised = async () => {
    await expect(panel(page)).toContainText('A folder of Python files');
    await expect(panel(page)).toContainText('12 files');
    await expect(panel(page)).toContainText('Virtual environments left out: 1 (项目甲/env/).');
    await expect(panel(page)).toContainText('macOS metadata left out: 1 (项目甲/pkg/._m000.py).');
  };
  await page.locator('input[data-choose="folder"]').setInputFiles(folder);
  await expectRecognised();
  await panel(page).getByRole('button', { name: 'Choose other files' }).click();
  await drop(page, [folder]);
  await expectRecognised();
  await startImport(page);
  await expectStored(page, '项目甲');
  await expect(page.getByRole('list', { name: 'How the files were read' })).toContainText(
    'Virtual environments left out: 1',
  );

  // a folder with another name, which has no Latin letter, is another data set
  const other = testInfo.outputPath('项目乙');
  await writeFolder(other, modules(13));
  await drop(page, [other]);
  await expect(panel(page)).toContainText('13 files');
  await expect(panel(page)).not.toContainText('already has this name');
  await startImport(page);
  await expectStored(page, '项目乙');
  expect(await storedIds(page)).toHaveLength(2);
  await expectAccessibleInBothThemes(page, 'with notes on how a set was read');

  // a folder with the same name says what it replaces
  await panel(page).getByRole('button', { name: 'Choose a folder' }).waitFor();
  await drop(page, [other]);
  await expect(panel(page)).toContainText('“项目乙” already has this name. It is replaced');
});

test('several archives dropped at once are read together, less links and copies', async ({ page }, testInfo) => {
  const [zip, tarball] = [testInfo.outputPath('lib.zip'), testInfo.outputPath('more-1.0.tar.gz')];
  await writeFile(
    zip,
    await zipOf([...modules(12), ['pkg/alias.py', { symlink: 'm000.py' }], ['pkg/.venv/x.py', 'x']]),
  );
  await writeFile(
    tarball,
    await tarballOf([
      ['more/a.py', 'a = 1\n'],
      ['more/b.py', { hardLink: 'more/a.py' }],
    ]),
  );
  await openLab(page, 'data');
  await drop(page, [zip, tarball]);
  await expect(panel(page)).toContainText('Several archives of Python files, read as one data set');
  await startImport(page);
  await expectStored(page, 'lib and more-1.0');
  await expect(panel(page)).toContainText('Symbolic links not followed: 1 (lib/pkg/alias.py)');
  const [stored] = (await stateOf(page)).datasets.stored;
  expect(stored?.manifest).toMatchObject({ id: 'lib-and-more-1-0', counts: { files: 14 } });
});

test('Hugging Face’s own conversion is dropped as a folder, and its parts are known by their folders', async ({
  page,
}, testInfo) => {
  const folder = testInfo.outputPath('python');
  for (const [part, count] of [
    ['train', 30],
    ['test', 10],
  ] as const) {
    await mkdir(join(folder, part), { recursive: true });
    await writeFile(join(folder, part, '0000.parquet'), parquetOf(tokenRows(count)));
  }
  await openLab(page, 'data');
  await drop(page, [folder]);
  await expect(panel(page)).toContainText('2 files');
  await expect(panel(page)).toContainText('It has its own test split');
  await startImport(page);
  await expectStored(page, 'CodeXGLUE py150 (Hugging Face)');
  const [stored] = (await stateOf(page)).datasets.stored;
  expect(stored?.manifest.splits).toMatchObject({ train: { rows: 24 }, validation: { rows: 6 }, test: { rows: 10 } });
});

test('a data set of an older writer shows what there is, and says what is missing', async ({ page, context }) => {
  await context.route(MANIFESTS, async (route) => {
    const response = await route.fetch();
    const { figures: _, ...older } = z.record(z.string(), z.unknown()).parse(await response.json());
    await route.fulfill({ response, json: older });
  });
  await openLab(page, 'data');
  await page.getByRole('button', { name: 'Download Python standard library' }).click();
  const set = shownSet(page, 'Python standard library');
  await expect(set.getByRole('table')).toContainText('Validation');
  await expect(page.getByRole('region', { name: 'Lengths and vocabulary' })).toContainText('older version of the lab');
  await expect(page.getByRole('table', { name: /^Most frequent/ })).toContainText('<EOL>');
  await expect(page.getByRole('region', { name: 'Row 1 of train' })).toContainText('<s>');
  await expectAccessibleInBothThemes(page, 'with an older data set open');
});
