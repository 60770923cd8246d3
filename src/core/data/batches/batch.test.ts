import { describe, expect, it } from 'vitest';
import { streamFor } from '../../random/stream.ts';
import { joinRows, makeBatch, rowLength, splitBatch } from './batch.ts';

const row = (...ids: number[]) => Uint16Array.from(ids);
const cut = { length: 6, vocabulary: 10 };

describe('makeBatch', () => {
  it('shifts targets by one, time-major, and leaves out the steps that are padding for all', () => {
    const batch = makeBatch([row(2, 3, 4, 0, 0, 0), row(5, 6, 0, 0, 0, 0)], cut);
    expect(batch).toMatchObject({ rows: 2, steps: 2, counted: 3 });
    expect([...batch.inputs]).toEqual([2, 5, 3, 6]);
    expect([...batch.targets]).toEqual([3, 6, 4, 0]);
  });

  it('cuts rows at the length and reads ids past the vocabulary as UNK', () => {
    const batch = makeBatch([row(11, 12, 2, 11, 7)], { length: 4, vocabulary: 10 });
    expect([...batch.inputs]).toEqual([11, 1, 2]);
    expect([...batch.targets]).toEqual([1, 2, 11]);
    expect(batch.counted).toBe(3);
  });

  it('gives one step without a target for rows too short to have one', () => {
    const batch = makeBatch([row(0, 0, 0), row(4, 0, 0)], cut);
    expect(batch).toMatchObject({ rows: 2, steps: 1, counted: 0 });
    expect([...batch.inputs]).toEqual([0, 4]);
    expect([...batch.targets]).toEqual([0, 0]);
  });

  it('gives no rows for none', () => {
    expect(makeBatch([], cut)).toMatchObject({ rows: 0, steps: 1, counted: 0 });
  });
});

it('rowLength ignores what trails and keeps what does not', () => {
  expect(rowLength(row(3, 0, 4, 0, 0))).toBe(3);
  expect(rowLength(row(3, 0, 4, 0, 0), 2)).toBe(1);
  expect(rowLength(row())).toBe(0);
});

describe('splitBatch', () => {
  const random = streamFor(3, 'rows');
  const lengths = [9, 1, 4, 0, 0, 7, 2];
  const rows = lengths.map((length) => {
    const ids = new Uint16Array(12);
    for (let i = 0; i < length; i++) ids[i] = 2 + random.below(9);
    return ids;
  });
  const wide = { length: 12, vocabulary: 20 };

  it.each([1, 2, 3, 4, 6])('cuts into what a batch of %i rows alone would be', (most) => {
    const parts = splitBatch(makeBatch(rows, wide), most);
    expect(parts.map(({ firstRow }) => firstRow)).toEqual([...rows.keys()].filter((row) => row % most === 0));
    for (const { firstRow, ...part } of parts) {
      expect(part).toEqual(makeBatch(rows.slice(firstRow, firstRow + most), wide));
    }
    expect(parts.reduce((sum, { counted }) => sum + counted, 0)).toBe(makeBatch(rows, wide).counted);
  });

  it('leaves a batch that is small enough as it is', () => {
    const batch = makeBatch(rows, wide);
    expect(splitBatch(batch, 7)).toEqual([{ ...batch, firstRow: 0 }]);
    expect(splitBatch(batch, 7)[0]!.inputs).toBe(batch.inputs);
  });

  it.each([1, 3, 7])('puts what micro-batches of %i rows give back in its place', (most) => {
    const batch = makeBatch(rows, wide);
    const parts = splitBatch(batch, most);
    const values = parts.map(({ targets }) => Float32Array.from(targets));
    expect([...joinRows(batch, parts, values)]).toEqual([...batch.targets]);
  });
});
