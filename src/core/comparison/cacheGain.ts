/** What a continuous cache adds to one model: figures with it less figures without, with intervals over test files. */
import type { Breakdown } from '../metrics/breakdown.ts';
import type { SumName } from '../metrics/sums.ts';
import { keysOf, recordOf } from '../records.ts';
import { intervalOf, type Interval } from '../statistics/interval.ts';
import { pairedJackknife, type FileSums } from '../statistics/jackknife.ts';

/** The sums behind a rate: hits without a cache, hits with it, and the targets that both are divided by. */
const GAINS = {
  top5Known: ['top5Known', 'cacheTop5', 'counted'],
  codexglue: ['codexglueHits', 'cacheCodexglueHits', 'codexglueCounted'],
  top1Names: ['top1Names', 'cacheTop1Names', 'names'],
  top5Names: ['top5Names', 'cacheTop5Names', 'names'],
} as const satisfies Readonly<Record<string, readonly [without: SumName, cached: SumName, whole: SumName]>>;

export type CacheGain = Readonly<Record<keyof typeof GAINS, Interval>>;

const NAMES = keysOf(GAINS);

/** Intervals cover the files alone; there are none where the breakdown was counted without a cache. */
export function cacheGain(breakdown: Breakdown): CacheGain {
  const sumsOf = (which: 0 | 1): FileSums => {
    const columns = NAMES.flatMap((name) => [GAINS[name][which], GAINS[name][2]]);
    const places = columns.map((column) => breakdown.sums.indexOf(column));
    const sums = Float64Array.from({ length: breakdown.files * columns.length }, (_, at) => {
      const place = places[at % columns.length]!;
      const file = Math.floor(at / columns.length);
      return place < 0 ? Number.NaN : breakdown.overall[file * breakdown.sums.length + place]!;
    });
    return { files: breakdown.files, columns: columns.length, sums };
  };
  const differences = pairedJackknife({
    baseline: sumsOf(0),
    candidate: sumsOf(1),
    statistics: NAMES.map((_, index) => (totals) => totals[2 * index]! / totals[2 * index + 1]!),
  });
  return recordOf(NAMES, (name) => {
    const { estimate, variance, units } = differences[NAMES.indexOf(name)]!;
    return intervalOf({ estimate, parts: variance === null ? null : [{ variance, degrees: units - 1 }] });
  });
}
