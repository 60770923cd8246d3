/**
 * The verifier's page (page/main.ts) in a headless Chromium, built anew, and what identifies the build and the machine.
 *
 * Functions given to `evaluate` are sent as text, and may not name anything outside them but globals.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { arch, cpus } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright';
import { build, type PluginOption } from 'vite';
import { fail, LabError, messageOf } from '#core/failure.ts';
import type { Verifier } from '#core/regression/verifier.ts';
import { assemblyScript } from '../build/assemblyScript.ts';
import { browserFlags, findBrowser, type WebGpu } from '../lib/browser.ts';
import { pageSentence } from '../lib/page.ts';
import { ROOT } from '../lib/paths.ts';
import { serveSite } from '../lib/site.ts';

export interface VerifierPage extends Verifier {
  /** Identifies everything but the device that decides bits: the built code, the browser, the processor. */
  readonly fingerprint: string;
  close(): Promise<void>;
}

export async function openVerifier(webGpu: WebGpu): Promise<VerifierPage> {
  const executablePath = findBrowser();
  // a folder a process: two commands at a time do not take each other's files away
  const folder = join(ROOT, 'node_modules', '.cache', 'verify', `page-${process.pid}`);
  const ends = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const end of ends.toReversed()) await end();
  };
  try {
    await buildPage(folder);
    const site = await serveSite(folder, { port: 0 });
    ends.push(() => site.close());
    const browser = await chromium.launch({ executablePath, args: browserFlags(webGpu), headless: true });
    ends.push(() => browser.close());
    const page = await browser.newPage();
    const broken = new Promise<never>((_, reject) => {
      page.on('pageerror', reject);
      page.on('crash', () => reject(new Error('the page crashed')));
      page.on('close', () => reject(new Error('the browser was closed')));
    });
    // it is raced only while there is work
    broken.catch(() => {});
    await page.goto(site.address);
    const ask = <T>(what: string, request: (page: Page) => Promise<T>) =>
      answered(what, Promise.race([request(page), broken]));
    return {
      fingerprint: await fingerprintOf(folder, browser.version()),
      open: (device) =>
        ask(`The device ${device}`, (page) => page.evaluate((kind) => globalThis.verifier.open(kind), device)),
      record: (model) =>
        ask(`The training of ${model}`, (page) => page.evaluate((name) => globalThis.verifier.record(name), model)),
      checkOracle: (facts, tensors) =>
        ask('The comparison with PyTorch', (page) =>
          page.evaluate((wanted) => globalThis.verifier.checkOracle(wanted.facts, wanted.tensors), {
            facts,
            tensors: plain(tensors),
          }),
        ),
      replay: (file) =>
        ask('The replay', (page) => page.evaluate((bytes) => globalThis.verifier.replay(bytes), plain(file))),
      logits: (weights, ids) =>
        ask('The forward pass', (page) =>
          page.evaluate((wanted) => globalThis.verifier.logits(wanted.weights, wanted.ids), {
            weights: plain(weights),
            ids: plain(ids),
          }),
        ),
      checkFullSize: (model, device) =>
        ask(`The step of the full-size ${model}`, (page) =>
          page.evaluate((wanted) => globalThis.verifier.checkFullSize(wanted.model, wanted.device), { model, device }),
        ),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Node's Buffer would cross as JSON; the array it is made of crosses as bytes. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

async function answered<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new LabError({ kind: 'worker', what: `${what} failed: ${pageSentence(cause)}`, remedy: '' }, { cause });
  }
}

async function fingerprintOf(folder: string, browser: string): Promise<string> {
  const hash = createHash('sha256').update(`${browser}\n${arch()}\n${cpus()[0]?.model ?? ''}\n`);
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = files.filter((file) => file.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  for (const path of paths.toSorted()) hash.update(path.slice(folder.length)).update(await readFile(path));
  return hash.digest('hex');
}

/** For the page and for its worker, which Vite bundles apart. */
const plugins = (): PluginOption[] => [assemblyScript()];

async function buildPage(folder: string): Promise<void> {
  try {
    await build({
      root: join(ROOT, 'cli', 'verify', 'page'),
      configFile: false,
      base: './',
      logLevel: 'error',
      plugins: plugins(),
      worker: { format: 'es', plugins },
      build: { target: 'es2023', outDir: folder, emptyOutDir: true, reportCompressedSize: false },
    });
  } catch (cause) {
    fail('internal', `The verifier's page does not build: ${messageOf(cause)}`, 'Mend the source it names.', cause);
  }
}
