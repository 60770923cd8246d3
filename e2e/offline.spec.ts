/** After a first visit, the lab opens and trains without a server. A newer build is only loaded when the user asks for it. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { tellServiceWorker } from '#cli/build/builtSite.ts';
import { buildSite } from '#cli/lib/site.ts';
import { chooseModels, openLab, openPage, stateOf, statusStrip, train, trainBriefly, waitForState } from './lab.ts';
import { countLoads } from './loads.ts';
import { serveStatic, type StaticHost } from './servers.ts';
import { expect, test as base } from './test.ts';

const test = base.extend<{ host: StaticHost; newerBuild: string }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads what a fixture needs from its pattern
  host: async ({}, use) => {
    const host = await serveStatic(await buildSite(), '/some/path/');
    await use(host);
    host.close();
  },
  baseURL: ({ host }, use) => use(host.address),
  // oxlint-disable-next-line no-empty-pattern -- as above
  newerBuild: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'minicopilot-lab-site-'));
    await cp(await buildSite(), folder, { recursive: true });
    const page = join(folder, 'index.html');
    await writeFile(page, (await readFile(page, 'utf8')).replace('<html', '<html data-build="newer"'));
    await tellServiceWorker(folder);
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
});

/** Waits until all files that the service worker lists are in its cache. */
async function waitUntilKept(page: Page): Promise<void> {
  const kept = () =>
    page.evaluate(async () => {
      const { active } = await navigator.serviceWorker.ready;
      const program = await (await fetch(active!.scriptURL)).text();
      const listed = program.split('\n', 1)[0]!.split('"sha256"').length - 1;
      const names = await caches.keys();
      const counts = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).length));
      return counts.length === 1 && listed > 20 && counts[0] === listed;
    });
  await expect.poll(kept, { timeout: 60_000 }).toBe(true);
}

const isolated = () => crossOriginIsolated;
const build = (page: Page) => page.locator('html').getAttribute('data-build');
const newerNotice = (page: Page) =>
  page.getByRole('status').filter({ hasText: 'A newer version of the lab is ready.' });
const lookForNewer = (page: Page) =>
  page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));

test('without its server the lab opens, isolated, with every page, and trains on what is stored', async ({
  page,
  context,
  host,
}) => {
  await openLab(page);
  await trainBriefly(page);
  await waitUntilKept(page);
  host.close();
  await page.close();

  const offline = await context.newPage();
  const errors: string[] = [];
  offline.on('pageerror', (error) => errors.push(String(error)));
  await expect(fetch(host.address)).rejects.toThrow();
  await offline.goto('./?preset=tiny&models=lstm&epochs=1#/train');
  await expect.poll(async () => (await stateOf(offline)).connection.state, { timeout: 60_000 }).toBe('ready');
  expect(await offline.evaluate(isolated)).toBe(true);
  expect((await stateOf(offline)).datasets.stored).toHaveLength(1);
  await train(offline);
  await waitForState(offline, 'LSTM', 'done');

  for (const name of ['data', 'compare', 'complete', 'train'] as const) {
    await openPage(offline, name);
    await expect(offline.getByRole('heading', { level: 1 }).first()).toBeAttached();
    await expect(offline.getByText('could not be loaded')).toHaveCount(0);
  }
  expect(errors).toEqual([]);
});

test('a newer build waits for a person, and is then loaded once', async ({ page, context, host, newerBuild }) => {
  await openLab(page);
  await waitUntilKept(page);
  const other = await context.newPage();
  await openLab(other);
  const [loads, otherLoads] = [countLoads(page), countLoads(other)];

  host.serve(newerBuild);
  await lookForNewer(page);
  const load = newerNotice(page).getByRole('button', { name: 'Update' });
  await expect(load).toBeEnabled();
  await expect(newerNotice(other)).toBeVisible();
  // a reload alone does not load the newer build
  await page.reload();
  expect(await build(page)).toBeNull();
  expect(loads.count).toBe(1);

  await expect(load).toBeEnabled();
  await load.click();
  await expect.poll(() => build(page)).toBe('newer');
  await openLab(page);
  expect(await page.evaluate(isolated)).toBe(true);
  await expect(newerNotice(page)).toHaveCount(0);
  expect(loads.count).toBe(2);

  // the other page continues with the older files, and may update later
  expect(otherLoads.count).toBe(0);
  await openPage(other, 'compare');
  await expect(other.getByRole('heading', { name: 'Compare' })).toBeVisible();
  await newerNotice(other).getByRole('button', { name: 'Update' }).click();
  await expect.poll(() => build(other)).toBe('newer');
  expect(otherLoads.count).toBe(1);

  // the older files are deleted once no other page is open
  await other.close();
  await page.reload();
  await waitUntilKept(page);
});

test('a newer build is not loaded while a model is trained', async ({ page, host, newerBuild }) => {
  await openLab(page);
  await waitUntilKept(page);
  await chooseModels(page, ['LSTM']);
  await train(page);
  // a paused training still counts as running, and does not end during the test
  const pause = statusStrip(page).getByRole('button', { name: 'Pause' });
  await pause.click({ timeout: 120_000 });
  await expect(statusStrip(page)).toContainText('Paused', { timeout: 60_000 });
  const loads = countLoads(page);

  host.serve(newerBuild);
  await lookForNewer(page);
  const load = newerNotice(page).getByRole('button', { name: 'Update' });
  await expect(load).toBeDisabled();
  await expect(newerNotice(page)).toContainText('after training has ended');
  await statusStrip(page).getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('button', { name: 'Stop training' }).click();
  await expect(load).toBeEnabled({ timeout: 60_000 });
  expect(loads.count).toBe(0);
  await load.click();
  await expect.poll(() => build(page)).toBe('newer');
  expect(loads.count).toBe(1);
});

test('the lab can be installed', async ({ page, context, host }) => {
  await openLab(page);
  const session = await context.newCDPSession(page);
  const manifest = await session.send('Page.getAppManifest');
  expect(manifest.url).toBe(new URL('manifest.webmanifest', host.address).href);
  expect(manifest.errors).toEqual([]);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // tests run in a private window, in which nothing can be installed
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual([]);
});
