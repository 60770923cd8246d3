/**
 * The verifier's page (page/main.ts) and what identifies the build and the machine.
 *
 * Functions given to `evaluate` are sent as text, so they may only refer to globals.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { arch, cpus } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { LabError } from '#core/failure.ts';
import type { Verifier } from '#core/regression/verifier.ts';
import type { WebGpu } from '../lib/browser.ts';
import { openEnginePage } from '../build/enginePage.ts';
import { pageSentence } from '../lib/page.ts';

export interface VerifierPage extends Verifier {
  /** Identifies what decides the bits, apart from the device: the built code, the browser, the processor. */
  readonly fingerprint: string;
  close(): Promise<void>;
}

export async function openVerifier(webGpu: WebGpu): Promise<VerifierPage> {
  const { page, guard, folder, browserVersion, close } = await openEnginePage({ source: 'verify/page', webGpu });
  const ask = <T>(what: string, request: (page: Page) => Promise<T>) => answered(what, guard(request(page)));
  try {
    return {
      fingerprint: await fingerprintOf(folder, browserVersion),
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
      checkCache: (text) =>
        ask('The comparison of the cache with PyTorch', (page) =>
          page.evaluate((wanted) => globalThis.verifier.checkCache(wanted), text),
        ),
      evaluateStored: ({ weights, validation, test, ...rest }) =>
        ask('The evaluation', (page) =>
          page.evaluate((wanted) => globalThis.verifier.evaluateStored(wanted), {
            ...rest,
            weights: plain(weights),
            validation: { rows: plain(validation.rows), outside: plain(validation.outside) },
            test: { rows: plain(test.rows), outside: plain(test.outside) },
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

/** Copies a Buffer, which `evaluate` would send as JSON, to a plain array, which is sent as bytes. */
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
