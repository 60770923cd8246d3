import { describe, expect, it } from 'vitest';
import { memoryFiles } from '../../src/core/dataset/corpus.fixture.ts';
import { importDataset } from '../../src/core/dataset/import.ts';
import { folderSource } from '../../src/core/dataset/sources/folder.ts';
import { lexOnThreads } from './lexThreads.ts';

/** Enough for several batches: names that many files share, some that none does, and files that fail. */
const FILES = Object.fromEntries(
  Array.from({ length: 400 }, (_, i) => [
    `${String(i * 7919).slice(-3)}/${i}.py`,
    i % 50 === 0 ? 'f(\n' : Array.from({ length: 300 }, (_, k) => `v${(i * k) % 997} = "s${i}-${k % 11}"\n`).join(''),
  ]),
);

describe('lexOnThreads', () => {
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
