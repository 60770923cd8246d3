import { describe, expect, it } from 'vitest';
import { memoryFiles } from '#core/data/corpus.fixture.ts';
import { importDataset } from '#core/data/import.ts';
import { folderSource } from '#core/data/sources/folder.ts';
import { PROCESS_TIMEOUT } from '../lib/timeouts.fixture.ts';
import { lexOnThreads } from './lexThreads.ts';

/** A file whose encoding has to be loaded. */
const KOREAN = Uint8Array.from([...new TextEncoder().encode('# coding: cp949\rx = '), 0xc1, 0x64]);

/** Enough files for several batches. Some names are shared by many files, others are unique, and some files fail. */
const FILES = Object.fromEntries(
  Array.from({ length: 400 }, (_, i) => [
    `${String(i * 7919).slice(-3)}/${i}.py`,
    i % 50 === 0
      ? 'f(\n'
      : i % 50 === 1
        ? KOREAN
        : Array.from({ length: 300 }, (_, k) => `v${(i * k) % 997} = "s${i}-${k % 11}"\n`).join(''),
  ]),
);

describe('lexOnThreads', { timeout: PROCESS_TIMEOUT }, () => {
  it('comes to the same data set as one thread does, whatever their number', async () => {
    const made = [];
    for (const openLexing of [undefined, lexOnThreads(1), lexOnThreads(3)]) {
      const source = folderSource('Some code', memoryFiles(FILES));
      made.push(
        await importDataset(source, { length: 100, ...(openLexing === undefined ? {} : { openLexing }) }, () =>
          Promise.resolve(),
        ),
      );
    }
    expect(made[0]!.counts.files).toBe(392);
    expect(made[1]).toEqual(made[0]);
    expect(made[2]).toEqual(made[0]);
  });
});
