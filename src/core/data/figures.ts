/** The numbers of a data set that the Data page shows, counted while it is built. */
import type { CorpusFile } from './corpus.ts';
import type { DatasetStats } from './manifest.ts';
import type { FinalTokens } from './tally.ts';
import { Tally } from './tally.ts';

/** Points of the coverage curve. */
const COVERAGE_POINTS = 30;
const MIN_VOCABULARY = 100;
/** The task's own vocabulary size, which is always a point of the curve. */
const TASK_VOCABULARY = 10_000;
const MAX_UNKNOWN = 100;
/** Bars of the histogram for each factor of ten. */
const BARS = [1, 1.3, 1.8, 2.4, 3.2, 4.2, 5.6, 7.5] as const;

/** How many files have how many tokens, `<s>` and `</s>` counted. @param cut the row length, made an edge */
export function lengthHistogram(files: readonly CorpusFile[], cut: number): DatasetStats['lengths'] {
  const lengths = Float64Array.from(files, ({ tokens }) => tokens.length + 2).toSorted();
  const longest = lengths.at(-1) ?? 0;
  const edges = new Set([2, cut]);
  for (let decade = 1; decade <= longest; decade *= 10) {
    for (const step of BARS) edges.add(Math.max(2, Math.round(step * decade)));
  }
  const ascending = Float64Array.from(edges).toSorted();
  const bars: DatasetStats['lengths'] = [];
  let at = 0;
  for (let i = 0; i + 1 < ascending.length && at < lengths.length; i++) {
    const [from, to] = [ascending[i]!, ascending[i + 1]!];
    const first = at;
    while (at < lengths.length && lengths[at]! < to) at++;
    bars.push({ from, to, files: at - first });
  }
  if (at < lengths.length) bars.push({ from: ascending.at(-1)!, to: longest + 1, files: lengths.length - at });
  return bars;
}

export function longestFile(files: readonly CorpusFile[]): DatasetStats['longest'] {
  let longest = { path: '', tokens: 0 };
  for (const { path, tokens } of files) {
    if (tokens.length + 2 > longest.tokens) longest = { path, tokens: tokens.length + 2 };
  }
  return longest;
}

/**
 * @param commonest the training split's tokens by falling count: the vocabulary and all that follow it
 * @param counts of validation's tokens, after the cut
 * @param size of the vocabulary
 */
export function coverageFigures(
  commonest: Int32Array,
  counts: Tally,
  size: number,
  finals: FinalTokens,
): Pick<DatasetStats, 'coverage' | 'unknown'> {
  let total = 0;
  for (const number of counts.seen) total += counts.count(number);
  const coverage: DatasetStats['coverage'] = [];
  let known = 0;
  let at = 0;
  for (const vocabulary of total === 0 ? [] : vocabularySizes(commonest.length)) {
    for (; at < vocabulary; at++) known += counts.count(commonest[at]!);
    coverage.push({ vocabulary, unknown: (total - known) / total });
  }
  const inVocabulary = new Set(commonest.subarray(0, size));
  const unknown = new Tally(finals.size);
  for (const number of counts.seen) if (!inVocabulary.has(number)) unknown.add(number, counts.count(number));
  return {
    coverage,
    unknown: Array.from(unknown.mostCommon().subarray(0, MAX_UNKNOWN), (number) => ({
      token: shortened(finals.text(number)),
      count: unknown.count(number),
    })),
  };
}

/** Sizes at equal steps of their logarithm. */
function vocabularySizes(distinct: number): number[] {
  const least = Math.min(MIN_VOCABULARY, distinct);
  const sizes = new Set([distinct]);
  if (distinct > TASK_VOCABULARY) sizes.add(TASK_VOCABULARY);
  for (let i = 0; i < COVERAGE_POINTS; i++) {
    sizes.add(Math.round(least * (distinct / least) ** (i / (COVERAGE_POINTS - 1))));
  }
  return [...sizes].filter((size) => size > 0).toSorted((a, b) => a - b);
}

/** Characters of a token that are shown: an unterminated string can span a whole file. */
const MAX_SHOWN = 200;
function shortened(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
