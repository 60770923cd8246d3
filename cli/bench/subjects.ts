/** The benchmark's page (page/main.ts) in a headless Chromium, built anew, cross-origin isolated so that clocks are exact. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type Page } from 'playwright';
import { build, type PluginOption } from 'vite';
import { z } from 'zod';
import { fail, LabError, messageOf } from '#core/failure.ts';
import { assemblyScript } from '../build/assemblyScript.ts';
import { browserFlags, findBrowser, type WebGpu } from '../lib/browser.ts';
import { pageSentence } from '../lib/page.ts';
import { ROOT } from '../lib/paths.ts';
import { serveSite } from '../lib/site.ts';

export interface Subjects {
  /**
   * Asks the page for one measurement, and says so.
   * @param what for a failure's sentence
   * @param minutes after which it has failed
   */
  measure<T>(what: string, minutes: number, request: (page: Page) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface SubjectsOptions {
  readonly webGpu: WebGpu;
  /** Chromium's, beyond those of every command. */
  readonly flags?: readonly string[];
  readonly say: (line: string) => void;
}

export async function openSubjects({ webGpu, flags = [], say }: SubjectsOptions): Promise<Subjects> {
  const executablePath = findBrowser();
  // a folder a process: two benchmarks at a time do not take each other's files away
  const folder = join(ROOT, 'node_modules', '.cache', 'bench', String(process.pid));
  const ends = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const end of ends.toReversed()) await end();
  };
  try {
    await buildPage(folder);
    const site = await serveSite(folder, { port: 0 });
    ends.push(() => site.close());
    const browser = await chromium.launch({
      executablePath,
      args: [...browserFlags(webGpu), ...flags],
      headless: true,
    });
    ends.push(() => browser.close());
    const page = await browser.newPage();
    const broken = new Promise<never>((_, reject) => {
      page.on('pageerror', reject);
      page.on('crash', () => reject(new Error('the page crashed, perhaps for want of memory')));
      page.on('close', () => reject(new Error('the browser was closed')));
    });
    // it is raced only while there is work
    broken.catch(() => {});
    await page.goto(site.address);
    return {
      close,
      measure(what, minutes, request) {
        say(`${what} ...`);
        return ask(what, minutes, Promise.race([request(page), broken]));
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function ask<T>(what: string, minutes: number, work: Promise<T>): Promise<T> {
  const late = new AbortController();
  const timer = delay(minutes * 60_000, undefined, { signal: late.signal }).then(() =>
    fail(
      'worker',
      `${what}: no answer within ${minutes} minutes.`,
      'Run it again on a machine with nothing else to do.',
    ),
  );
  // it is called off once the work is done
  timer.catch(() => {});
  try {
    return await Promise.race([work, timer]);
  } catch (cause) {
    if (cause instanceof LabError) throw cause;
    fail(
      'worker',
      `${what} could not be measured: ${pageSentence(cause).replace(/\.?$/, '.')}`,
      'Run it again; if it happens again, please report it with this message.',
      cause,
    );
  } finally {
    late.abort();
  }
}

/** For the page and for its workers, which Vite bundles apart: what the lab's own build (vite.config.ts) has for the engine. */
const plugins = (): PluginOption[] => [assemblyScript()];

async function buildPage(folder: string): Promise<void> {
  try {
    await build({
      root: join(ROOT, 'cli', 'bench', 'page'),
      configFile: false,
      base: './',
      logLevel: 'error',
      plugins: plugins(),
      worker: { format: 'es', plugins },
      build: { target: 'es2023', outDir: folder, emptyOutDir: true, reportCompressedSize: false },
    });
  } catch (cause) {
    fail('internal', `The benchmark's page does not build: ${messageOf(cause)}`, 'Mend the source it names.', cause);
  }
}

const packaged = z.object({ version: z.string() });

/** The version of an installed package, as its own package.json has it. */
export async function versionOf(name: string): Promise<string> {
  const text = await readFile(join(ROOT, 'node_modules', name, 'package.json'), 'utf8');
  return packaged.parse(JSON.parse(text)).version;
}
