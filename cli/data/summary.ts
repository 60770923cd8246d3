/** What `npm run data` says it did. */
import { relative } from 'node:path';
import { type Manifest, SPLITS } from '../../src/core/dataset/manifest.ts';
import { formatBytes, formatCount, formatCounted, formatPercent } from '../../src/core/format.ts';

/** Left-out files named in the terminal; the manifest has all. */
const MOST_NAMED = 20;

export function datasetSummary(manifest: Manifest, folder: string): string {
  const { counts, vocabulary, literals, splits, skipped } = manifest;
  const bare = counts.tokens - 2 * counts.files;
  const shards = SPLITS.flatMap((split) => splits[split].shards);
  const line = (name: string, text: string) => `  ${name.padEnd(11)} ${text}`;
  return [
    `${manifest.title} in ${relative('', folder) || folder}`,
    line('files', `${formatCount(counts.files)} with tokens, ${formatCount(skipped.length)} left out`),
    line(
      'tokens',
      `${formatCount(bare)} (${formatCount(counts.tokens)} with <s> and </s>), ${formatCount(counts.distinctTokens)} distinct`,
    ),
    line(
      'vocabulary',
      `${formatCounted(vocabulary.tokens.length, 'token')}; kept are ${formatCounted(literals.str.length, 'string')} and ${formatCounted(literals.num.length, 'number')}`,
    ),
    ...SPLITS.map((split) => {
      const { rows, keptTokens, tokens, unknownTokens } = splits[split];
      const kept = `${formatCount(keptTokens)} of ${formatCount(tokens)} tokens in rows of ${formatCount(manifest.length)}`;
      const unknown = `${formatPercent(keptTokens === 0 ? null : unknownTokens / keptTokens)} of them unknown`;
      return line(split, `${formatCounted(rows, 'row')}, ${kept}, ${unknown}`);
    }),
    line(
      'shards',
      `${formatCounted(shards.length, 'file')}, ${formatBytes(shards.reduce((sum, { bytes }) => sum + bytes, 0))}`,
    ),
    line('licence', manifest.licence),
    line('sha256', manifest.sha256),
    ...leftOut(skipped),
  ].join('\n');
}

function leftOut(skipped: Manifest['skipped']): string[] {
  if (skipped.length === 0) return [];
  const more = skipped.length - MOST_NAMED;
  return [
    'Left out:',
    ...skipped
      .slice(0, MOST_NAMED)
      .map(({ path, line, reason }) => `  ${path}${line === null ? '' : `:${line}`}: ${reason}`),
    ...(more > 0 ? [`  and ${formatCounted(more, 'file')} more, all listed in the manifest`] : []),
  ];
}
