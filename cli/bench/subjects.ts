/** The benchmark's page (page/main.ts), and its measurements. */
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
   * Asks the page for one measurement, and says so.
   * @param what for a failure's sentence
   * @param minutes after which it has failed
   */
  measure<T>(what: string, minutes: number, request: (page: Page) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface SubjectsOptions {
  readonly webGpu: WebGpu;
  /** Chromium's flags beyond those of every command. */
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

const packaged = z.object({ version: z.string() });

/** The version of an installed package, as its own package.json has it. */
export async function versionOf(name: string): Promise<string> {
  const text = await readFile(join(ROOT, 'node_modules', name, 'package.json'), 'utf8');
  return packaged.parse(JSON.parse(text)).version;
}
