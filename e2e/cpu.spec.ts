/** The device `cpu`: it responds within a second during any computation, and uses the chosen number of threads. */
import type { Page } from '@playwright/test';
import { chooseModels, configuration, openLab, stateOf, statusStrip, train, trainBriefly, typeNumber } from './lab.ts';
import { expect, test } from './test.ts';

/** The training's progress in steps, with fractions. */
async function placeOf(page: Page): Promise<number> {
  const { progress } = await stateOf(page);
  return progress ? progress.step + progress.part : 0;
}

/** Milliseconds from a request until the lab is in the wanted state. */
function answered(page: Page, wish: 'pause' | 'stop', wanted: string): Promise<number> {
  return page.evaluate(
    async ([wish, wanted]) => {
      const from = performance.now();
      await globalThis.minicopilot?.lab[wish]();
      while (globalThis.minicopilot?.state().activity.state !== wanted) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return performance.now() - from;
    },
    [wish, wanted] as const,
  );
}

/** The training's progress once it has stopped changing. */
function placeAtRest(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const place = () => {
      const progress = globalThis.minicopilot?.state().progress;
      return progress ? progress.step + progress.part : 0;
    };
    let last = place();
    for (let unchanged = 0; unchanged < 20; unchanged++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const now = place();
      if (now !== last) unchanged = 0;
      last = now;
    }
    return last;
  });
}

test('a step of the full-size model can be watched, paused and stopped within a second', async ({ page }) => {
  await openLab(page);
  await configuration(page).getByText('task', { exact: true }).click();
  await chooseModels(page, ['LSTM']);
  await train(page);
  await expect.poll(() => placeOf(page), { timeout: 120_000, intervals: [50] }).toBeGreaterThan(0);
  const early = await placeOf(page);
  await expect.poll(() => placeOf(page), { timeout: 20_000, intervals: [50] }).toBeGreaterThan(early);

  expect(await answered(page, 'pause', 'paused')).toBeLessThan(1_000);
  // Progress events in flight still arrive, and the step is soon finished so that it can be saved. So the page itself polls.
  const paused = await placeAtRest(page);
  expect(paused % 1, 'in the middle of a step').toBeGreaterThan(0);

  await statusStrip(page).getByRole('button', { name: 'Resume' }).click();
  await expect.poll(() => placeOf(page), { timeout: 20_000, intervals: [50] }).toBeGreaterThan(paused);

  expect(await answered(page, 'stop', 'idle')).toBeLessThan(1_000);
  const [run] = Object.values((await stateOf(page)).runs);
  expect(run!.state).toBe('stopped');
  expect(run!.failure).toBeNull();
  // the device can train again
  await trainBriefly(page);
});

test('the number of threads is the person’s to choose, and changes no figure', async ({ page }) => {
  await openLab(page);
  const threads = configuration(page).getByRole('textbox', { name: 'Threads' });
  const cores = await page.evaluate(() => navigator.hardwareConcurrency);
  await expect(threads).toHaveValue(String(Math.max(1, cores - 1)));
  if (cores === 1) {
    // one core leaves no choice
    await expect(threads).toBeDisabled();
    return;
  }
  const trainOn = async (count: number) => {
    await typeNumber(threads, String(count));
    await trainBriefly(page);
    const runs = Object.values((await stateOf(page)).runs).toSorted((a, b) => a.createdAt - b.createdAt);
    return runs.at(-1)!;
  };
  const one = await trainOn(1);
  expect(one.device.name).toMatch(/^WebAssembly SIMD, 1 thread/);
  const all = await trainOn(cores);
  expect(all.device.name).toContain(`${cores} threads`);
  expect(all.id).not.toBe(one.id);
  expect(all.epochs[0]!.train).toEqual(one.epochs[0]!.train);
  expect(all.test).toEqual(one.test);
});
