/** An interrupted training resumes, and reaches exactly the weights and measures of one without interruption. */
import type { Page } from '@playwright/test';
import type { RunRecord } from '#core/runs/run.ts';
import { configuration, runsTable, stateOf, train, typeNumber, waitForState } from './lab.ts';
import { expect, test } from './test.ts';

async function ready(page: Page): Promise<void> {
  await expect.poll(async () => (await stateOf(page)).connection.state, { timeout: 60_000 }).toBe('ready');
}

/** Opens a training whose epochs take about a second, long enough to interrupt. */
async function openSlow(page: Page, models: string): Promise<void> {
  await page.goto(`./?preset=tiny&hidden=128&length=100&epochs=10&patience=10&models=${models}#/train`);
  await ready(page);
}

/** Everything that a run must reproduce bit for bit, with the SHA-256 of its weights. */
async function figures(page: Page, run: RunRecord) {
  const weights = await page.evaluate(async (id) => {
    const { bytes } = (await globalThis.minicopilot?.lab.weights(id, 'safetensors')) ?? { bytes: new Uint8Array() };
    const digest = await crypto.subtle.digest('SHA-256', bytes);
    return Array.from(new Uint8Array(digest)).join();
  }, run.id);
  const epochs = run.epochs.map(({ gradientNorm, train: trained, validation }) => ({
    gradientNorm,
    trained,
    validation,
  }));
  return { model: run.model, epochs, best: run.bestEpoch, ended: run.ended, test: run.test, weights };
}

async function runsOf(page: Page, experiment: string): Promise<readonly RunRecord[]> {
  const { runs } = await stateOf(page);
  return Object.values(runs)
    .filter((run) => run.experiment === experiment)
    .toSorted((a, b) => a.createdAt - b.createdAt);
}

/** Waits for the experiment that was just started, which may load the data set first. @returns its id */
async function begun(page: Page): Promise<string> {
  let experiment = '';
  const look = async () => {
    const { activity } = await stateOf(page);
    return (experiment = activity.state === 'idle' ? '' : activity.experiment);
  };
  await expect.poll(look, { timeout: 60_000, intervals: [50] }).not.toBe('');
  return experiment;
}

test('a reload in the middle of an epoch changes nothing in what comes out, and the models after it are trained', async ({
  page,
}) => {
  await openSlow(page, 'rnn,lstm');
  await train(page);
  const first = await begun(page);
  await waitForState(page, 'LSTM', 'done');
  const whole = await Promise.all((await runsOf(page, first)).map((run) => figures(page, run)));

  await train(page);
  const second = await begun(page);
  expect(second).not.toBe(first);
  const progress = async () => (await stateOf(page)).progress;
  await expect.poll(async () => (await progress())?.epoch ?? 0, { intervals: [20] }).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Pause' }).click();
  // waits until the paused training is saved
  await page.waitForTimeout(5_000);
  await page.reload();
  await ready(page);
  const broken = page.getByRole('region', { name: 'RNN 3 was interrupted' });
  await expect(broken).toContainText('reaches the same weights as without the interruption');
  // on one core the field is disabled
  const cores = await page.evaluate(() => navigator.hardwareConcurrency);
  if (cores > 1) await typeNumber(configuration(page).getByRole('textbox', { name: 'Threads' }), String(cores));
  await broken.getByRole('button', { name: 'Resume' }).click();
  // interrupts it once more, at any moment
  await expect.poll(async () => (await progress())?.epoch ?? 0, { intervals: [20] }).toBeGreaterThan(4);
  await page.reload();
  await ready(page);
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(runsTable(page).getByRole('row').filter({ hasText: 'LSTM' })).toContainText('done', {
    timeout: 120_000,
  });
  const rest = await Promise.all((await runsOf(page, second)).map((run) => figures(page, run)));
  expect(rest).toEqual(whole);
  expect((await runsOf(page, second)).map(({ device }) => device.threads)).toEqual([cores, cores]);
});

test('a reload between two models loses none of those that are still to come', async ({ page }) => {
  await page.goto('./?preset=tiny&hidden=128&length=100&epochs=2&models=rnn,lstm,residual#/train');
  await ready(page);
  await train(page);
  const experiment = await begun(page);
  const stored = () => runsOf(page, experiment);
  // continues as soon as the first run is done, whether or not the second has started
  await page.evaluate(
    (id) =>
      new Promise<void>((resolve) => {
        const look = () => {
          const runs = Object.values(globalThis.minicopilot?.state().runs ?? {});
          if (runs.some((run) => run.experiment === id && run.state === 'done')) resolve();
          else setTimeout(look, 1);
        };
        look();
      }),
    experiment,
  );
  await page.reload();
  await ready(page);
  expect((await stored()).map(({ model, state }) => [model, state])).toEqual([
    ['rnn', 'done'],
    ['lstm', 'interrupted'],
  ]);
  await page.getByRole('button', { name: 'Resume' }).click();
  const states = async () => (await stored()).map(({ state }) => state);
  await expect.poll(states, { timeout: 60_000 }).toEqual(['done', 'done', 'done']);
});

test('a run whose saved state is damaged says so, and takes the one before', async ({ page }) => {
  await openSlow(page, 'lstm');
  await train(page);
  const first = await begun(page);
  await waitForState(page, 'LSTM', 'done');
  const [whole] = await Promise.all((await runsOf(page, first)).map((run) => figures(page, run)));

  const breakOff = async () => {
    await train(page);
    const experiment = await begun(page);
    await expect.poll(async () => (await stateOf(page)).progress?.epoch ?? 0, { intervals: [20] }).toBeGreaterThan(3);
    await page.reload();
    await ready(page);
    return experiment;
  };
  const damage = (most: number) =>
    page.evaluate(
      (count) =>
        new Promise<number>((resolve, reject) => {
          const opening = indexedDB.open('minicopilot-lab');
          opening.addEventListener('error', () => reject(new Error('no database')));
          opening.addEventListener('success', () => {
            const store = opening.result.transaction('checkpoints', 'readwrite').objectStore('checkpoints');
            let flipped = 0;
            store.openCursor(null, 'prev').addEventListener('success', ({ target }) => {
              const cursor: unknown = target instanceof IDBRequest ? target.result : null;
              if (!(cursor instanceof IDBCursorWithValue) || flipped === count) {
                opening.result.close();
                resolve(flipped);
                return;
              }
              const value: unknown = cursor.value;
              const bytes: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'bytes') : null;
              if (!(bytes instanceof Uint8Array)) throw new Error('a checkpoint without bytes');
              bytes[bytes.length - 7]! ^= 1;
              cursor.update(value);
              flipped++;
              cursor.continue();
            });
          });
        }),
      most,
    );
  const second = await breakOff();
  expect(await damage(1)).toBe(1);
  await page.getByRole('button', { name: 'Resume' }).click();
  await waitForState(page, 'LSTM', 'done');
  const [rest] = await Promise.all((await runsOf(page, second)).map((run) => figures(page, run)));
  expect(rest).toEqual(whole);

  const third = await breakOff();
  expect(await damage(2)).toBe(2);
  await page.getByRole('button', { name: 'Resume' }).click();
  const dialog = page.getByRole('dialog', { name: 'Resuming will not be bit-identical' });
  await expect(dialog).toContainText('The checkpoints of this run are damaged');
  await dialog.getByRole('button', { name: 'Resume anyway' }).click();
  await waitForState(page, 'LSTM', 'done');
  const [anew] = await Promise.all((await runsOf(page, third)).map((run) => figures(page, run)));
  expect(anew).toEqual(whole);
});
