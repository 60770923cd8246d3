/** Made-up breakdowns, for the tests of this folder. */
import { BREAKDOWN_GROUPS, GROUP_SUMS, OVERALL_SUMS, type Breakdown } from '../metrics/breakdown.ts';
import { streamFor } from '../random/stream.ts';

/** Thirty files of 100 targets, a share of them hit at 5; names more often where `names` says so. */
export function breakdownOf(share: number, { files = 30, seed = 1, names = 0, unknown = 10 } = {}): Breakdown {
  const random = streamFor(seed, 'breakdown');
  const overall = new Float32Array(files * OVERALL_SUMS.length);
  const grouped = new Float32Array(files * BREAKDOWN_GROUPS.length * GROUP_SUMS.length);
  const [keyword, name] = [0, 1];
  for (let file = 0; file < files; file++) {
    const put = (group: number, hits: number) => {
      grouped.set([50, 100, hits / 2, hits], (file * BREAKDOWN_GROUPS.length + group) * GROUP_SUMS.length);
    };
    const hits = (extra: number) =>
      Array.from({ length: 50 }, () => random.uniform()).filter((u) => u < share + extra).length;
    const [ofKeywords, ofNames] = [hits(0), hits(names)];
    put(keyword, ofKeywords);
    put(name, ofNames);
    const all = ofKeywords + ofNames;
    overall.set([100, 250 - all, 240 - all, unknown, all / 2, all, all - 5, 90, all / 2], file * OVERALL_SUMS.length);
  }
  return {
    schema: 1,
    dataset: { id: 'python-stdlib', sha256: 'ab'.repeat(32) },
    split: 'test',
    groups: BREAKDOWN_GROUPS,
    files,
    overall,
    grouped,
  };
}
