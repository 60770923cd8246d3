/**
 * `npm run study:report`: rewrites the generated parts of docs/REPORT.md and README.md from docs/results, and draws the pictures on the
 * lab's Compare page. The other text is written by hand and stays unchanged.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DIMENSION_TITLES } from '#core/metrics/breakdown.ts';
import type { ChartView } from '#page/charts/view.ts';
import { fail } from '#core/failure.ts';
import { readArguments, runCommand } from '../lib/command.ts';
import { openLab, type LabPage } from '../lib/page.ts';
import { RESULTS, ROOT } from '../lib/paths.ts';
import { buildSite, serveSite } from '../lib/site.ts';
import { untilSteady } from '../lib/steady.ts';
import { readMeasured, RUN, type Results } from './results.ts';
import { fullTrainings, STUDIED } from './plan.ts';
import { writtenSections } from './sections.ts';
import { rewritten, WRITTEN } from './written.ts';

const HELP = `Usage: npm run study:report -- [options]

  --no-pictures  does not rewrite the pictures
  --check        writes nothing; fails if a table differs from docs/results
  --help         this text`;

/** Narrow enough that the page shows one chart in each row. */
const WINDOW = { width: 600, height: 1200 };
const PICTURES = join(RESULTS, 'pictures');

await runCommand(async () => {
  const { values } = readArguments({
    allowNegative: true,
    options: {
      pictures: { type: 'boolean', default: true },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  const measured = await readMeasured();
  const sections = writtenSections(measured);
  for (const path of WRITTEN) {
    const before = await readFile(path, 'utf8');
    const after = await rewritten(path, before, sections);
    const name = relative(ROOT, path);
    if (values.check) {
      if (after !== before) fail('bad-input', `${name} does not say what docs/results says.`, 'npm run study:report');
      console.log(`${name} says what docs/results says.`);
    } else if (after !== before) {
      await writeFile(path, after);
      console.log(`Wrote ${name}.`);
    }
  }
  if (values.pictures && !values.check) await drawPictures(measured.results);
});

/** Draws the pictures on the Compare page, with runs imported as a user would import them. */
async function drawPictures(results: Results): Promise<void> {
  await mkdir(PICTURES, { recursive: true });
  const site = await serveSite(await buildSite(), { port: 0 });
  try {
    for (const dataset of STUDIED) {
      const all = fullTrainings(results, dataset);
      const oneSeed = all.filter((name) => name.endsWith('-42'));
      const pictures = [
        ...(await drawn(
          site.address,
          all,
          { x: 'epoch', pooled: true },
          (title) => isByEpoch(title) || isByGroup(title),
        )),
        ...(await drawn(site.address, all, { x: 'tokens', pooled: true }, isByEpoch)).map(
          ([title, svg]) => [`${title.split(', ')[0]} by tokens`, svg] as const,
        ),
        // one seed only: with a point for each step, the curves of three seeds would hide each other
        ...(await drawn(site.address, oneSeed, { x: 'epoch' }, (title) => !isByEpoch(title) && !isByGroup(title))),
      ];
      const slugs = new Set<string>();
      for (const [title, svg] of pictures) {
        const slug = slugOf(title, slugs);
        slugs.add(slug);
        const file = `${dataset}-${slug}.svg`;
        await writeFile(join(PICTURES, file), svg);
        console.log(`Drew ${file}.`);
      }
    }
  } finally {
    await site.close();
  }
}

function isByGroup(title: string): boolean {
  return Object.values(DIMENSION_TITLES).some((start) => title.startsWith(start));
}

/** Whether a chart shows loss, top-5 or perplexity after each epoch. */
function isByEpoch(title: string): boolean {
  return /^(?:Loss|Top-5|Perplexity), (?!step by step)/.test(title);
}

/** The page's charts of these trainings whose titles are wanted, with their titles. */
async function drawn(
  address: string,
  names: readonly string[],
  view: Partial<ChartView>,
  isWanted: (title: string) => boolean,
): Promise<readonly [title: string, svg: string][]> {
  if (names.length === 0) return [];
  const lab = await openLab(`${address}#/compare`, 'system', 1);
  try {
    const text = await markdownReport(lab, names, view);
    const pictures = text.matchAll(/!\[([^\]]*)\]\(data:image\/svg\+xml;base64,([^)]*)\)/g);
    return [...pictures]
      .map(([, title, svg]): [string, string] => [title!, Buffer.from(svg!, 'base64').toString('utf8')])
      .filter(([title]) => isWanted(title));
  } finally {
    await lab.close();
  }
}

/** The Markdown report that the page exports, with the pictures embedded. */
async function markdownReport(
  { page, guard }: LabPage,
  names: readonly string[],
  view: Partial<ChartView>,
): Promise<string> {
  await page.setViewportSize(WINDOW);
  const chooser = page.locator('input[type=file]').first();
  await guard(chooser.setInputFiles(names.map((name) => join(RESULTS, name, RUN))));
  await guard(
    page.waitForFunction(
      (wanted) => Object.keys(globalThis.minicopilot?.state().runs ?? {}).length === wanted,
      names.length,
    ),
  );
  await page.evaluate((charts) => {
    const picked = Object.keys(globalThis.minicopilot?.state().runs ?? {});
    localStorage.setItem('minicopilot.compare', JSON.stringify({ picked, baseline: null }));
    localStorage.setItem('minicopilot.charts', JSON.stringify(charts));
  }, view);
  await guard(page.reload());
  await guard(page.getByRole('heading', { name: 'Where models differ' }).waitFor());
  await untilSteady(page);
  await page.getByRole('button', { name: 'Export' }).click();
  const [download] = await guard(
    Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: /Markdown/ }).click()]),
  );
  return readFile(await download.path(), 'utf8');
}

/** A file name made of the title up to its first comma, which leaves out the unit. If that name is taken, it goes up to a later comma. */
function slugOf(title: string, taken: ReadonlySet<string>): string {
  const parts = title.split(', ');
  const slugs = parts.map((_, end) =>
    parts
      .slice(0, end + 1)
      .join(' ')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, ''),
  );
  return (
    slugs.find((slug) => !taken.has(slug)) ??
    fail('internal', `Two pictures are called "${title}".`, 'Please report it.')
  );
}
