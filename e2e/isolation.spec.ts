/** On a host that sends no headers, the built site's service worker isolates the page, which WebAssembly threads need. */
import type { Page } from '@playwright/test';
import { buildSite } from '#cli/lib/site.ts';
import { parquetOf } from '#core/data/sources/archives.fixture.ts';
import { openLab, stateOf, trainBriefly, WORKER } from './lab.ts';
import { countLoads } from './loads.ts';
import { serveRanges, serveStatic, type StaticHost } from './servers.ts';
import { expect, test as base } from './test.ts';

/** Playwright's `test` with a separate host for each test. */
const test = base.extend<{ host: StaticHost }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads what a fixture needs from its pattern
  host: async ({}, use) => {
    const host = await serveStatic(await buildSite(), '/some/path/');
    await use(host);
    host.close();
  },
  baseURL: ({ host }, use) => use(host.address),
});

const shared = () => ({ isolated: crossOriginIsolated, memory: typeof SharedArrayBuffer });
const HAS_THREADS = { isolated: true, memory: 'function' };
const NO_THREADS = { isolated: false, memory: 'undefined' };

/** Evaluates `shared` in the lab's worker. */
function inWorker(page: Page) {
  const worker = page.workers().find((one) => WORKER.test(one.url()));
  if (!worker) throw new Error('the lab has no worker');
  return worker.evaluate(shared);
}

test('a first visit is isolated after one reload, a second without any', async ({ page, context }) => {
  const loads = countLoads(page);
  await openLab(page);
  expect(await page.evaluate(shared)).toEqual(HAS_THREADS);
  expect(await inWorker(page)).toEqual(HAS_THREADS);
  expect((await stateOf(page)).isolation).toEqual({ isolated: true });
  expect(loads.count).toBe(2);

  // loading and storing a data set causes no further reload
  await trainBriefly(page);
  expect(loads.count).toBe(2);

  const second = await context.newPage();
  const secondLoads = countLoads(second);
  await openLab(second);
  expect(await second.evaluate(shared)).toEqual(HAS_THREADS);
  expect((await stateOf(second)).datasets.stored).toHaveLength(1);
  expect(secondLoads.count).toBe(1);
});

test('Parquet files come from an address of another origin by ranges', async ({ page }) => {
  const rows = Array.from({ length: 30 }, (_, i) => ['<s>', 'import', `name${i % 7}`, '<EOL>', '</s>']);
  const elsewhere = await serveRanges(parquetOf(rows));
  try {
    await openLab(page, 'data');
    expect(await inWorker(page)).toEqual(HAS_THREADS);
    const panel = page.getByRole('region', { name: 'Import your own code' });
    await panel.getByRole('button', { name: 'Or paste the URLs of Parquet files' }).click();
    await panel
      .getByRole('textbox', { name: 'URLs of Parquet files' })
      .fill(new URL('train-0.parquet', elsewhere.address).href);
    await panel.getByRole('button', { name: 'Check' }).click();
    await panel.getByRole('textbox', { name: 'Name' }).fill('From afar');
    await panel.getByRole('button', { name: 'Import', exact: true }).click();
    await expect(panel).toContainText('From afar is stored', { timeout: 120_000 });
    expect(elsewhere.ranges.length).toBeGreaterThan(0);
  } finally {
    elsewhere.close();
  }
});

test.describe('where service workers are refused', () => {
  test.use({ serviceWorkers: 'block' });

  test('the lab opens with one thread, and says why', async ({ page }) => {
    const loads = countLoads(page);
    await openLab(page);
    expect(await page.evaluate(shared)).toEqual(NO_THREADS);
    expect(await inWorker(page)).toEqual(NO_THREADS);
    const why: unknown = expect.stringContaining('service worker');
    expect((await stateOf(page)).isolation).toEqual({ isolated: false, why });
    expect(loads.count).toBe(1);
    await trainBriefly(page);
  });
});

base('a server that isolates the page itself needs no reload', async ({ page }) => {
  const loads = countLoads(page);
  await openLab(page);
  expect(await page.evaluate(shared)).toEqual(HAS_THREADS);
  expect(await inWorker(page)).toEqual(HAS_THREADS);
  // the service worker, which caches the site, becomes active without a reload
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  expect(loads.count).toBe(1);
});
