/** Actions of a user in the lab, shared by all specs. */
import { expect, type BrowserContext, type Locator, type Page } from '@playwright/test';
import type { LabState } from '#page/client/automation.ts';

export const DATASETS = '**/datasets/**';
export const INDEX = '**/datasets/index.json';
export const MANIFESTS = '**/datasets/*/manifest.json';
/** The shards: every file of a data set but its manifest. */
export const SHARDS = /\/datasets\/[^/]+\/(?!manifest\.json)[^/]+$/;
export const WORKER = /\/lab\.worker[^/]*\.js$/;

/** A first epoch on a busy machine without a GPU. */
const TRAINING = { timeout: 180_000 };

export type PageName = 'data' | 'train' | 'compare' | 'complete';

export async function openPage(page: Page, name: PageName = 'train'): Promise<void> {
  await page.goto(`./#/${name}`);
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
}

/** Waits for the worker, since the page is drawn before it is ready. */
export async function openLab(page: Page, name: PageName = 'train'): Promise<void> {
  await openPage(page, name);
  await expect.poll(async () => (await stateOf(page)).connection.state, { timeout: 60_000 }).toBe('ready');
}

/** The lab's state, even if the page is still loading. */
export async function stateOf(page: Page): Promise<LabState> {
  const read = () => page.evaluate(() => globalThis.minicopilot?.state() ?? null);
  const state = await read();
  if (state !== null) return state;
  await page.waitForFunction(() => globalThis.minicopilot !== undefined, null, { timeout: 60_000 });
  const later = await read();
  if (later === null) throw new Error('the page exposes no lab');
  return later;
}

export const configuration = (page: Page) => page.getByRole('complementary', { name: 'Training settings' });
export const runsTable = (page: Page) => page.getByRole('table', { name: 'Runs of this experiment' });
export const statusStrip = (page: Page) => page.getByRole('region', { name: 'Status' });
/** The notice that shows a failure to the user. */
export const notice = (page: Page) => page.getByRole('alert');

/** The page does not scroll sideways, down to the width of a phone. Tables and code may scroll inside the page. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const before = page.viewportSize();
  for (const width of [360, 768]) {
    await page.setViewportSize({ width, height: 800 });
    await expect
      .poll(() => page.evaluate(() => document.documentElement.scrollWidth), { message: `${page.url()} at ${width}` })
      .toBeLessThanOrEqual(width);
  }
  if (before !== null) await page.setViewportSize(before);
}

/** Selects these models, and no others. */
export async function chooseModels(page: Page, wanted: readonly string[]): Promise<void> {
  for (const name of ['RNN', 'LSTM', 'Residual']) {
    await configuration(page).getByRole('checkbox', { name, exact: true }).setChecked(wanted.includes(name));
  }
}

export async function chooseTiny(page: Page): Promise<void> {
  await configuration(page).getByText('tiny', { exact: true }).click();
}

/** Selects the option whose text starts with `option`. */
export async function chooseFrom(page: Page, label: string, option: string): Promise<void> {
  const select = configuration(page).getByRole('combobox', { name: label });
  const options = select.getByRole('option');
  const place = async () => (await options.allTextContents()).findIndex((text) => text.startsWith(option));
  // waits for the options, which come from the server
  await expect.poll(place, { message: option }).toBeGreaterThanOrEqual(0);
  await select.selectOption({ index: await place() });
}

/** Replaces a number field's text key by key, as a user does, and leaves the field. */
export async function typeNumber(field: Locator, text: string): Promise<void> {
  await field.click();
  await field.press('Control+a');
  await field.press('Backspace');
  await field.pressSequentially(text);
  await expect(field).toHaveValue(text);
  await field.blur();
}

/** Sets a number of the configuration, in its group's collapsible section. */
export async function setNumber(page: Page, group: 'Data' | 'Optimizer', title: string, value: number): Promise<void> {
  const field = configuration(page).getByRole('textbox', { name: title, exact: true });
  if (!(await field.isVisible())) {
    await configuration(page)
      .getByRole('button', { name: new RegExp(`^${group}`) })
      .click();
  }
  await typeNumber(field, String(value));
}

/** Clicks the button below the configuration, which also loads the data set if it is not stored. */
export async function train(page: Page): Promise<void> {
  await configuration(page)
    .getByRole('button', { name: /^Train(?! with)/ })
    .click();
}

/** The row of a model in the table of runs. */
export function runLine(page: Page, model: string | RegExp): Locator {
  return runsTable(page)
    .getByRole('row')
    .filter({ has: page.getByRole('cell', { name: model, exact: true }) });
}

export async function waitForState(page: Page, model: string | RegExp, state: string | RegExp): Promise<void> {
  await expect(runLine(page, model).getByRole('cell').nth(1)).toHaveText(state, TRAINING);
}

/** Trains an RNN on `tiny` for one epoch, to its end. */
export async function trainBriefly(page: Page): Promise<void> {
  await chooseTiny(page);
  await chooseModels(page, ['RNN']);
  await setNumber(page, 'Optimizer', 'Max epochs', 1);
  await train(page);
  await waitForState(page, 'RNN', 'done');
}

/** Counts the requests that match the pattern, from now on. */
export function countRequests(context: BrowserContext, pattern: RegExp): { count: number } {
  const seen = { count: 0 };
  context.on('request', (request) => {
    if (pattern.test(request.url())) seen.count++;
  });
  return seen;
}
