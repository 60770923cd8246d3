/**
 * The load of the lab's own page in real Chromium: tasks of the main thread while a model trains, and with hundreds of stored runs the time
 * until the Compare page is usable and until a hover is drawn. There is no other software to compare with.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright';
import { fail } from '#core/failure.ts';
import { ensureDefaultDataset } from '../data/defaultDataset.ts';
import { openLab, type LabPage } from '../lib/page.ts';
import { DEFAULT_DATASET } from '../lib/paths.ts';
import { buildSite, serveSite } from '../lib/site.ts';
import type { Bench, BenchOptions, BenchRow } from './bench.ts';
import { manyRuns, storeRuns } from './manyRuns.ts';

const RUNS = 200;
const POINTS = 1_000;
const TEST_FILES = 300;
const HOVERS = 60;
/** Number of runs that the page draws at most. */
const SHOWN = 24;

export const watchBench: Bench = {
  name: 'watch',
  summary: 'the page: main thread during training, and Compare with 200 stored runs of 1,000 points',
  run: measure,
};

async function measure({ quick, say }: BenchOptions): Promise<readonly BenchRow[]> {
  await ensureDefaultDataset();
  const site = await serveSite(await buildSite(), { port: 0 });
  const rows: BenchRow[] = [];
  try {
    const lab = await openLab(`${site.address}#/train`, 'system');
    try {
      const seconds = quick ? 15 : 60;
      say(`Watching a training for ${seconds} seconds ...`);
      rows.push(...(await watchTraining(lab, seconds)));
      say(`Storing ${RUNS} runs of ${POINTS} points ...`);
      await storeRuns(lab.page, manyRuns(RUNS), POINTS, TEST_FILES);
      say('Opening Compare ...');
      rows.push(...(await openCompare(lab)));
      say('Moving over the charts ...');
      rows.push(...(await hover(lab)));
    } finally {
      await lab.close();
    }
  } finally {
    await site.close();
  }
  return rows;
}

const row = (what: string, milliseconds: number): BenchRow => {
  return { bench: 'watch', what, device: 'page', subject: 'lab', milliseconds };
};

/** Trains with the page's defaults, which use all cores but one. */
async function watchTraining({ page, guard }: LabPage, seconds: number): Promise<BenchRow[]> {
  const panel = page.getByRole('complementary', { name: 'Training settings' });
  const address = new URL(page.url());
  address.search = `?data=${DEFAULT_DATASET}&models=lstm&epochs=200&patience=200`;
  await guard(page.goto(address.href));
  await guard(panel.getByRole('button', { name: /^Train(?! with)/ }).click());
  await guard(
    page.waitForFunction(() => (globalThis.minicopilot?.state().progress?.step ?? 0) > 0, undefined, {
      timeout: 120_000,
    }),
  );
  // leaves out the cost of loading charts for the first time
  await sleep(3_000);
  const tasks = watchTasks(page, seconds * 1_000);
  const longest = await guard(tasks);
  await guard(page.evaluate(() => globalThis.minicopilot?.lab.stop()));
  await guard(page.waitForFunction(() => globalThis.minicopilot?.state().activity.state === 'idle'));
  return [
    row(`longest task of the main thread in ${seconds} s of watching`, Math.max(0, ...longest)),
    row(
      `all tasks over 50 ms together in ${seconds} s of watching`,
      longest.reduce((sum, one) => sum + one, 0),
    ),
  ];
}

/** Durations of the main thread's tasks of 50 milliseconds and more. */
function watchTasks(page: Page, milliseconds: number): Promise<number[]> {
  return page.evaluate(async (duration) => {
    const tasks: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) tasks.push(entry.duration);
    });
    observer.observe({ type: 'longtask' });
    await new Promise((resolve) => {
      setTimeout(resolve, duration);
    });
    observer.disconnect();
    return tasks;
  }, milliseconds);
}

/** Usable means that all runs are listed, the table has its figures, the curves are drawn, and the main thread is free. */
async function openCompare({ page, guard }: LabPage): Promise<BenchRow[]> {
  const address = new URL(page.url());
  address.search = '';
  await guard(page.goto(`${address.href.split('#')[0]}#/train`));
  await guard(page.reload());
  await guard(
    page.waitForFunction((runs) => Object.keys(globalThis.minicopilot?.state().runs ?? {}).length >= runs, RUNS, {
      timeout: 60_000,
    }),
  );
  await sleep(2_000);
  const first = await guard(page.evaluate(untilUsable, { click: 'Compare', runs: RUNS }));
  await guard(page.getByRole('link', { name: 'Train', exact: true }).click());
  await sleep(1_000);
  const again = await guard(page.evaluate(untilUsable, { click: 'Compare', runs: RUNS }));
  return [
    row(`Compare usable after the click, ${RUNS} stored runs, opened for the first time`, first),
    row(`Compare usable after the click, ${RUNS} stored runs, opened again`, again),
  ];
}

async function untilUsable({ click, runs }: { click: string; runs: number }): Promise<number> {
  const link = [...document.querySelectorAll<HTMLElement>('nav a')].find(({ textContent }) => textContent === click);
  const from = performance.now();
  link?.click();
  for (;;) {
    await new Promise((resolve) => {
      setTimeout(resolve, 4);
    });
    const listed = document.querySelectorAll('[aria-label="All runs"] li').length >= runs;
    const compared =
      document.querySelectorAll('[aria-label="Every run"] tbody tr, [aria-label^="Comparison"] tbody tr').length > 3;
    const drawn = document.querySelectorAll('[data-chart="steps"] path[data-part=curve]').length > 0;
    if (listed && compared && drawn) break;
    if (performance.now() - from > 60_000) throw new Error('the Compare page was not usable within a minute');
  }
  // waits until the frame is drawn and the thread is free for the next task
  await new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
  });
  return performance.now() - from;
}

/** Time from the pointer's move to the next frame, with as many curves as the page draws. */
async function hover({ page, guard }: LabPage): Promise<BenchRow[]> {
  await guard(page.getByRole('button', { name: 'Show all' }).click());
  await guard(
    page.waitForFunction(
      (shown) => document.querySelectorAll('[data-chart="steps"] path[data-part=curve]').length >= shown,
      SHOWN,
    ),
  );
  await sleep(2_000);
  const times: number[] = [];
  for (const chart of ['loss', 'steps']) {
    const box = await page.locator(`[data-chart="${chart}"] [data-part=pointer]`).boundingBox();
    if (!box) fail('internal', `The chart ${chart} is not drawn.`, 'Please report it.');
    await page.locator(`[data-chart="${chart}"]`).scrollIntoViewIfNeeded();
    const found = await guard(page.evaluate(timeMoves, { chart, moves: HOVERS }));
    times.push(...found);
  }
  const sorted = times.toSorted((a, b) => a - b);
  return [
    row(`hover over ${SHOWN} runs of ${POINTS} points, median`, sorted[Math.floor(sorted.length / 2)]!),
    row(`hover over ${SHOWN} runs of ${POINTS} points, longest of ${sorted.length}`, Math.max(...sorted)),
  ];
}

async function timeMoves({ chart, moves }: { chart: string; moves: number }): Promise<number[]> {
  const target = document.querySelector(`[data-chart="${chart}"] [data-part=pointer]`);
  if (!target) throw new Error('no plot');
  const { left, top, width, height } = target.getBoundingClientRect();
  const times: number[] = [];
  for (let i = 0; i < moves; i++) {
    const place = { clientX: left + (width * (i + 0.5)) / moves, clientY: top + height / 2, bubbles: true };
    await new Promise((resolve) => {
      requestAnimationFrame(() => setTimeout(resolve));
    });
    const from = performance.now();
    target.dispatchEvent(new PointerEvent('pointermove', place));
    await new Promise((resolve) => {
      requestAnimationFrame(() => setTimeout(resolve));
    });
    times.push(performance.now() - from);
  }
  return times;
}
