/** The models and settings in collapsed sections: entered by keyboard, trained, kept in links, and refused with a reason. */
import { readFile } from 'node:fs/promises';
import { expectAccessibleInBothThemes } from './accessible.ts';
import type { Locator, Page } from '@playwright/test';
import { WEIGHTS_TITLES } from '#core/format.ts';
import { readSafetensors } from '#core/models/safetensors.ts';
import { modelSpec, parameterCount } from '#core/models/spec.ts';
import {
  chooseModels,
  chooseTiny,
  configuration,
  notice,
  openLab,
  runLine,
  setNumber,
  stateOf,
  train,
  typeNumber,
  waitForState,
} from './lab.ts';
import { expect, test } from './test.ts';

const list = (page: Page, name: string) => configuration(page).getByRole('combobox', { name, exact: true });
const number = (page: Page, name: string) => configuration(page).getByRole('textbox', { name, exact: true });
const trainButton = (page: Page) => configuration(page).getByRole('button', { name: /^Train(?! with)/ });
const queryOf = (page: Page) => Object.fromEntries(new URLSearchParams(new URL(page.url()).search));

/** Opens both collapsed sections by keyboard. */
async function openFolds(page: Page): Promise<void> {
  await configuration(page).getByText('More models', { exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(configuration(page).getByRole('checkbox', { name: 'GRU' })).toBeVisible();
  await configuration(page)
    .getByRole('button', { name: /^More settings/ })
    .focus();
  await page.keyboard.press('Enter');
  await expect(list(page, 'Optimizer')).toBeVisible();
}

/** Selects from a list by keyboard, typing the letters of the option one by one. */
async function typeChoice(field: Locator, choice: string): Promise<void> {
  await field.focus();
  await field.pressSequentially(choice);
  await expect(field).toHaveValue(choice);
}

/** Sets epochs and rows that train in seconds. */
async function makeBrief(page: Page): Promise<void> {
  await chooseTiny(page);
  await setNumber(page, 'Optimizer', 'Max epochs', 2);
}

test('a GRU of three layers with AdamW, a schedule and accumulated gradients trains as it was typed', async ({
  page,
}) => {
  await openLab(page);
  await makeBrief(page);
  await chooseModels(page, []);
  await openFolds(page);
  await configuration(page).getByRole('checkbox', { name: 'GRU' }).focus();
  await page.keyboard.press('Space');
  await typeNumber(number(page, 'Layers'), '3');
  await typeChoice(list(page, 'Optimizer'), 'adamw');
  await typeNumber(number(page, 'Weight decay'), '0.05');
  await typeChoice(list(page, 'Schedule'), 'cosine');
  await typeNumber(number(page, 'Warm-up'), '0.2');
  await typeNumber(number(page, 'Accumulate'), '2');
  await typeChoice(list(page, 'Initial weights'), 'orthogonal-layers');
  await typeChoice(list(page, 'Weight tying'), 'projected');
  // a setting is only shown when it has an effect
  await expect(number(page, 'Momentum')).toHaveCount(0);
  await expect(configuration(page).getByRole('button', { name: /^More settings/ })).toContainText('8 changed');

  const changed = {
    layers: 3,
    weightTying: 'projected',
    optimizer: 'adamw',
    weightDecay: 0.05,
    schedule: 'cosine',
    warmup: 0.2,
    accumulate: 2,
    initialization: 'orthogonal-layers',
  };
  const asWritten = Object.entries(changed).map(([name, value]): [string, string] => [name, String(value)]);
  await expect.poll(() => queryOf(page)).toMatchObject(Object.fromEntries([['models', 'gru'], ...asWritten]));

  await train(page);
  await waitForState(page, 'GRU', /^done/);
  const [run] = Object.values((await stateOf(page)).runs);
  expect(run).toMatchObject({ model: 'gru', config: changed, state: 'done' });
  expect(run!.parameters).toBe(parameterCount(modelSpec('gru', run!.config, run!.config.vocabulary)));
  expect(run!.plan).toMatchObject({ microBatches: 2 });
  expect(run!.epochs[1]!.train.loss).toBeLessThan(run!.epochs[0]!.train.loss);

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.evaluate((id) => globalThis.minicopilot?.downloadWeights(id), run!.id),
  ]);
  const { tensors } = readSafetensors(await readFile(await download.path()));
  expect(tensors.get('projection.weight')!.shape).toEqual([run!.config.embedding, run!.config.hidden]);
  expect(tensors.has('output.weight')).toBe(false);
  // stock TensorFlow.js defines the GRU differently
  await runLine(page, 'GRU').getByRole('button', { name: 'Menu of GRU' }).click();
  await page.getByRole('menuitem', { name: WEIGHTS_TITLES.tfjs }).click();
  await expect(notice(page)).toContainText('Stock TensorFlow.js has no GRU of PyTorch’s definition');
  await expect(notice(page)).toContainText('Export the weights as safetensors.');
});

test('a residual model of two layers with SGD and another connection trains, and a link repeats it', async ({
  page,
}) => {
  await openLab(page);
  await makeBrief(page);
  await chooseModels(page, ['Residual']);
  await configuration(page)
    .getByRole('combobox', { name: 'Baseline of the residual model' })
    .selectOption('residual-rnn');
  await openFolds(page);
  await typeChoice(list(page, 'Connection'), 'concatenated');
  await expect(configuration(page)).toContainText('[H1, H2]: side by side; the output layer is wider by as much.');
  await typeChoice(list(page, 'Optimizer'), 'sgd');
  await typeNumber(number(page, 'Momentum'), '0.8');
  await expect(number(page, 'Weight decay')).toHaveCount(0);
  await typeChoice(list(page, 'Schedule'), 'plateau');
  await expect(number(page, 'Warm-up')).toHaveCount(0);
  await setNumber(page, 'Optimizer', 'Learning rate', 0.5);
  const typed = {
    connection: 'concatenated',
    optimizer: 'sgd',
    momentum: '0.8',
    schedule: 'plateau',
    learningRate: '0.5',
  };
  await expect.poll(() => queryOf(page)).toMatchObject(typed);
  const link = page.url();
  await train(page);
  await waitForState(page, 'Residual RNN', /^done/);
  const config = {
    connection: 'concatenated',
    optimizer: 'sgd',
    momentum: 0.8,
    schedule: 'plateau',
    learningRate: 0.5,
  };
  const [run] = Object.values((await stateOf(page)).runs);
  expect(run).toMatchObject({ model: 'residual-rnn', config });

  await page.goto('about:blank');
  await page.goto(link);
  await expect(number(page, 'Seed')).toBeVisible();
  await openSettings(page);
  await expect(list(page, 'Connection')).toHaveValue('concatenated');
  await expect(number(page, 'Momentum')).toHaveValue('0.8');
  await expect(list(page, 'Schedule')).toHaveValue('plateau');
});

/** Opens only the section of the settings. The section of the models is open if one of its models is selected. */
async function openSettings(page: Page): Promise<void> {
  await configuration(page)
    .getByRole('button', { name: /^More settings/ })
    .click();
  await expect(list(page, 'Optimizer')).toBeVisible();
}

const ONE_LAYER = 'model of one layer would be its baseline: there is no layer below the last one to connect.';

test('a residual model of one layer is refused in the form and by a link, with what to change', async ({ page }) => {
  await openLab(page);
  await chooseTiny(page);
  await openSettings(page);
  await typeNumber(number(page, 'Layers'), '1');
  await expect(trainButton(page)).toBeDisabled();
  await expect(trainButton(page)).toHaveAccessibleDescription(
    `A residual ${ONE_LAYER} Set at least two layers, or leave the model out.`,
  );
  await chooseModels(page, ['RNN', 'LSTM']);
  await expect(trainButton(page)).toBeEnabled();

  await page.goto('about:blank');
  await page.goto('./?preset=tiny&models=residual-lstm&layers=1#/train');
  await expect(trainButton(page)).toHaveAccessibleDescription(new RegExp(`^A Residual LSTM ${ONE_LAYER}`));
  await expect(trainButton(page)).toBeDisabled();
  await openSettings(page);
  await typeNumber(number(page, 'Layers'), '4');
  await expect(trainButton(page)).toBeEnabled();
});

test('tied weights of two widths are refused in the form and by a link, with both widths', async ({ page }) => {
  await openLab(page);
  await chooseTiny(page);
  await chooseModels(page, ['RNN']);
  await openSettings(page);
  await typeChoice(list(page, 'Weight tying'), 'tied');
  const sentence =
    'The output layer of the RNN model sees 24 values, and the embedding is 16 wide: one matrix cannot be both.';
  await expect(trainButton(page)).toHaveAccessibleDescription(
    `${sentence} Set the embedding size to 24, or weight tying to projected.`,
  );
  await expect(trainButton(page)).toBeDisabled();
  await configuration(page)
    .getByRole('button', { name: /^Network/ })
    .click();
  await typeNumber(number(page, 'Embedding size'), '24');
  await expect(trainButton(page)).toBeEnabled();

  await page.goto('about:blank');
  await page.goto('./?preset=tiny&models=rnn&weightTying=tied#/train');
  await expect(trainButton(page)).toHaveAccessibleDescription(new RegExp(`^${sentence}`));
  await page.goto('about:blank');
  await page.goto('./?preset=tiny&models=rnn&weightTying=projected#/train');
  await expect(trainButton(page)).toBeEnabled({ timeout: 60_000 });
});

test('the opened folds have no accessibility fault and fit a phone, light and dark', async ({ page }) => {
  for (const width of [1440, 360]) {
    await page.setViewportSize({ width, height: 1000 });
    await openLab(page);
    // the settings are beside the charts if there is room, otherwise in a tab
    const tab = page.getByRole('tab', { name: 'Settings' });
    if (await tab.isVisible()) await tab.click();
    await openFolds(page);
    await configuration(page).getByRole('checkbox', { name: 'GRU' }).check();
    // shows as many fields as possible
    await list(page, 'Optimizer').selectOption('adamw');
    await list(page, 'Schedule').selectOption('one-cycle');
    await expectAccessibleInBothThemes(page, String(width));
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
});
