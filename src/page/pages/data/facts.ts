/** What the manifest alone says about a data set. */
import { splitsOf, type AnySplit, type Manifest } from '#core/data/manifest.ts';
import { formatCount, formatCounted, formatPercent } from '#core/format.ts';

export const SPLIT_TITLES: Readonly<Record<AnySplit, string>> = {
  train: 'Train',
  validation: 'Validation',
  test: 'Test',
  dev: 'Dev',
};

/** Below these, what is measured says more about the few files than about the model. */
const FEW_TRAINING_FILES = 100;
const FEW_MEASURED_FILES = 20;

/** Files of a split; older writers knew only rows, of which each file had one. */
export function filesOf(manifest: Pick<Manifest, 'splits'>, split: AnySplit): number {
  const entry = manifest.splits[split];
  return entry?.files ?? entry?.rows ?? 0;
}

/** Share of a split's tokens that the cut left out; null where there are no tokens. */
export function lostShare({
  tokens,
  keptTokens,
}: {
  readonly tokens: number;
  readonly keptTokens: number;
}): number | null {
  return tokens > 0 ? (tokens - keptTokens) / tokens : null;
}

/** The same of all splits together. */
export function lostOfAll(manifest: Pick<Manifest, 'splits'>): number | null {
  const sum = { tokens: 0, keptTokens: 0 };
  for (const [, { tokens, keptTokens }] of splitsOf(manifest)) {
    sum.tokens += tokens;
    sum.keptTokens += keptTokens;
  }
  return lostShare(sum);
}

/** What the user should know before training on it, each a sentence or two. */
export function warningsOf(manifest: Pick<Manifest, 'splits' | 'figures' | 'counts'>): readonly string[] {
  const warnings: string[] = [];
  const empty = (['train', 'validation', 'test'] as const).filter((split) => manifest.splits[split].rows === 0);
  if (empty.length > 0) {
    const names = empty.map((split) => SPLIT_TITLES[split].toLowerCase()).join(' and ');
    warnings.push(
      `There are no files in ${names}, so the lab cannot train on this data set. Import at least ten files, or all splits of a published data set.`,
    );
  }
  const training = filesOf(manifest, 'train');
  if (training > 0 && training < FEW_TRAINING_FILES) {
    warnings.push(
      `Only ${formatCounted(training, 'training file')}. A network will soon memorize them, but they are enough to try things out.`,
    );
  }
  const few = (['validation', 'test'] as const).filter((split) => {
    const files = filesOf(manifest, split);
    return files > 0 && files < FEW_MEASURED_FILES;
  });
  if (few.length > 0) {
    const parts = few.map((split) => `${formatCounted(filesOf(manifest, split), 'file')} in ${split}`).join(' and ');
    warnings.push(`Only ${parts}: results will be noisy.`);
  }
  const { duplicates } = manifest.figures ?? {};
  if (duplicates && !duplicates.dropped && duplicates.files > manifest.counts.files / 10) {
    warnings.push(
      `${formatPercent(duplicates.files / manifest.counts.files, 0)} of the files are copies of others, so test results look better than they are. Import again without duplicates.`,
    );
  }
  return warnings;
}

/** The coverage curve in one sentence. */
export function describeCoverage(
  coverage: readonly { readonly vocabulary: number; readonly unknown: number }[],
  own: { readonly vocabulary: number; readonly unknown: number },
): string {
  const first = coverage[0];
  const last = coverage.at(-1);
  if (!first || !last) return '';
  const at = ({ vocabulary, unknown }: typeof first) =>
    `${formatPercent(unknown)} with ${formatCount(vocabulary)} tokens`;
  return `Unknown tokens in validation by vocabulary size: ${at(first)}, ${at(own)} (this data set’s), ${at(last)} (all there are).`;
}

/** The histogram in one sentence. */
export function describeLengths(
  lengths: readonly { readonly from: number; readonly to: number; readonly files: number }[],
  cut: number,
): string {
  const all = lengths.reduce((sum, { files }) => sum + files, 0);
  const longer = lengths.filter(({ from }) => from >= cut).reduce((sum, { files }) => sum + files, 0);
  const most = lengths.toSorted((a, b) => b.files - a.files)[0];
  if (!most || all === 0) return '';
  return `Files by their number of tokens: ${formatCount(longer)} of ${formatCount(all)} have ${formatCount(cut)} tokens or more; most files, ${formatCount(most.files)}, have ${formatCount(most.from)} to ${formatCount(most.to - 1)}.`;
}
