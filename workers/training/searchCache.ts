/** Searches theta and lambda of a model's continuous cache on a few validation rows, with its current weights. */
import { bestOf, gridOf, PointSum, searchedRows, THETAS } from '#core/cache/search.ts';
import type { CacheSearch } from '#core/cache/searchRecord.ts';
import { makeBatch, type Cut } from '#core/data/batches/batch.ts';
import type { Device } from '#engine/devices/device.ts';
import type { CompletionModel } from '#engine/models/completionModel.ts';
import { cachedScores, scoresOfRows, textsOf, type TextRows } from './cachedBatch.ts';

/** Rows that are computed at once: a device gives the masses of every theta for all of them. */
const ROWS = 4;

export interface SearchOptions {
  readonly device: Pick<Device, 'beginBatch'>;
  readonly model: CompletionModel;
  readonly rows: TextRows;
  readonly cut: Cut;
  /** `nameFlags` of the data set. */
  readonly names: readonly boolean[];
  readonly seed: number;
  /** Called and awaited after each batch. The search ends if it returns false. */
  readonly onBatch: (done: number, total: number) => Promise<boolean>;
}

/** @returns null if `onBatch` ended it, or if no pair gives a finite loss */
export async function searchCache(options: SearchOptions): Promise<CacheSearch | null> {
  const { device, model, rows, cut, names, seed, onBatch } = options;
  const indices = searchedRows(
    rows.lengths.map((length) => Math.min(length, cut.length)),
    seed,
  );
  const sums = gridOf().map((parameters) => ({ parameters, sum: new PointSum(parameters) }));
  const total = Math.ceil(indices.length / ROWS);
  for (let batch = 0; batch < total; batch++) {
    const own = indices.slice(batch * ROWS, (batch + 1) * ROWS);
    const host = makeBatch(await rows.read(own), cut);
    const texts = await textsOf(rows, own, cut, names);
    const read = await cachedScores({ device, model }, host, { ...host, firstRow: 0 }, texts, THETAS);
    for (const { parameters, sum } of sums) {
      const masses = read.masses[THETAS.indexOf(parameters.theta)]!;
      for (const [row, ofRow] of scoresOfRows(host, texts, read, masses, parameters).entries())
        sum.add(texts[row]!, ofRow);
    }
    if (!(await onBatch(batch + 1, total))) return null;
  }
  const points = sums.map(({ sum }) => sum.point());
  const parameters = bestOf(points);
  return parameters && { parameters, rows: indices.length, targets: sums[0]?.sum.targets ?? 0, points };
}
