import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { parseMetrics } from '#core/formats/metrics.ts';
import { expectAccessibleInBothThemes } from './accessible.ts';
import {
  chooseModels,
  chooseTiny,
  expectNoSidewaysScroll,
  openLab,
  openPage,
  setNumber,
  stateOf,
  train,
  typeNumber,
  waitForState,
  WORKER,
} from './lab.ts';
import { expect, test } from './test.ts';

const panel = (page: Page) => page.getByRole('region', { name: 'All runs' });
const rowOf = (page: Page, name: string | RegExp) => panel(page).getByRole('listitem').filter({ hasText: name });
const comparison = (page: Page) => page.getByRole('table', { name: 'Comparison of the models' });

/** Exports with a menu item, and returns the downloaded file. */
async function taken(page: Page, item: string): Promise<{ name: string; text: string; path: string }> {
  await page.getByRole('button', { name: 'Export' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: item }).click(),
  ]);
  const path = await download.path();
  return { name: download.suggestedFilename(), text: await readFile(path, 'utf8'), path };
}

test('a person’s whole way through runs: compare, name, pin, take away, delete, bring back, come back', async ({
  page,
}) => {
  await openLab(page);
  await chooseTiny(page);
  await setNumber(page, 'Optimizer', 'Max epochs', 2);
  await train(page);
  await waitForState(page, /Residual (RNN|LSTM)/, /^done/);
  // trains one of the models with another seed
  await typeNumber(page.getByRole('textbox', { name: 'Seed', exact: true }), '7');
  await chooseModels(page, ['RNN']);
  await train(page);
  await expect
    .poll(async () => Object.values((await stateOf(page)).runs).filter(({ state }) => state === 'done').length)
    .toBe(4);

  await openPage(page, 'compare');
  await panel(page).getByRole('button', { name: 'Show all' }).click();
  const rnn = comparison(page)
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: /^RNN/ }) });
  await expect(rnn).toContainText('2 seeds');
  await expect(rnn).toContainText('±');
  const residual = comparison(page)
    .getByRole('row')
    .filter({ hasText: /Residual/ });
  // a difference, with its interval below
  await expect(residual.getByRole('cell').first()).toHaveText(/[+−]\d+\.\d points.*[+−]?\d+\.\d to [+−]?\d+\.\d/s);
  await expect(page.getByRole('img', { name: /^By kind of token\. keyword: / })).toBeVisible();
  await expect(page.locator('[data-chart="norm-layer-1"] path[data-part=curve]').first()).toBeVisible();

  // a run gets a name and notes, is found by them, and is pinned
  await rowOf(page, 'LSTM 2').getByRole('button', { name: 'Name, notes and more for LSTM 2' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('the gated one');
  await page.getByRole('textbox', { name: 'Notes' }).fill('first try');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Escape');
  await expect(rowOf(page, 'the gated one')).toContainText('first try');
  await page.keyboard.press('/');
  await panel(page).getByRole('textbox', { name: 'Search runs' }).fill('gated');
  await expect(panel(page).getByRole('listitem')).toHaveCount(1);
  await panel(page).getByRole('button', { name: 'Pin the gated one as the baseline' }).click();
  await panel(page).getByRole('textbox', { name: 'Search runs' }).fill('');
  await expect(comparison(page).getByRole('row').filter({ hasText: 'baseline' })).toContainText('LSTM');

  // the discussion is a draft until it is edited
  const discussion = page.getByRole('textbox', { name: 'Discussion' });
  await expect(discussion).toHaveValue(/dL\/dH1 = Wᵀ dL\/dy/);
  await discussion.fill('What I make of it: <b>nothing</b> yet.');

  // exports
  const html = await taken(page, 'HTML, one file with charts');
  expect(html.name).toMatch(/^comparison-\d{4}-\d\d-\d\d\.html$/);
  expect(html.text).toContain('&lt;b&gt;nothing&lt;/b&gt; yet.');
  expect(html.text).toContain('the gated one');
  const pictures = [...html.text.matchAll(/data:image\/svg\+xml;base64,([^"]+)/g)].map(([, svg]) =>
    Buffer.from(svg!, 'base64').toString('utf8'),
  );
  expect(pictures.length).toBeGreaterThanOrEqual(8);
  // exported ids are renumbered, since the page's own ids differ between visits
  const ids = pictures.map((svg) => [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!));
  expect(ids).toEqual(ids.map((own) => own.map((_, index) => `id-${index + 1}`)));
  const used = pictures.map((svg) => [...svg.matchAll(/url\(#([^)]+)\)/g)].map(([, id]) => id!));
  expect(used.flat().length).toBeGreaterThan(0);
  expect(used.map((own, index) => own.filter((id) => !ids[index]!.includes(id)))).toEqual(pictures.map(() => []));
  const markdown = await taken(page, 'Markdown, charts included');
  expect(markdown.text).toContain('## Discussion');
  const csv = await taken(page, 'CSV, one row per run and epoch');
  expect(csv.text.startsWith('\u{feff}run,model,')).toBe(true);
  expect(csv.text.trim().split('\r\n')).toHaveLength(1 + 4 * (2 * 2 + 1));
  const json = await taken(page, 'JSON (metrics.json)');
  const all: unknown = JSON.parse(json.text);
  expect(
    Array.isArray(all) ? all.map((one) => parseMetrics(JSON.stringify(one), 'the download').models.length) : null,
  ).toEqual([3, 1]);
  for (const [item, start] of [
    ['SVG image', '<svg'],
    ['PNG image', '\u{fffd}PNG'],
    ['CSV data', '\u{feff}epoch,'],
  ] as const) {
    await page.getByRole('button', { name: 'Download Loss', exact: true }).click();
    const [picture] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: item }).click(),
    ]);
    expect((await readFile(await picture.path(), 'utf8')).startsWith(start), item).toBe(true);
  }

  // a run is exported, deleted, restored by undo, deleted again, and imported from the file
  await rowOf(page, 'the gated one')
    .getByRole('button', { name: /Name, notes and more/ })
    .click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export the run' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('lstm-2.run.zip');
  const deleted = async () => {
    await page.getByRole('button', { name: 'Delete the run' }).click();
    await expect(rowOf(page, 'the gated one')).toHaveCount(0);
  };
  await deleted();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(rowOf(page, 'the gated one')).toHaveCount(1);
  await rowOf(page, 'the gated one')
    .getByRole('button', { name: /Name, notes and more/ })
    .click();
  await deleted();
  await page.locator('input[type=file]').setInputFiles({
    name: file.suggestedFilename(),
    mimeType: 'application/zip',
    buffer: await readFile(await file.path()),
  });
  await expect(rowOf(page, 'the gated one')).toContainText('first try');
  const runs = Object.values((await stateOf(page)).runs);
  expect(runs).toHaveLength(4);
  const back = runs.find(({ model }) => model === 'lstm')!;
  const weights = page.waitForEvent('download');
  await page.evaluate((id) => globalThis.minicopilot?.downloadWeights(id), back.id);
  expect((await weights).suggestedFilename()).toBe('lstm.safetensors');

  // a file that is not a run is refused with a message, and changes nothing
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'x.zip', mimeType: 'application/zip', buffer: Buffer.from('no') });
  await expect(page.getByRole('alert').filter({ hasText: 'x.zip cannot be read' })).toBeVisible();

  await page.reload();
  await openLab(page, 'compare');
  await expect(rowOf(page, 'the gated one')).toContainText('first try');
  await expect(panel(page).getByRole('listitem')).toHaveCount(4);
});

test('clicks with other settings are configurations: pooled, judged, drawn, tagged, filtered, grouped', async ({
  page,
}) => {
  await openLab(page);
  await chooseTiny(page);
  await chooseModels(page, ['RNN']);
  await setNumber(page, 'Optimizer', 'Max epochs', 1);
  const trained = async (count: number) => {
    await train(page);
    await expect
      .poll(async () => Object.values((await stateOf(page)).runs).filter(({ state }) => state === 'done').length, {
        timeout: 180_000,
      })
      .toBe(count);
  };
  await trained(1);
  await typeNumber(page.getByRole('textbox', { name: 'Seed', exact: true }), '7');
  await trained(2);
  await setNumber(page, 'Optimizer', 'Learning rate', 0.02);
  await setNumber(page, 'Optimizer', 'Batch size', 8);
  await trained(3);

  // the newest experiment has only one configuration
  await openPage(page, 'compare');
  const configurations = page.getByRole('region', { name: 'Configurations', exact: true });
  await expect(comparison(page)).toBeVisible();
  await expect(configurations).toHaveCount(0);
  await panel(page).getByRole('button', { name: 'Show all' }).click();
  const table = configurations.getByRole('table', { name: 'Configurations' });
  const pooled = table.getByRole('row').filter({ hasText: '0.005' });
  await expect(pooled.getByRole('cell').nth(2)).toHaveText('2');
  await expect(pooled).toContainText('±');
  await expect(table.getByRole('row').filter({ hasText: '0.02' }).getByRole('cell').nth(2)).toHaveText('1');
  const best = configurations.locator('[data-part=best]');
  await expect(best).toContainText('Of 2 configurations, RNN, batch ');
  await expect(best).toContainText(
    /The best .*\. On the \d+ test files, .* files only\)\. Another seed may change this/,
  );

  // sorts the table by keyboard
  const rate = table.getByRole('columnheader', { name: 'rate' });
  await rate.getByRole('button').focus();
  for (const [sort, first] of [
    ['ascending', '0.005'],
    ['descending', '0.02'],
  ] as const) {
    await page.keyboard.press('Enter');
    await expect(rate).toHaveAttribute('aria-sort', sort);
    await expect(table.getByRole('row').nth(1)).toContainText(first);
  }

  // reads points by keyboard, in each chart and in the table beside it
  const point = (chart: string) => configurations.getByRole('slider', { name: `Point in ${chart}`, exact: true });
  await point('Settings and results').focus();
  await page.keyboard.press('Home');
  await expect(point('Settings and results')).toHaveAttribute('aria-valuetext', /^1 of 2: RNN, .* validation loss \d/);
  await expect(table.locator('tr[data-pointed]')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(table.locator('tr[data-pointed]')).toHaveCount(0);
  await configurations.getByRole('combobox', { name: 'Setting' }).selectOption('rate');
  await point('Loss by rate').focus();
  await page.keyboard.press('ArrowRight');
  await expect(point('Loss by rate')).toHaveAttribute('aria-valuetext', /rate 0\.005, .* mean of 2 seeds$/);
  await page.keyboard.press('End');
  await expect(point('Loss by rate')).toHaveAttribute('aria-valuetext', /rate 0\.02, .* 1 seed$/);
  await expect(page.locator('[data-chart=scatter]')).toContainText('rate, log axis');
  const heat = point('Loss by batch and rate');
  await heat.focus();
  await page.keyboard.press('ArrowRight');
  await expect(heat).toHaveAttribute('aria-valuetext', 'batch 4, rate 0.02: no run');
  await page.keyboard.press('ArrowDown');
  await expect(heat).toHaveAttribute('aria-valuetext', /^batch 4, rate 0\.005: validation loss \d.*, 2 seeds$/);
  await configurations.getByRole('group').filter({ hasText: 'Numbers' }).first().locator('summary').click();
  await expect(
    configurations.getByRole('table').filter({ hasText: 'validation loss, mean' }).getByRole('row'),
  ).toHaveCount(3);
  for (const part of ['[aria-labelledby="configurations-title"]', '[aria-label="All runs"]']) {
    await expectAccessibleInBothThemes(page, part, part);
  }

  // tags runs together and one by one, finds them by tag, and groups them
  await panel(page).getByRole('button', { name: 'Tag 3 shown' }).click();
  await page.getByRole('textbox', { name: 'Tag', exact: true }).fill('rates');
  await page.keyboard.press('Enter');
  await expect(rowOf(page, 'rates')).toHaveCount(3);
  await rowOf(page, 'RNN 1').getByRole('button', { name: 'Name, notes and more for RNN 1' }).click();
  await page.getByRole('textbox', { name: 'Tags' }).fill('rates, first');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Escape');
  await panel(page).getByRole('button', { name: 'Filter and group' }).click();
  await panel(page).getByRole('combobox', { name: 'Tag' }).selectOption('first');
  await expect(panel(page).getByRole('listitem')).toHaveCount(1);
  await panel(page).getByRole('button', { name: 'Show only these' }).click();
  await expect(configurations).toHaveCount(0);
  await panel(page).getByRole('button', { name: 'Clear 1 filter' }).click();
  await panel(page).getByRole('combobox', { name: 'Group by' }).selectOption('experiment');
  await expect(panel(page).getByRole('heading', { level: 3 })).toHaveCount(3);

  // an experiment has a name and notes; selecting it shows its runs
  await page.getByRole('tab', { name: 'Experiments' }).click();
  const experiments = page.getByRole('region', { name: 'Experiments' });
  await expect(experiments.getByRole('listitem')).toHaveCount(3);
  await experiments.getByRole('listitem').last().getByRole('button', { name: 'Name and notes of RNN' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('The first click');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Escape');
  const first = experiments.getByRole('button', { name: /^The first click/ });
  await expect(first).toContainText('1 configuration, 1 run, 1 seed');
  await first.press('Enter');
  await expect(first).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByRole('table', { name: 'Results per run' }).getByRole('row')).toHaveCount(2);

  await page.reload();
  await openLab(page, 'compare');
  await expect(rowOf(page, 'first')).toContainText('rates');
  await panel(page).getByRole('button', { name: 'Show all' }).click();
  await expect(page.locator('[data-chart=parallel] [data-part=drawing]')).toBeVisible();
  await expectNoSidewaysScroll(page);
});

test('the keyboard reads a chart point by point, and zooms all of its kind', async ({ page }) => {
  await openLab(page);
  await chooseTiny(page);
  await chooseModels(page, ['RNN']);
  await setNumber(page, 'Optimizer', 'Max epochs', 5);
  await train(page);
  await waitForState(page, 'RNN', 'done');
  const point = page.getByRole('slider', { name: 'Point in Loss', exact: true });
  await point.focus();
  await page.keyboard.press('Home');
  await expect(point).toHaveAttribute('aria-valuetext', /^epoch 1, RNN, (train|validation) \d\.\d{3}/);
  await page.keyboard.press('ArrowRight');
  await expect(point).toHaveAttribute('aria-valuetext', /^epoch 2, /);
  await page.keyboard.press('+');
  await expect(page.getByRole('button', { name: 'Reset zoom' })).toHaveCount(5);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Reset zoom' })).toHaveCount(0);

  // a drag in one chart also zooms the others
  const plot = page.locator('[data-chart="loss"] [data-part=pointer]');
  const box = (await plot.boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.3, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, box.y + 50, { steps: 5 });
  await expect(page.locator('[data-chart="loss"] [data-part=tooltip]')).toContainText('RNN, validation');
  await page.mouse.up();
  await expect(page.getByRole('button', { name: 'Reset zoom' })).toHaveCount(5);
  await page.getByRole('button', { name: 'Reset zoom' }).first().click();
  await expect(page.getByRole('button', { name: 'Reset zoom' })).toHaveCount(0);
});

test('that there is nothing to compare is said once the stored runs are known', async ({ page, context }) => {
  let start = () => {};
  const started = new Promise<void>((resolve) => {
    start = resolve;
  });
  await context.route(WORKER, async (route) => {
    await started;
    await route.continue();
  });
  await openPage(page, 'compare');
  const nothing = page.getByRole('region', { name: 'Nothing to compare yet' });
  // the page's own script has loaded, but the worker has not
  await page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => /ComparePage-/.test(name)),
  );
  await expect(page.getByText('Opening the page')).toHaveCount(0);
  await expect(nothing).toHaveCount(0);
  start();
  await expect(nothing).toBeVisible();
});
