/** Made-up breakdowns, for the tests of this folder. */
import { BREAKDOWN_GROUPS, type Breakdown } from '../metrics/breakdown.ts';
import { GROUP_SUM_NAMES, SUM_NAMES, type Sums } from '../metrics/sums.ts';
import { streamFor } from '../random/stream.ts';

/** Thirty files of 100 targets, a share of them hit at 5; names more often where `names` says so. */
export function breakdownOf(share: number, { files = 30, seed = 1, names = 0, unknown = 10 } = {}): Breakdown {
  const random = streamFor(seed, 'breakdown');
  const put = (into: Float32Array, names: readonly (keyof Sums)[], row: number, sums: Partial<Sums>) =>
    into.set(
      names.map((name) => sums[name] ?? 0),
      row * names.length,
    );
  const overall = new Float32Array(files * SUM_NAMES.length);
  const grouped = new Float32Array(files * BREAKDOWN_GROUPS.length * GROUP_SUM_NAMES.length);
  const [keyword, name] = [0, 1];
  for (let file = 0; file < files; file++) {
    const putGroup = (group: number, top5: number) =>
      put(grouped, GROUP_SUM_NAMES, file * BREAKDOWN_GROUPS.length + group, {
        counted: 50,
        loss: 100,
        top1: top5 / 2,
        top5,
        cacheLoss: 90,
        cacheTop5: top5,
      });
    const hits = (extra: number) =>
      Array.from({ length: 50 }, () => random.uniform()).filter((u) => u < share + extra).length;
    const [ofKeywords, ofNames] = [hits(0), hits(names)];
    putGroup(keyword, ofKeywords);
    putGroup(name, ofNames);
    const all = ofKeywords + ofNames;
    put(overall, SUM_NAMES, file, {
      counted: 100,
      loss: 250 - all,
      knownLoss: 240 - all,
      unknown,
      top1: all / 2,
      top5: all,
      top5Known: all - 5,
      codexglueCounted: 90,
      codexglueHits: all / 2,
      names: 50,
      top1Names: ofNames / 2,
      top5Names: ofNames,
      cacheLoss: 220 - all,
      cacheTop1: all / 2,
      cacheTop5: all,
      cacheCodexglueHits: all / 2,
      cacheTop1Names: ofNames / 2,
      cacheTop5Names: ofNames,
    });
  }
  return {
    schema: 1,
    dataset: { id: 'python-stdlib', sha256: 'ab'.repeat(32) },
    split: 'test',
    groups: BREAKDOWN_GROUPS,
    files,
    sums: SUM_NAMES,
    groupSums: GROUP_SUM_NAMES,
    overall,
    grouped,
  };
}
