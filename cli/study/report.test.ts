/** The committed report matches the committed results. */
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { ROOT } from '../lib/paths.ts';
import { PROCESS_TIMEOUT } from '../lib/timeouts.fixture.ts';
import { readMeasured } from './results.ts';
import { writtenSections } from './sections.ts';
import { rewritten, WRITTEN } from './written.ts';

const measured = await readMeasured();
/** Computed once for both files, since their intervals take seconds. */
let sections: ReturnType<typeof writtenSections>;
beforeAll(() => {
  sections = writtenSections(measured);
}, PROCESS_TIMEOUT);

it.each(WRITTEN.map((path) => [relative(ROOT, path), path]))(
  '%s says what docs/results says',
  async (_, path) => {
    const text = await readFile(path, 'utf8');
    expect(await rewritten(path, text, sections)).toBe(text);
  },
  PROCESS_TIMEOUT,
);
