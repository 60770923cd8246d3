import { countRequests, DATASETS, openLab, SHARDS, stateOf, statusStrip, train, trainBriefly } from './lab.ts';
import { expect, test } from './test.ts';

test('a first visit loads the data set with progress, a second needs no network for it', async ({ page, context }) => {
  await context.route(SHARDS, async (route) => {
    // a network slow enough for the bar to be seen
    await new Promise((resolve) => setTimeout(resolve, 400));
    await route.continue();
  });
  await openLab(page);
  await expect(page).toHaveTitle(/Minicopilot Lab/);
  expect((await stateOf(page)).datasets.stored).toEqual([]);

  await train(page);
  const bar = statusStrip(page).getByRole('progressbar', { name: 'Progress of the download' });
  await expect(bar).toBeVisible();
  await expect(statusStrip(page)).toContainText(/of \d[\d.]* [kM]B/);
  await expect.poll(async () => (await stateOf(page)).datasets.stored.length, { timeout: 60_000 }).toBe(1);
  await page.close();

  await context.unroute(SHARDS);
  await context.route(DATASETS, (route) => route.abort());
  const requests = countRequests(context, SHARDS);
  const second = await context.newPage();
  await openLab(second);
  expect((await stateOf(second)).datasets.stored).toHaveLength(1);
  await trainBriefly(second);
  expect(requests.count).toBe(0);
});
