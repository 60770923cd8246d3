/** A complete session contacts only the lab's own site, unless the user types an address. */
import { readFile } from 'node:fs/promises';
import type { BrowserContext } from '@playwright/test';
import { buildSite } from '#cli/lib/site.ts';
import { CONTENT_SECURITY_POLICY, SECURITY_HEADERS } from '#core/site/securityPolicy.ts';
import { parquetOf } from '#core/data/sources/archives.fixture.ts';
import { openLab, openPage, stateOf, trainBriefly, WORKER } from './lab.ts';
import { serveRanges, serveStatic } from './servers.ts';
import { expect, test } from './test.ts';

/** Origins requested so far by pages, workers and the service worker. Addresses within the browser (blob:, data:) do not count. */
function collectOrigins(context: BrowserContext): ReadonlySet<string> {
  const origins = new Set<string>();
  context.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'blob:' && protocol !== 'data:') origins.add(origin);
  });
  return origins;
}

test('a whole session asks nobody but its own site', async ({ page, context, baseURL }) => {
  const own = new URL(baseURL!).origin;
  const origins = collectOrigins(context);
  const sockets: string[] = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));

  await openLab(page, 'data');
  await page.getByRole('button', { name: 'Download Python standard library' }).click();
  await expect(page.getByRole('button', { name: 'Export' })).toBeVisible({ timeout: 60_000 });
  await openPage(page, 'train');
  await trainBriefly(page);

  await openPage(page, 'compare');
  for (const item of ['HTML, one file with charts', 'CSV, one row per run and epoch', 'Runs with weights']) {
    await page.getByRole('button', { name: 'Export' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: item, exact: true }).click();
    await (await download).path();
  }

  await openPage(page, 'complete');
  await page.getByRole('textbox', { name: 'Python code' }).click();
  await page.keyboard.type('import os');
  await expect(page.getByRole('region', { name: 'Next token' }).getByRole('listitem')).toHaveCount(5);

  // the lab opens again from its stored data
  await page.reload();
  await openLab(page, 'compare');
  expect(Object.values((await stateOf(page)).runs)).toHaveLength(1);

  expect([...origins]).toEqual([own]);
  expect(sockets).toEqual([]);
});

test('an address that a person types is asked, and no other', async ({ page, context, baseURL }) => {
  const rows = Array.from({ length: 30 }, (_, i) => ['<s>', 'import', `name${i % 7}`, '<EOL>', '</s>']);
  const elsewhere = await serveRanges(parquetOf(rows));
  try {
    const origins = collectOrigins(context);
    await openLab(page, 'data');
    const panel = page.getByRole('region', { name: 'Import your own code' });
    await panel.getByRole('button', { name: 'Or paste the URLs of Parquet files' }).click();
    await panel
      .getByRole('textbox', { name: 'URLs of Parquet files' })
      .fill(new URL('train.parquet', elsewhere.address).href);
    await panel.getByRole('button', { name: 'Check' }).click();
    expect([...origins]).toEqual([new URL(baseURL!).origin]);
    await panel.getByRole('button', { name: 'Import', exact: true }).click();
    await expect.poll(async () => (await stateOf(page)).datasets.stored.length, { timeout: 60_000 }).toBe(1);
    expect([...origins].toSorted()).toEqual([new URL(baseURL!).origin, new URL(elsewhere.address).origin].toSorted());
  } finally {
    elsewhere.close();
  }
});

/** What an injected script would try, in the page or in a worker. */
async function misbehave(): Promise<string[]> {
  const tried: string[] = [];
  const attempt = async (what: string, act: () => unknown) => {
    try {
      await act();
      tried.push(what);
    } catch {
      // the policy blocks it, as intended
    }
  };
  // runs in a later task, since the policy does not apply to what a debugger evaluates
  await new Promise((resolve) => {
    setTimeout(resolve);
  });
  // oxlint-disable-next-line no-eval -- which the policy forbids
  await attempt('eval', () => (0, eval)('1'));
  await attempt('plain http', () => fetch('http://example.org/', { mode: 'no-cors' }));
  return tried;
}

test('the policy holds in the page and in its workers, from the lab’s own server', async ({ page, breaches }) => {
  const response = await page.request.get('./');
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    expect(response.headers()[name.toLowerCase()]).toBe(value);
  }
  await openLab(page);
  expect(await page.evaluate(misbehave)).toEqual([]);
  expect(
    await page
      .workers()
      .find((one) => WORKER.test(one.url()))!
      .evaluate(misbehave),
  ).toEqual([]);
  await expect
    .poll(() => new Set(breaches.map((told) => told.split(' ')[0])))
    .toEqual(new Set(['script-src', 'connect-src']));
  breaches.length = 0;
});

test('the policy holds on a host that sends no header, in workers by the service worker', async ({
  page,
  breaches,
}) => {
  const folder = await buildSite();
  expect(await readFile(`${folder}/index.html`, 'utf8')).toContain(CONTENT_SECURITY_POLICY.replaceAll("'", '&#39;'));
  const host = await serveStatic(folder, '/some/path/');
  try {
    await page.goto(host.address);
    // waits until the page has reloaded itself once, so that it is isolated
    await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
    await expect.poll(async () => (await stateOf(page)).connection.state, { timeout: 60_000 }).toBe('ready');
    expect(await page.evaluate(misbehave)).toEqual([]);
    expect(
      await page
        .workers()
        .find((one) => WORKER.test(one.url()))!
        .evaluate(misbehave),
    ).toEqual([]);
    expect(breaches.length).toBeGreaterThan(0);
    breaches.length = 0;
  } finally {
    host.close();
  }
});
