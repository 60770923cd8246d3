import { describe, expect, it } from 'vitest';
import type { Rows } from '#core/data/batches/rows.ts';
import { BatchLoader } from './loader.ts';

const cut = { length: 4, vocabulary: 100 };
const later = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Row r is [r + 2, r + 2, 0, 0], and takes `delay` milliseconds to read. */
function slowRows(delay: number, reads: number[][] = []): Rows {
  return {
    lengths: Uint16Array.of(2, 2, 2, 2),
    async read(indices) {
      reads.push([...indices]);
      await later(delay);
      return indices.map((row) => Uint16Array.of(row + 2, row + 2, 0, 0));
    },
  };
}

describe('BatchLoader', () => {
  it('gives every batch in order, the last one as small as it is', async () => {
    const loader = new BatchLoader(slowRows(0), cut, [[2, 0], [3, 1], [0]]);
    const seen: number[][] = [];
    for await (const batch of loader) seen.push([...batch.inputs]);
    expect(seen).toEqual([[4, 2], [5, 3], [2]]);
    expect(loader.length).toBe(3);
  });

  it('reads the next batch while the caller works on this one, so that the caller does not wait', async () => {
    const reads: number[][] = [];
    const loader = new BatchLoader(slowRows(30, reads), cut, [[0], [1], [2]]);
    const batches = loader[Symbol.asyncIterator]();
    await batches.next();
    expect(reads).toEqual([[0], [1]]);
    const first = loader.waitedSeconds;
    expect(first).toBeGreaterThan(0.02);
    await later(60);
    await batches.next();
    expect(loader.waitedSeconds - first).toBeLessThan(0.02);
  });

  it('hands a failed read to the caller at its batch', async () => {
    const rows: Rows = {
      lengths: Uint16Array.of(1, 1),
      read: ([row]) => (row === 1 ? Promise.reject(new Error('damaged')) : Promise.resolve([Uint16Array.of(2, 3)])),
    };
    const batches = new BatchLoader(rows, cut, [[0], [1]])[Symbol.asyncIterator]();
    expect((await batches.next()).value).toMatchObject({ counted: 1 });
    await expect(batches.next()).rejects.toThrow('damaged');
  });

  it('gives nothing for no batches', async () => {
    expect(await new BatchLoader(slowRows(0), cut, [])[Symbol.asyncIterator]().next()).toMatchObject({ done: true });
  });
});
