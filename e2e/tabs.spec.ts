/** Two tabs of the lab: one trains, the other shows its progress and takes over when the first is closed. */
import { emptyLabel } from '#core/runs/runLabel.ts';
import { notice, openLab, statusStrip, stateOf, train, trainBriefly } from './lab.ts';
import { expect, test } from './test.ts';

test('a second tab watches, and finds what a closed one left behind', async ({ page, context }) => {
  await page.goto('./?preset=tiny&hidden=128&length=100&epochs=40&patience=40&models=lstm#/train');
  await expect.poll(async () => (await stateOf(page)).connection.state, { timeout: 60_000 }).toBe('ready');
  await train(page);
  await expect.poll(async () => (await stateOf(page)).progress?.epoch ?? 0, { timeout: 60_000 }).toBeGreaterThan(1);

  const second = await context.newPage();
  await openLab(second);
  await expect(statusStrip(second)).toContainText('Training in another tab');
  await expect(statusStrip(second).getByRole('button')).toHaveCount(0);
  await expect(second.getByRole('button', { name: /^Train(?! with)/ })).toBeDisabled();
  const epoch = async () => (await stateOf(second)).progress?.epoch ?? 0;
  await expect.poll(epoch, { timeout: 60_000 }).toBeGreaterThan(1);
  const before = await epoch();
  await expect.poll(epoch, { timeout: 60_000 }).toBeGreaterThan(before);
  const [run] = Object.values((await stateOf(second)).runs);
  expect(run?.epochs.length).toBeGreaterThan(0);

  await page.close();
  await expect(statusStrip(second)).toHaveCount(0);
  await expect(second.getByRole('heading', { name: 'LSTM 1 was interrupted' })).toBeVisible();
  await second.getByRole('button', { name: 'Resume', exact: true }).click();
  await expect(statusStrip(second)).toContainText('Training');
  await expect(notice(second)).toHaveCount(0);
});

test('what is named, deleted or brought back in one tab shows in the other', async ({ page, context }) => {
  await openLab(page);
  await trainBriefly(page);
  await expect.poll(async () => Object.values((await stateOf(page)).runs)[0]?.state, { timeout: 120_000 }).toBe('done');
  const [run] = Object.values((await stateOf(page)).runs);
  const id = run!.id;
  const second = await context.newPage();
  await openLab(second, 'compare');
  await page.evaluate((label) => globalThis.minicopilot?.lab.label(label), { ...emptyLabel(id), name: 'my favourite' });
  await expect(second.getByText('my favourite').first()).toBeVisible();
  await page.evaluate((ids) => globalThis.minicopilot?.lab.deleteRuns(ids), [id]);
  await expect.poll(async () => (await stateOf(second)).runs).toEqual({});
  await page.evaluate((ids) => globalThis.minicopilot?.lab.restoreRuns(ids), [id]);
  await expect(second.getByText('my favourite').first()).toBeVisible();
});

test('a worker that dies while it trains is replaced, and the run goes on by itself', async ({ page }) => {
  await page.addInitScript(() => {
    const workers: Worker[] = [];
    const Plain = globalThis.Worker;
    globalThis.Worker = class extends Plain {
      constructor(address: string | URL, options?: WorkerOptions) {
        super(address, options);
        if (options?.name === undefined) workers.push(this);
      }
    };
    // dispatches the event with which the browser reports that a worker's process died
    Object.assign(globalThis, { killWorker: () => workers.at(-1)?.dispatchEvent(new Event('error')) });
  });
  await page.goto('./?preset=tiny&hidden=128&length=100&epochs=8&patience=8&models=lstm#/train');
  await expect.poll(async () => (await stateOf(page)).connection.state, { timeout: 60_000 }).toBe('ready');
  await train(page);
  await expect.poll(async () => (await stateOf(page)).progress?.epoch ?? 0, { timeout: 60_000 }).toBeGreaterThan(2);
  await page.evaluate('killWorker()');
  await expect(page.getByText('A new one resumes LSTM from its last checkpoint')).toBeVisible({ timeout: 60_000 });
  await expect
    .poll(async () => Object.values((await stateOf(page)).runs).map(({ state, epochs }) => [state, epochs.length]), {
      timeout: 120_000,
    })
    .toEqual([['done', 8]]);
});
