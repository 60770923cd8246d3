/**
 * `npm run pictures`: trains in a headless browser and takes the documentation's pictures of the pages, at three widths
 * and in both themes. Look at them before you commit them.
 */
import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { PRESETS } from '#core/settings/presets.ts';
import { oneOf, readArguments, runCommand } from '../lib/command.ts';
import { ensureDefaultDataset } from '../data/defaultDataset.ts';
import { openLab, type LabPage } from '../lib/page.ts';
import { DEFAULT_DATASET } from '../lib/paths.ts';
import { untilSteady } from '../lib/steady.ts';
import { processTerminal } from '../lib/progress.ts';
import { buildSite, serveSite } from '../lib/site.ts';
import { loadDataset, plannedConfig, train, type TrainingPlan } from '../lib/training.ts';

const HELP = `Usage: npm run pictures -- [--preset NAME] [--out DIR]

Trains all three models and takes screenshots of every page at 360, 768 and 1440 pixels, light and dark.

  --preset NAME  ${PRESETS.join(' | ')} (quick)
  --out DIR      output folder (out/pictures)
  --help         this text`;

const PAGES = ['data', 'train', 'compare', 'complete'] as const;
const WIDTHS = [360, 768, 1440] as const;
const SCHEMES = ['light', 'dark'] as const;
/** Milliseconds until charts, which load on demand and are animated, have settled. */
const SETTLING_MS = 1_500;

await runCommand(async () => {
  const { values } = readArguments({
    options: {
      preset: { type: 'string', default: 'quick' },
      out: { type: 'string', default: join('out', 'pictures') },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  const plan: TrainingPlan = {
    dataset: DEFAULT_DATASET,
    models: ['rnn', 'lstm', 'residual'],
    device: 'auto',
    preset: oneOf(values.preset, 'preset', PRESETS),
    changes: {},
  };
  await ensureDefaultDataset();
  const built = await buildSite();
  const terminal = processTerminal();
  const site = await serveSite(built, { port: 0 });
  const lab = await openLab(`${site.address}#/train`, 'system');
  try {
    const manifest = await loadDataset(lab, plan.dataset, terminal);
    const { failure } = await train(lab, plan, plannedConfig(plan, manifest), terminal, new AbortController().signal);
    terminal.end();
    if (failure !== null) throw failure;
    await mkdir(values.out, { recursive: true });
    await setCompletion(lab, site.address);
    for (const scheme of SCHEMES) {
      await lab.page.emulateMedia({ colorScheme: scheme });
      for (const width of WIDTHS) {
        const height = width < 700 ? 780 : 1000;
        for (const name of PAGES) {
          await lab.page.goto(`${site.address}#/${name}`);
          // resize to the full height first: otherwise the screenshot would resize the page, and charts would be drawn again
          await lab.page.setViewportSize({ width, height });
          await untilSteady(lab.page);
          const full = await lab.page.evaluate(() => document.documentElement.scrollHeight);
          await lab.page.setViewportSize({ width, height: Math.max(height, full) });
          await untilSteady(lab.page);
          const path = join(values.out, `${name}-${width}-${scheme}.png`);
          await lab.page.screenshot({ path, scale: 'css', fullPage: true });
          console.log(relative('.', path));
        }
      }
    }
  } finally {
    await lab.close();
    await site.close();
  }
});

/** Sets up the Complete page, which keeps its state for all pictures: some code, colored by surprise. */
async function setCompletion({ page }: LabPage, address: string): Promise<void> {
  await page.goto(`${address}#/complete`);
  await page.getByRole('button', { name: 'Examples' }).click();
  await page.getByRole('menuitem', { name: 'Reading a file' }).click();
  await page.getByRole('region', { name: 'See inside' }).getByText('Surprise', { exact: true }).click();
  await page.waitForTimeout(SETTLING_MS);
}
