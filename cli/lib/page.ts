/**
 * The lab's page in a headless browser of its own, driven through `globalThis.minicopilot` (src/page/client/automation.ts).
 *
 * Functions given to `evaluate` are sent as text. They may not contain named functions, since the TypeScript loader marks
 * those with a helper that the page does not have.
 */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright';
import { fail, LabError, messageOf } from '#core/failure.ts';
import type { Automation } from '#page/client/automation.ts';
import { browserFlags, findBrowser, type WebGpu } from './browser.ts';

export type { Automation };

export interface LabPage {
  readonly page: Page;
  /** Settles as the work does, or rejects when the page fails first. */
  readonly guard: <T>(work: Promise<T>) => Promise<T>;
  /** Whether the page is still open. */
  readonly alive: () => boolean;
  readonly close: () => Promise<void>;
}

/** Wide enough for three charts in a row. */
const VIEWPORT = { width: 1440, height: 1000 };
/** Milliseconds until the worker has loaded TensorFlow.js and tried the devices, on a slow machine. */
const OPENING_PATIENCE = 120_000;

/**
 * Opens the lab and waits for its worker.
 * @param scale device pixels per CSS pixel; 2 makes pictures sharp
 * @param kept folder of a profile to keep, with all that the lab stores; by default a temporary one
 * @throws LabError with the page's own message if the lab cannot run
 */
export async function openLab(address: string, webGpu: WebGpu, scale = 2, kept?: string): Promise<LabPage> {
  const executablePath = findBrowser();
  const profile = kept ?? (await mkdtemp(join(tmpdir(), 'minicopilot-lab-')));
  if (kept !== undefined) await unlock(kept);
  const removeProfile = () => {
    if (kept === undefined) rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  process.once('exit', removeProfile);
  let context: BrowserContext;
  try {
    // A profile on disk, since the databases of a private context are in memory and have a small quota.
    context = await chromium.launchPersistentContext(profile, {
      executablePath,
      args: browserFlags(webGpu),
      headless: true,
      viewport: VIEWPORT,
      deviceScaleFactor: scale,
      colorScheme: 'light',
      acceptDownloads: true,
      // The server isolates the page, and this profile is never used offline, so no service worker is needed.
      serviceWorkers: 'block',
      // Ctrl-C must reach the lab first, which stops its training and saves the results so far.
      handleSIGINT: false,
    });
  } catch (cause) {
    fail(
      'device',
      `The browser at ${executablePath} does not start: ${firstLine(cause)}`,
      'Try another with CHROME_PATH.',
      cause,
    );
  }
  const page = context.pages()[0] ?? (await context.newPage());
  let closing = false;
  const broken = new Promise<never>((_, reject) => {
    const end = (what: string, cause?: unknown) =>
      reject(
        new LabError(
          { kind: 'worker', what, remedy: 'Run it again; if it happens again, please report it with this message.' },
          { cause },
        ),
      );
    page.on('pageerror', (error) => end(`The page failed: ${firstLine(error)}.`, error));
    page.on('crash', () => end('The page crashed, perhaps because memory ran out.'));
    context.on('close', () => {
      if (!closing) end('The browser was closed.');
    });
  });
  // `broken` is only awaited by `guard`, which reports an earlier failure at its next call
  broken.catch(() => {});

  const lab: LabPage = {
    page,
    guard: (work) => Promise.race([work, broken]),
    alive: () => !page.isClosed(),
    async close() {
      closing = true;
      await context.close();
      removeProfile();
      process.off('exit', removeProfile);
    },
  };
  try {
    await lab.guard(ready(page, address));
  } catch (error) {
    await lab.close();
    throw error;
  }
  return lab;
}

/** Removes the locks of a killed browser, which would prevent the next one from starting. */
export async function unlock(profile: string): Promise<void> {
  for (const lock of ['SingletonLock', 'SingletonCookie', 'SingletonSocket']) {
    await rm(join(profile, lock), { force: true });
  }
}

async function ready(page: Page, address: string): Promise<void> {
  await page.goto(address);
  try {
    await page.waitForFunction(
      () => (globalThis.minicopilot?.state().connection.state ?? 'connecting') !== 'connecting',
      undefined,
      { timeout: OPENING_PATIENCE },
    );
  } catch (cause) {
    fail(
      'worker',
      `The lab did not open within ${OPENING_PATIENCE / 1000} seconds.`,
      'Run it again on a less busy machine.',
      cause,
    );
  }
  const failure = await page.evaluate(() => globalThis.minicopilot?.state().connection.failure ?? null);
  if (failure !== null) throw new LabError(failure);
}

/** The lab's own message in an error of a call to it, without Playwright's prefix and stack. */
export function pageSentence(error: unknown): string {
  return firstLine(error).replace(/^page\.\w+: (?:\w*Error: )*/, '');
}

function firstLine(error: unknown): string {
  return messageOf(error).split('\n', 1)[0] ?? '';
}
