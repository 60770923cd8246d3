/** Opens the benchmark's page (page/main.ts), and requests its measurements. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright';
import { z } from 'zod';
import { fail, LabError } from '#core/failure.ts';
import type { WebGpu } from '../lib/browser.ts';
import { openEnginePage } from '../build/enginePage.ts';
import { pageSentence } from '../lib/page.ts';
import { ROOT } from '../lib/paths.ts';

export interface Subjects {
  /**
   * Requests one measurement from the page, and prints that it does.
   * @param what names the measurement in an error's message
   * @param minutes time limit
   */
  measure<T>(what: string, minutes: number, request: (page: Page) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface SubjectsOptions {
  readonly webGpu: WebGpu;
  /** Chromium's flags in addition to those of all commands. */
  readonly flags?: readonly string[];
  readonly say: (line: string) => void;
}

export async function openSubjects({ webGpu, flags = [], say }: SubjectsOptions): Promise<Subjects> {
  const { page, guard, close } = await openEnginePage({ source: 'bench/page', webGpu, flags });
  return {
    close,
    measure(what, minutes, request) {
      say(`${what} ...`);
      return ask(what, minutes, guard(request(page)));
    },
  };
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
  // the timer is aborted when the work is done, which rejects it
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

const packaged = z.object({ version: z.string() });

/** The version of an installed package, from its package.json. */
export async function versionOf(name: string): Promise<string> {
  const text = await readFile(join(ROOT, 'node_modules', name, 'package.json'), 'utf8');
  return packaged.parse(JSON.parse(text)).version;
}
