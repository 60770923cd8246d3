/** The summary that `npm run data` prints. */
import { relative } from 'node:path';
import type { ImportProgress } from '#core/data/import.ts';
import { noteText } from '#core/data/notes.ts';
import { type DatasetStats, type Manifest, readingOf, shardsOf, splitsOf } from '#core/data/manifest.ts';
import {
  formatByteRate,
  formatBytes,
  formatCount,
  formatCounted,
  formatDuration,
  formatPercent,
} from '#core/format.ts';
import { visibleText } from '#core/visibleText.ts';

/** Number of left-out files listed in the terminal; the manifest lists all. */
const MAX_NAMED = 20;

export function datasetSummary(manifest: Manifest, folder: string): string {
  const { counts, vocabulary, literals, skipped, figures, notes = [] } = manifest;
  const bare = counts.tokens - 2 * counts.files;
  const shards = shardsOf(manifest);
  const line = (name: string, text: string) => `  ${name.padEnd(11)} ${text}`;
  const lines = [
    `${manifest.title} in ${relative('', folder) || folder}`,
    line(
      'files',
      `${formatCount(counts.files)} with tokens, ${formatCount(figures?.skipped ?? skipped.length)} left out`,
    ),
    ...(figures === undefined ? [] : [line('duplicates', duplicatesText(figures.duplicates))]),
    line(
      'tokens',
      `${formatCount(bare)} (${formatCount(counts.tokens)} with <s> and </s>), ${formatCount(counts.distinctTokens)} distinct`,
    ),
    line(
      'vocabulary',
      `${formatCounted(vocabulary.tokens.length, 'token')}; kept are ${formatCounted(literals.str.length, 'string')} and ${formatCounted(literals.num.length, 'number')}`,
    ),
    ...splitsOf(manifest).map(([split, { rows, keptTokens, tokens, unknownTokens }]) => {
      const kept = `${formatCount(keptTokens)} of ${formatCount(tokens)} tokens in rows of ${formatCount(manifest.length)}`;
      const unknown = `${formatPercent(keptTokens === 0 ? null : unknownTokens / keptTokens)} of them unknown`;
      return line(split, `${formatCounted(rows, 'row')}, ${kept}, ${unknown}`);
    }),
    line(
      'shards',
      `${formatCounted(shards.length, 'file')}, ${formatBytes(shards.reduce((sum, { bytes }) => sum + bytes, 0))}`,
    ),
    line('rules', manifest.rules),
    line('read as', readingOf(manifest)),
    line('licence', manifest.licence),
    line('sha256', manifest.sha256),
    ...leftOut(skipped, figures?.skipped ?? skipped.length),
    ...reasonsText(figures?.reasons ?? []),
    ...notes.map((note) => `${noteText(note)}.`),
  ];
  // file names and titles are untrusted, and a terminal interprets control characters
  return visibleText(lines.join('\n'));
}

function duplicatesText({ files, dropped }: DatasetStats['duplicates']): string {
  if (files === 0) return 'no file has the tokens of an earlier one';
  const same = `${formatCounted(files, 'file')} with the tokens of an earlier one`;
  return dropped ? `${same}, dropped` : `${same}, kept (--drop-duplicates drops them)`;
}

function leftOut(skipped: Manifest['skipped'], total: number): string[] {
  if (skipped.length === 0) return [];
  const more = total - Math.min(MAX_NAMED, skipped.length);
  return [
    'Left out:',
    ...skipped
      .slice(0, MAX_NAMED)
      .map(({ path, line, reason }) => `  ${path}${line === null ? '' : `:${line}`}: ${reason}`),
    ...(more > 0
      ? [
          `  and ${formatCounted(more, 'file')} more; the manifest lists ${skipped.length < total ? `the first ${formatCount(skipped.length)}` : 'all'}`,
        ]
      : []),
  ];
}

/** Counts by reason, if there are several reasons. */
function reasonsText(reasons: NonNullable<DatasetStats['reasons']>): string[] {
  if (reasons.length < 2) return [];
  return ['By reason:', ...reasons.map(({ reason, files }) => `  ${reason} (${formatCounted(files, 'file')})`)];
}

/** One line of progress. @param seconds since the start */
export function progressText(
  { phase, files, tokens, bytes, totalBytes, rows }: ImportProgress,
  seconds: number,
): string {
  if (phase === 'counting') return `${formatCounted(files, 'file')} read; counting ${formatCount(tokens)} tokens`;
  if (phase === 'writing') return `${formatCounted(rows, 'row')} written`;
  const left = totalBytes === null || bytes === 0 ? null : (seconds / bytes) * Math.max(0, totalBytes - bytes);
  return [
    `${formatCounted(files, 'file')} read, ${formatCount(tokens)} tokens`,
    totalBytes === null ? formatBytes(bytes) : `${formatBytes(bytes)} of ${formatBytes(totalBytes)}`,
    formatByteRate(bytes / Math.max(seconds, 0.001)),
    ...(left === null ? [] : [`${formatDuration(left)} left`]),
  ].join(', ');
}
