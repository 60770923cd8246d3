/** A browser with a profile that is kept: it can be killed at any moment, and opened again with the same profile. */
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type BrowserContext, type Page } from 'playwright';
import { fail } from '#core/failure.ts';
import { browserFlags, findBrowser, type WebGpu } from '../lib/browser.ts';
import { unlock } from '../lib/page.ts';
import { failingWorkers } from './failingWorkers.ts';

/** Milliseconds until the lab is ready, even on a busy machine. */
const OPENING_PATIENCE = 90_000;

const KILL_WORKER = failingWorkers('killWorker', 'options?.name === undefined');

export class Profile {
  readonly folder: string;
  readonly #address: string;
  readonly #webGpu: WebGpu;
  #context: BrowserContext | null = null;

  private constructor(folder: string, address: string, webGpu: WebGpu) {
    this.folder = folder;
    this.#address = address;
    this.#webGpu = webGpu;
  }

  /** @param from a profile to copy; without it the new profile is empty */
  static async make(address: string, webGpu: WebGpu, from?: Profile): Promise<Profile> {
    const folder = await mkdtemp(join(tmpdir(), 'minicopilot-faults-'));
    if (from) await cp(from.folder, folder, { recursive: true });
    return new Profile(folder, address, webGpu);
  }

  get context(): BrowserContext {
    return this.#context ?? fail('worker', 'The browser is not open.', 'Please report it.');
  }

  /** Opens the lab and waits for its worker. */
  async open(): Promise<Page> {
    await unlock(this.folder);
    this.#context = await chromium.launchPersistentContext(this.folder, {
      executablePath: findBrowser(),
      args: browserFlags(this.#webGpu),
      headless: true,
      serviceWorkers: 'block',
      handleSIGINT: false,
    });
    const page = this.#context.pages()[0] ?? (await this.#context.newPage());
    await page.addInitScript({ content: KILL_WORKER });
    await page.goto(this.#address);
    await this.ready(page);
    return page;
  }

  async ready(page: Page): Promise<void> {
    await page.waitForFunction(() => globalThis.minicopilot?.state().connection.state === 'ready', undefined, {
      timeout: OPENING_PATIENCE,
    });
  }

  async close(): Promise<void> {
    await this.#context?.close();
    this.#context = null;
  }

  /** Sends SIGKILL to all processes of this browser, or only to those of a type. */
  async kill(type?: string): Promise<void> {
    for (const pid of await this.#processes(type)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // the process has already ended
      }
    }
    if (type !== undefined) return;
    this.#context = null;
    await sleep(500);
  }

  async remove(): Promise<void> {
    await this.close().catch(() => {});
    await this.kill();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  async #processes(type: string | undefined): Promise<number[]> {
    const found: number[] = [];
    for (const name of await readdir('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const words = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
      const own = words.includes(this.folder);
      if (own && (type === undefined || words.includes(`--type=${type}`))) found.push(Number(name));
    }
    return found;
  }
}
