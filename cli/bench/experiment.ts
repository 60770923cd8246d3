/**
 * How fast an experiment of 200 stored runs opens, on the lab's own page in real Chromium: from the click on its line in Compare until its
 * table and charts are drawn, and until the best configuration is compared with the next. There is no other software to compare with.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureDefaultDataset } from '../data/defaultDataset.ts';
import { openLab, type LabPage } from '../lib/page.ts';
import { buildSite, serveSite } from '../lib/site.ts';
import type { Bench, BenchOptions, BenchRow } from './bench.ts';
import { manyRuns, storeRuns, sweepRuns } from './manyRuns.ts';

const POINTS = 1_000;
const TEST_FILES = 300;
/** Number of runs of other experiments, three each. */
const OTHERS = 60;

export const experimentBench: Bench = {
  name: 'experiment',
  summary: 'opening an experiment of 200 stored runs in Compare',
  run: measure,
};

async function measure({ quick, say }: BenchOptions): Promise<readonly BenchRow[]> {
  await ensureDefaultDataset();
  const site = await serveSite(await buildSite(), { port: 0 });
  try {
    const lab = await openLab(`${site.address}#/train`, 'system');
    try {
      const sweep = sweepRuns();
      say(`Storing ${sweep.length + OTHERS} runs of ${POINTS} points ...`);
      await storeRuns(lab.page, [...manyRuns(OTHERS), ...sweep], POINTS, TEST_FILES);
      await lab.guard(lab.page.goto(`${site.address}#/compare`));
      await lab.guard(lab.page.reload());
      const rows: BenchRow[] = [];
      for (const time of quick ? ['first'] : ['first', 'second']) {
        say(`Opening the experiment for the ${time} time ...`);
        rows.push(...(await open(lab, sweep.length, time)));
      }
      return rows;
    } finally {
      await lab.close();
    }
  } finally {
    await site.close();
  }
}

async function open({ page, guard }: LabPage, runs: number, time: string): Promise<BenchRow[]> {
  await guard(page.getByRole('tab', { name: 'Runs', exact: true }).click());
  await guard(page.getByRole('button', { name: 'Newest only' }).click());
  await guard(page.getByRole('tab', { name: 'Experiments', exact: true }).click());
  // waits until the page is idle and shows another experiment
  await guard(page.getByRole('button', { name: /of 200 runs|, 200 runs/ }).waitFor());
  await sleep(3_000);
  const { drawn, told, longest } = await guard(page.evaluate(untilOpen, runs));
  const row = (what: string, milliseconds: number): BenchRow => {
    const named = `${what}, ${runs} stored runs, for the ${time} time`;
    return { bench: 'experiment', what: named, device: 'page', subject: 'lab', milliseconds };
  };
  return [
    row('table and charts of an experiment', drawn),
    row('the best configuration compared with the next', told),
    row('longest task of the main thread meanwhile', longest),
  ];
}

async function untilOpen(runs: number): Promise<{ drawn: number; told: number; longest: number }> {
  const tasks: number[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) tasks.push(entry.duration);
  });
  observer.observe({ type: 'longtask' });
  const lines = [...document.querySelectorAll<HTMLElement>('[aria-label="Experiments"] li > button')];
  const from = performance.now();
  lines.find(({ textContent }) => textContent.includes(`, ${runs} runs`))?.click();
  let drawn = 0;
  let told = 0;
  while (drawn === 0 || told === 0) {
    await new Promise((resolve) => {
      requestAnimationFrame(() => setTimeout(resolve));
    });
    const listed = document.querySelectorAll('table[aria-label="Configurations"] tbody tr').length >= 40;
    const marks = ['[data-chart="parallel"] path[data-part=line]', '[data-chart="scatter"] [data-part=reach]'];
    const charted = marks.every((mark) => document.querySelectorAll(mark).length >= 40);
    const cells = document.querySelectorAll('[data-chart="heatmap"] rect').length >= 8;
    const now = performance.now() - from;
    if (drawn === 0 && listed && charted && cells) drawn = now;
    if (told === 0 && document.querySelector('[aria-labelledby=configurations-title] [data-part=best] b')) told = now;
    if (now > 120_000) throw new Error('the experiment was not open within two minutes');
  }
  observer.disconnect();
  return { drawn, told, longest: Math.max(0, ...tasks) };
}
