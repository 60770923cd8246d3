import type { Page } from '@playwright/test';
import { configuration, openLab, stateOf, train, waitForState } from './lab.ts';
import { expect, test } from './test.ts';

const CHARTS = ['loss', 'top5', 'perplexity', 'steps', 'gradient-norm'] as const;
type Chart = (typeof CHARTS)[number];

const chart = (page: Page, name: Chart) => page.locator(`[data-chart="${name}"]`);
const resets = (page: Page) => page.getByRole('button', { name: 'Reset zoom' });
const panel = (page: Page) => page.getByRole('region', { name: 'What you see' }).locator('p');

async function openLink(page: Page, query: string): Promise<void> {
  await page.goto(`./?${query}#/train`);
  await expect.poll(async () => (await stateOf(page)).connection.state, { timeout: 60_000 }).toBe('ready');
}

async function over(page: Page, x: 'Epoch' | 'Step'): Promise<void> {
  await page.getByRole('radiogroup', { name: 'Over' }).getByText(x, { exact: true }).click();
}

/** @param from start, and `to` the end of the drag, as fractions of the plot's width */
async function dragOver(page: Page, name: Chart, from: number, to: number): Promise<void> {
  const plot = chart(page, name).locator('[data-part=pointer]');
  await plot.scrollIntoViewIfNeeded();
  const box = (await plot.boundingBox())!;
  await page.mouse.move(box.x + box.width * from, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * to, box.y + 40, { steps: 6 });
  await page.mouse.up();
}

async function typeEpochs(page: Page, epochs: string): Promise<void> {
  const field = configuration(page).getByRole('textbox', { name: 'Max epochs', exact: true });
  if (!(await field.isVisible())) {
    await configuration(page)
      .getByRole('button', { name: /^Optimizer/ })
      .click();
  }
  await field.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(epochs);
  await page.keyboard.press('Tab');
}

const runsOf = async (page: Page) => Object.values((await stateOf(page)).runs);

/** Every chart has labels on both axes, none of them cut off at the left, and drawn data. */
async function expectDrawn(page: Page): Promise<void> {
  for (const name of CHARTS) {
    const drawn = chart(page, name).locator('[data-part=curves]').locator('path, circle');
    await expect(drawn.first(), name).toBeVisible();
    for (const axis of ['xAxis', 'yAxis']) {
      const labels = chart(page, name).locator(`.recharts-${axis}-tick-labels text`);
      await expect.poll(() => labels.count(), { message: `${name} ${axis}` }).toBeGreaterThan(1);
    }
    const frame = (await chart(page, name).locator('svg.recharts-surface').boundingBox())!;
    for (const label of await chart(page, name).locator('.recharts-yAxis-tick-labels text').all()) {
      expect((await label.boundingBox())!.x, `${name}: ${await label.textContent()}`).toBeGreaterThanOrEqual(frame.x);
    }
  }
}

test('a training whose loss explodes is told as such, with what to try, and drawn with labels that fit', async ({
  page,
}) => {
  // tiny has no n-gram baselines
  const sizes = 'vocabulary=200&embedding=16&hidden=24&length=64&trainFiles=64&batch=4';
  await openLink(page, `preset=quick&${sizes}&models=rnn&learningRate=1&epochs=3`);
  await train(page);
  await waitForState(page, 'RNN', 'done');
  await expect(panel(page)).toContainText('RNN diverged: after epoch 3 of at most 3 its validation loss is ');
  await expect(panel(page)).toContainText('worse than guessing all tokens with equal chance');
  await expect(panel(page)).toContainText('halve the learning rate to 0.5');
  await expect(panel(page)).toContainText('below the bigram baseline');
  await expect(panel(page)).not.toContainText('memoriz');
  await expectDrawn(page);
  await page.setViewportSize({ width: 360, height: 800 });
  await expectDrawn(page);
});

test('a zoom stays while its run grows, and goes when another is shown', async ({ page }) => {
  await openLink(page, 'preset=tiny&models=rnn&epochs=3&patience=400');
  await train(page);
  await waitForState(page, 'RNN', 'done');
  await over(page, 'Step');
  await expectDrawn(page);
  await dragOver(page, 'steps', 37.2 / 48, 46.8 / 48);
  await expect(resets(page)).toHaveCount(CHARTS.length);
  // no epoch ends between these steps, but each chart still draws the lines that cross the range
  await expectDrawn(page);

  await over(page, 'Epoch');
  await expect(resets(page)).toHaveCount(0);
  await over(page, 'Step');
  await expect(resets(page)).toHaveCount(CHARTS.length);

  await typeEpochs(page, '1');
  await train(page);
  await expect.poll(async () => (await runsOf(page)).length).toBe(2);
  await waitForState(page, 'RNN', 'done');
  await expect(resets(page)).toHaveCount(0);
  await expectDrawn(page);

  await typeEpochs(page, '400');
  await train(page);
  await expect
    .poll(async () => (await runsOf(page)).find(({ number }) => number === 3)?.epochs.length ?? 0)
    .toBeGreaterThan(2);
  const point = page.getByRole('slider', { name: 'Point in Loss per step' });
  await point.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('+');
  await expect(resets(page)).toHaveCount(CHARTS.length);
  const before = (await runsOf(page)).find(({ number }) => number === 3)!.epochs.length;
  await expect
    .poll(async () => (await runsOf(page)).find(({ number }) => number === 3)!.epochs.length)
    .toBeGreaterThan(before + 2);
  await expect(resets(page)).toHaveCount(CHARTS.length);
});

test('a chart without a point in what was zoomed to says so', async ({ page }) => {
  await openLab(page);
  await openLink(page, 'preset=tiny&models=rnn&epochs=2');
  await train(page);
  await waitForState(page, 'RNN', 'done');
  await over(page, 'Epoch');
  // a range within the first epoch contains steps, but no end of an epoch
  await dragOver(page, 'steps', 0.1, 0.4);
  await expect(resets(page)).toHaveCount(CHARTS.length);
  await expect(chart(page, 'loss')).toContainText('No data here.');
  await expect(chart(page, 'loss').locator('[data-part=note]')).toContainText(
    /No data between epoch 0\.\d+ and 0\.\d+/,
  );
  await expect(chart(page, 'steps').locator('[data-part=note]')).toHaveCount(0);
  await chart(page, 'loss').getByRole('button', { name: 'Reset zoom' }).click();
  await expectDrawn(page);
});
