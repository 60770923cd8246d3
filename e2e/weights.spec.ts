/** Weights of a foreign network: what the dialog asks and says, and which tensors it refuses by name. */
import type { Page } from '@playwright/test';
import { expectAccessible } from './accessible.ts';
import { readSafetensors, writeSafetensors, type Tensor } from '#core/models/safetensors.ts';
import { notice, openLab, stateOf } from './lab.ts';
import { expect, test } from './test.ts';

const TOKENS = 43;
const SIZE = 10;

/** Floats that differ for each tensor, so that a swap is noticed. */
function floats(seed: number, ...shape: number[]): Tensor {
  const length = shape.reduce((product, size) => product * size, 1);
  return { dtype: 'F32', shape, data: Float32Array.from({ length }, (_, i) => Math.sin(seed + i) / 8) };
}

function layer(module: string, seed: number, gates = 4): [string, Tensor][] {
  return [
    [`${module}.weight_ih_l0`, floats(seed, gates * SIZE, SIZE)],
    [`${module}.weight_hh_l0`, floats(seed + 1, gates * SIZE, SIZE)],
    [`${module}.bias_ih_l0`, floats(seed + 2, gates * SIZE)],
    [`${module}.bias_hh_l0`, floats(seed + 3, gates * SIZE)],
  ];
}

const file = (name: string, ...tensors: [string, Tensor][]) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(
    writeSafetensors(new Map([['embedding.weight', floats(9, TOKENS, SIZE)], ...tensors] satisfies [string, Tensor][])),
  ),
});
const OUTPUT: [string, Tensor][] = [
  ['output.weight', floats(7, TOKENS, SIZE)],
  ['output.bias', floats(8, TOKENS)],
];
const STEPS: [string, Tensor] = ['steps', { dtype: 'I32', shape: [], data: Int32Array.of(3) }];

/** Opens Compare with a stored data set, whose vocabulary the weights can use. */
async function openWithData(page: Page): Promise<void> {
  await openLab(page, 'data');
  await page.getByRole('button', { name: 'Download Python standard library' }).click();
  await expect(page.getByRole('region', { name: 'Rows as code' })).toBeVisible({ timeout: 60_000 });
  await page.getByRole('link', { name: 'Compare' }).click();
}

const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'Complete the description of these weights' });
const choose = (page: Page, ...files: ReturnType<typeof file>[]) =>
  page.locator('input[type=file]').first().setInputFiles(files);

test('the order of two modules is asked, answered by keys, and kept with the run', async ({ page }) => {
  await openWithData(page);
  await choose(page, file('seq2seq.safetensors', ...layer('encoder', 20), ...layer('decoder', 30), ...OUTPUT, STEPS));
  const dialog = dialogOf(page);
  await expect(dialog).toContainText('an LSTM with 43 tokens, embedding size 10 and 2 layers of 10 units');
  await expect(dialog).toContainText('1 tensor not needed and ignored: steps (I32).');
  await expect(dialog.getByRole('radiogroup', { name: /Which layer comes first/ })).toBeVisible();
  const encoder = dialog.getByRole('radio', { name: /^encoder, then decoder/ });
  const decoder = dialog.getByRole('radio', { name: /^decoder, then encoder/ });
  await expect(dialog).toContainText('decoder: weight_ih_l0 [40, 10], weight_hh_l0 [40, 10], bias_ih_l0 [40]');
  // no part of the network is selected by default
  await expect(encoder).not.toBeChecked();
  await expect(decoder).not.toBeChecked();
  const bring = dialog.getByRole('button', { name: 'Import' });
  await expect(bring).toBeDisabled();
  await expectAccessible(page, { when: 'dialog', part: '[role=dialog]' });

  // by keyboard: Tab reaches the group, space selects, arrow keys move through it, Tab leaves it
  for (let i = 0; i < 6 && !(await encoder.evaluate((radio) => radio === document.activeElement)); i++) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Space');
  await expect(encoder).toBeChecked();
  await page.keyboard.press('ArrowDown');
  await expect(decoder).toBeChecked();
  await page.keyboard.press('ArrowUp');
  await expect(encoder).toBeChecked();
  await expect(bring).toBeEnabled();
  for (let i = 0; i < 8 && !(await bring.evaluate((button) => button === document.activeElement)); i++) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText('1 run imported. 1 tensor was ignored: steps (I32).')).toBeVisible();

  const [run] = Object.values((await stateOf(page)).runs);
  const stored = await page.evaluate(async (id) => {
    const taken = await globalThis.minicopilot?.lab.weights(id, 'safetensors');
    return Array.from(taken?.bytes ?? []);
  }, run!.id);
  const { tensors, metadata } = readSafetensors(Uint8Array.from(stored));
  expect(metadata['origin']).toBe('{"layers":["encoder","decoder"]}');
  expect(tensors.get('rnn.weight_ih_l0')).toEqual(floats(20, 40, 10));
  expect(tensors.get('rnn.weight_ih_l1')).toEqual(floats(30, 40, 10));
  await page.getByRole('button', { name: /^Name, notes and more for/ }).click();
  await expect(page.getByRole('textbox', { name: 'Notes' })).toHaveValue(/Layer 1 is encoder, layer 2 is decoder/);
});

test('numbered modules, tied weights and a tensor that may be a layer', async ({ page }) => {
  await openWithData(page);
  await choose(page, file('tied.safetensors', ...layer('lstm2', 30), ...layer('lstm1', 20), ['norm', floats(1, SIZE)]));
  const dialog = dialogOf(page);
  await expect(dialog).toContainText('shares the weights of the embedding (tied weights)');
  await expect(dialog).toContainText('The output layer has no bias: zeros are used.');
  await expect(dialog.getByRole('radiogroup')).toHaveCount(0);
  const bring = dialog.getByRole('button', { name: 'Import' });
  await expect(dialog).toContainText('1 tensor unknown to the lab');
  await expect(bring).toBeDisabled();
  await dialog.getByRole('checkbox', { name: 'The network does not use them: import without them' }).click();
  await bring.click();
  await expect(page.getByText('1 run imported. 1 tensor was ignored: norm (F32 [10]).')).toBeVisible();
});

test('a GRU of one layer is read, and cannot be residual', async ({ page }) => {
  await openWithData(page);
  await choose(page, file('gru.safetensors', ...layer('gru', 20, 3), ...OUTPUT));
  const dialog = dialogOf(page);
  await expect(dialog).toContainText('a GRU with 43 tokens, embedding size 10 and 1 layer of 10 units');
  await expect(dialog.getByRole('checkbox')).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Import' }).click();
  await expect(page.getByText('1 run imported.')).toBeVisible();
  const [run] = Object.values((await stateOf(page)).runs);
  expect(run).toMatchObject({ model: 'gru', config: { layers: 1, hidden: 10 } });
});

test('an LSTM of five layers is refused by its name, with what to do', async ({ page }) => {
  await openLab(page, 'compare');
  const layers = [1, 2, 3, 4, 5].flatMap((number) => layer(`lstm${number}`, 10 * number));
  await choose(page, file('deep.safetensors', ...layers, ...OUTPUT));
  await expect(notice(page)).toContainText(
    'deep.safetensors: This is an LSTM with 5 layers; the lab reads RNN, GRU and LSTM with one to four layers',
  );
  await expect(notice(page)).toContainText('Train it again with num_layers=4');
});
