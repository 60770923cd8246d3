/**
 * Builds, serves and opens a page with the engine alone, in headless Chromium, for checks and benchmarks. Like the lab, the page is
 * cross-origin isolated, so that it has threads and precise clocks.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright';
import { build, type PluginOption } from 'vite';
import { fail, messageOf } from '#core/failure.ts';
import { assemblyScript } from './assemblyScript.ts';
import { browserFlags, findBrowser, type WebGpu } from '../lib/browser.ts';
import { ROOT } from '../lib/paths.ts';
import { serveSite } from '../lib/site.ts';

export interface EnginePageOptions {
  /** Folder in `cli` with the page's index.html. */
  readonly source: string;
  readonly webGpu: WebGpu;
  /** Chromium's flags beyond those of every command. */
  readonly flags?: readonly string[];
}

export interface EnginePage {
  readonly page: Page;
  /** Settles as the work does, or rejects when the page fails first. */
  readonly guard: <T>(work: Promise<T>) => Promise<T>;
  /** Folder of the built page. */
  readonly folder: string;
  readonly browserVersion: string;
  readonly close: () => Promise<void>;
}

/** @throws LabError if the page does not build or the browser does not start */
export async function openEnginePage({ source, webGpu, flags = [] }: EnginePageOptions): Promise<EnginePage> {
  const executablePath = findBrowser();
  // one folder per process, so that two commands at the same time do not delete each other's files
  const folder = join(ROOT, 'node_modules', '.cache', 'pages', `${source.replaceAll('/', '-')}-${process.pid}`);
  const ends = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const end of ends.toReversed()) await end();
  };
  try {
    await buildPage(source, folder);
    const site = await serveSite(folder, { port: 0 });
    ends.push(() => site.close());
    const args = [...browserFlags(webGpu), ...flags];
    const browser = await chromium.launch({ executablePath, args, headless: true });
    ends.push(() => browser.close());
    const page = await browser.newPage();
    const broken = new Promise<never>((_, reject) => {
      page.on('pageerror', reject);
      page.on('crash', () => reject(new Error('the page crashed, perhaps because memory ran out')));
      page.on('close', () => reject(new Error('the browser was closed')));
    });
    // `broken` is only awaited by `guard`; without this, an error at other times would be an unhandled rejection
    broken.catch(() => {});
    await page.goto(site.address);
    const guard: EnginePage['guard'] = (work) => Promise.race([work, broken]);
    return { page, guard, folder, browserVersion: browser.version(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The plugins of the lab's own build that the engine needs. Vite bundles pages and workers separately. */
const plugins = (): PluginOption[] => [assemblyScript()];

async function buildPage(source: string, folder: string): Promise<void> {
  try {
    await build({
      root: join(ROOT, 'cli', source),
      configFile: false,
      base: './',
      logLevel: 'error',
      plugins: plugins(),
      worker: { format: 'es', plugins },
      build: { target: 'es2023', outDir: folder, emptyOutDir: true, reportCompressedSize: false },
    });
  } catch (cause) {
    fail(
      'internal',
      `The page cli/${source} does not build: ${messageOf(cause)}`,
      'Fix the source file that it names.',
      cause,
    );
  }
}
