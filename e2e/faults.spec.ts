/** Faults that users may encounter. Each shows a clear message, and nothing stored is lost. */
import type { Page, Route } from '@playwright/test';
import { z } from 'zod';
import {
  chooseFrom,
  chooseModels,
  chooseTiny,
  countRequests,
  INDEX,
  MANIFESTS,
  notice,
  openLab,
  openPage,
  SHARDS,
  stateOf,
  train,
  trainBriefly,
  WORKER,
} from './lab.ts';
import { expect, test } from './test.ts';

// the service worker's cache would bypass the network, where these tests change responses
test.use({ serviceWorkers: 'block' });

const manifestSchema = z.record(z.string(), z.unknown());
const offersSchema = z.array(z.record(z.string(), z.unknown()));

/** Serves the server's response with one bit flipped. */
async function damage(route: Route): Promise<void> {
  const response = await route.fetch();
  const body = await response.body();
  body[10]! ^= 1;
  await route.fulfill({ response, body });
}

async function storedIds(page: Page): Promise<string[]> {
  return (await stateOf(page)).datasets.stored.map(({ manifest }) => manifest.id);
}

/** After a fault, the lab opens with its stored data set and run. */
async function expectWhole(page: Page): Promise<void> {
  await openLab(page);
  expect(await storedIds(page)).toEqual(['python-stdlib']);
  expect(Object.values((await stateOf(page)).runs).map(({ state }) => state)).toEqual(['done']);
}

test('without WebGPU the lab says so and computes on another device', async ({ page }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'gpu', { get: () => undefined }));
  await openLab(page);
  const badge = page.getByRole('button', { name: /^Device: (CPU|Reference)/ });
  await badge.click();
  await expect(page.getByRole('dialog')).toContainText('WebGPU');
  await expect(page.getByRole('dialog')).toContainText('missing');
  await page.keyboard.press('Escape');
  await trainBriefly(page);
});

test('without WebAssembly SIMD the page says what to update, and what is stored stays', async ({ page, context }) => {
  await openLab(page);
  await trainBriefly(page);
  const old = await context.newPage();
  await old.addInitScript(() => {
    WebAssembly.validate = () => false;
  });
  await openPage(old);
  await expect(notice(old)).toContainText('WebAssembly has no SIMD');
  await expect(notice(old)).toContainText('Update the browser');
  await old.close();
  await page.reload();
  await expectWhole(page);
});

test('without IndexedDB in the page it says where to allow it', async ({ page }) => {
  await page.addInitScript(() => Object.defineProperty(globalThis, 'indexedDB', { get: () => undefined }));
  await openPage(page);
  await expect(notice(page)).toContainText('does not let the page use IndexedDB');
  await expect(notice(page)).toContainText('allow site data');
});

test('a question of durable storage that nobody answers holds nothing up', async ({ page }) => {
  // Firefox asks the user
  await page.addInitScript(() => {
    StorageManager.prototype.persist = () => new Promise(() => undefined);
  });
  await openLab(page);
  await trainBriefly(page);
});

test('with storage refused in the worker it says so, and recovers once it is allowed', async ({ page, context }) => {
  await openLab(page);
  await trainBriefly(page);
  await context.route(WORKER, async (route) => {
    const response = await route.fetch();
    const refusal = `IDBFactory.prototype.open = () => { throw new DOMException('refused by a setting', 'SecurityError') };\n`;
    await route.fulfill({ response, body: refusal + (await response.text()) });
  });
  await page.reload();
  await expect(notice(page)).toContainText('does not let the lab store data');
  await expect(notice(page)).toContainText('allow site data');
  await context.unroute(WORKER);
  await notice(page).getByRole('button', { name: 'Restart' }).click();
  await expect(notice(page)).toHaveCount(0);
  await expectWhole(page);
});

test('a shard damaged once is fetched again', async ({ page, context }) => {
  let damaged = 0;
  await context.route(SHARDS, (route) => (damaged++ === 0 ? damage(route) : route.continue()));
  await openLab(page);
  await trainBriefly(page);
  expect(damaged).toBeGreaterThan(1);
  await expect(notice(page)).toHaveCount(0);
  expect(await storedIds(page)).toEqual(['python-stdlib']);
});

test('a shard that stays damaged is named, and what arrived is kept for the next try', async ({ page, context }) => {
  // the first shard arrives whole, the last never
  const shards = countRequests(context, SHARDS);
  const isLast = /test-[^/]*$/;
  await context.route(SHARDS, (route) => (isLast.test(route.request().url()) ? damage(route) : route.continue()));
  await openLab(page);
  await train(page);
  await expect(notice(page)).toContainText(/The shard test-\S+ was damaged twice/);
  await expect(notice(page)).toContainText('Stored data is safe');
  expect(await storedIds(page)).toEqual([]);
  const firstTry = shards.count;

  await context.unroute(SHARDS);
  await notice(page).getByRole('button', { name: 'Dismiss' }).click();
  await trainBriefly(page);
  expect(shards.count - firstTry).toBeLessThan(firstTry);
  expect(await storedIds(page)).toEqual(['python-stdlib']);
});

test('a manifest of an unknown version is refused, and what is stored stays', async ({ page, context }) => {
  await openLab(page);
  await trainBriefly(page);
  await context.route(INDEX, async (route) => {
    const response = await route.fetch();
    const offers = offersSchema.parse(await response.json());
    const future = {
      ...offers[0],
      id: 'future',
      title: 'From the future',
      manifest: 'datasets/future/manifest.json',
      sha256: 'f'.repeat(64),
    };
    await route.fulfill({ response, json: [...offers, future] });
  });
  await context.route(MANIFESTS, async (route) => {
    if (!route.request().url().includes('/future/')) return route.continue();
    const response = await route.fetch({ url: route.request().url().replace('/future/', '/python-stdlib/') });
    const manifest = manifestSchema.parse(await response.json());
    return route.fulfill({ response, json: { ...manifest, schema: 99 } });
  });
  await page.reload();
  await openLab(page);
  await chooseFrom(page, 'Data set', 'From the future');
  await train(page);
  await expect(notice(page)).toContainText('has format version 99; this lab reads version 1');
  await expect(notice(page)).toContainText('Stored data has not changed');
  await page.reload();
  await expectWhole(page);
});

test('a thread whose program is gone, as after an update of the site, is told with what to do', async ({ page }) => {
  await openLab(page);
  await chooseTiny(page);
  await chooseModels(page, ['RNN']);
  // Playwright cannot route requests of workers that a worker starts
  await page.workers()[0]?.evaluate(() => {
    const Plain = globalThis.Worker;
    globalThis.Worker = class extends Plain {
      constructor(address: string | URL, options?: WorkerOptions) {
        super(String(address).replace('pool.worker', 'gone.worker'), options);
      }
    };
  });
  await train(page);
  await expect(notice(page)).toContainText('A thread of the device CPU could not be started.');
});
