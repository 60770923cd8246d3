/** Writes a training's results into a folder: metrics.json, report.md, the charts as pictures, the weights. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reportMarkdown } from '#core/report/markdown.ts';
import { metricsOf, writeMetrics } from '#core/formats/metrics.ts';
import { unpackRun, type RunFile } from '#core/formats/runFile.ts';
import { halfWeightsFileName, weightsFileName } from '#core/formats/weightsFile.ts';
import type { RunRecord } from '#core/runs/run.ts';
import type { LabPage } from './page.ts';

export interface Chart {
  readonly file: string;
  readonly title: string;
}

/** @returns the names of the files written */
export async function writeResults(
  folder: string,
  runs: readonly RunRecord[],
  lab: LabPage,
  { command, half }: { readonly command: string; readonly half: boolean },
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const metrics = writeMetrics(metricsOf(runs));
  await writeFile(join(folder, 'metrics.json'), metrics);
  const files = ['metrics.json', 'report.md'];
  let charts: Chart[] = [];
  if (lab.alive()) {
    const kept = runs.filter(({ bestEpoch }) => bestEpoch !== null);
    for (const run of kept) files.push(await saveWeights(folder, run, lab, half));
    if (kept.length > 0) charts = await saveCharts(folder, lab);
  }
  await writeFile(join(folder, 'report.md'), reportMarkdown(runs, { charts, command, half }));
  return [...files, ...charts.map(({ file }) => file)];
}

export async function readRunFile(path: string): Promise<RunFile> {
  return unpackRun(new Blob([await readFile(path)]));
}

/** Writes the run as a file that the lab can import, without its weights. */
export async function saveRunFile(path: string, { id }: RunRecord, { page, guard }: LabPage): Promise<void> {
  const request = { id, weights: false };
  const bytes = await guard(
    page.evaluate(
      async (wanted) => Array.from((await globalThis.minicopilot?.lab.exportRun(wanted))?.bytes ?? []),
      request,
    ),
  );
  await writeFile(path, Uint8Array.from(bytes));
}

/**
 * Downloads a run's weights through the page, as a user would.
 * @param half rounds them to half precision
 * @returns the file's name
 */
export async function saveWeights(
  folder: string,
  { id, model }: RunRecord,
  { page, guard }: LabPage,
  half = false,
): Promise<string> {
  const request = { id, format: half ? 'safetensors-half' : 'safetensors' } as const;
  const [download] = await guard(
    Promise.all([
      page.waitForEvent('download', { timeout: 120_000 }),
      page.evaluate((asked) => globalThis.minicopilot?.downloadWeights(asked.id, asked.format), request),
    ]),
  );
  const file = half ? halfWeightsFileName(model) : weightsFileName(model);
  await download.saveAs(join(folder, file));
  return file;
}

async function saveCharts(folder: string, { page, guard }: LabPage): Promise<Chart[]> {
  const address = new URL(page.url());
  address.hash = '#/train';
  await guard(page.goto(address.href));
  const elements = page.locator('[data-chart]');
  await guard(elements.first().waitFor({ timeout: 20_000 }));
  // the lines are animated when they appear
  await page.waitForTimeout(1_500);
  const charts: Chart[] = [];
  for (const element of await elements.all()) {
    const name = ((await element.getAttribute('data-chart')) ?? 'chart').replaceAll(/[^a-z0-9-]+/gi, '-').toLowerCase();
    const caption = await element.locator('[data-part=title], [data-part=unit]').allInnerTexts();
    const title = caption.length > 0 ? caption.join(', ') : name;
    const file = `chart-${name}.png`;
    await guard(element.screenshot({ path: join(folder, file), animations: 'disabled' }));
    charts.push({ file, title });
  }
  return charts;
}
