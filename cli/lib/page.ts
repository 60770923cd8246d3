/**
 * The lab's page in a headless browser of its own, driven through `globalThis.minicopilot` (src/page/client/automation.ts).
 *
 * Functions given to `evaluate` are sent as text: they may not name functions of their own, since the TypeScript
 * loader marks those with a helper that the page does not have.
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
  /** The work's result, or the page's own failure, whichever comes first. */
  readonly guard: <T>(work: Promise<T>) => Promise<T>;
  /** Whether the page can still be asked. */
  readonly alive: () => boolean;
  readonly close: () => Promise<void>;
}

/** Wide enough that the three charts stand side by side. */
const VIEWPORT = { width: 1440, height: 1000 };
/** A worker that loads TensorFlow.js and tries the devices on a slow machine. */
const OPENING_PATIENCE = 120_000;

/**
 * Opens the lab and waits for its worker.
 * @param scale pixels a dot: twice as many make pictures crisp
 * @param kept folder of a profile that stays, with all that the lab stores; without it an empty one that goes
 * @throws LabError with the page's own sentence where it cannot run
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
    // a profile on disk: the databases of a private context live in memory and have a small quota
    context = await chromium.launchPersistentContext(profile, {
      executablePath,
      args: browserFlags(webGpu),
      headless: true,
      viewport: VIEWPORT,
      deviceScaleFactor: scale,
      colorScheme: 'light',
      acceptDownloads: true,
      // the server isolates the page; nobody comes back to this profile, so nothing need be kept for that
      serviceWorkers: 'block',
      // Ctrl-C must reach the lab first, which stops its training and keeps what there is
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
  // it is awaited only during work; a failure in between is reported by the next work
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

/** What a browser that was killed leaves would keep the next one from starting. */
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

/** A failed call to the lab carries its sentence as the message; the driver's prefix and stack go. */
export function pageSentence(error: unknown): string {
  return firstLine(error).replace(/^page\.\w+: (?:\w*Error: )*/, '');
}

function firstLine(error: unknown): string {
  return messageOf(error).split('\n', 1)[0] ?? '';
}
