/** `npm run data`: turns Python source into a data set that the lab can load: manifest, shards, and an entry in the list. */
import { relative } from 'node:path';
import { DEFAULT_LENGTH, DEFAULT_VOCABULARY } from '#core/data/build.ts';
import { isDatasetId } from '#core/data/id.ts';
import type { ImportProgress } from '#core/data/import.ts';
import { KEPT_NUMBERS, KEPT_STRINGS } from '#core/data/literals.ts';
import { shardsOf } from '#core/data/manifest.ts';
import { MAX_VOCABULARY_SIZE } from '#core/data/vocabulary.ts';
import { formatBytes, formatCounted, formatDuration } from '#core/format.ts';
import { visibleText } from '#core/visibleText.ts';
import { CommandError, readArguments, runCommand, wholeNumber } from '../lib/command.ts';
import { checkArguments, readLiterals } from '../data/arguments.ts';
import { endWithPipe, isEntry } from '../data/entry.ts';
import { DEFAULT_SOURCE } from '../data/defaultDataset.ts';
import { prepareDataset, type PrepareOptions } from '../data/prepare.ts';
import { SOURCES } from '../data/sources.ts';
import { datasetSummary, progressText } from '../data/summary.ts';

const HELP = `Usage: npm run data -- [SOURCE] [--id ID] [--vocab N] [--length N] [--literals FILE] [--whole]
                           [--drop-duplicates] [--threads N] [--out DIR] [--force] [--replace]

Prepares a data set from Python source: tokens, splits, vocabulary, rows. Does nothing if it is up to date.

SOURCE is one of
${SOURCES.map(({ usage, summary }) => `  ${usage.padEnd(16)} ${summary}`).join('\n')}
The default is ${DEFAULT_SOURCE}.

  --id ID          name of the data set's folder: lower-case letters, digits, hyphens (named after the source; a hash is
                   added where that name has other letters or is long)
  --vocab N        number of most frequent tokens of the training split that get an id, 1 to ${MAX_VOCABULARY_SIZE} (${DEFAULT_VOCABULARY})
  --length N       ids per row, 2 to 65535 (${DEFAULT_LENGTH}); longer files are cut
  --literals FILE  keep the literals in FILE, {"str": [...], "num": [...]} or a manifest, instead of
                   the ${KEPT_STRINGS} strings and ${KEPT_NUMBERS} numbers that are most frequent in the training split
  --whole          split files longer than a row into several rows instead of cutting them
  --drop-duplicates  leave out files with the same tokens as an earlier file (default: only count them)
  --threads N      threads for lexing (number of cores); the result does not depend on it
  --out DIR        folder of all data sets (public/datasets)
  --force          prepare the data set even if it is up to date
  --replace        replace a data set with the same id from another source (default: keep it and prepare nothing)
  --help           this text`;

/**
 * Options of the command line, or null for `--help`.
 * @throws CommandError with exit code 2
 */
export async function readOptions(args: string[]): Promise<PrepareOptions | null> {
  const { values, positionals } = checkArguments(() =>
    readArguments({
      args,
      allowPositionals: true,
      options: {
        id: { type: 'string' },
        vocab: { type: 'string' },
        length: { type: 'string' },
        literals: { type: 'string' },
        whole: { type: 'boolean' },
        'drop-duplicates': { type: 'boolean' },
        threads: { type: 'string' },
        out: { type: 'string' },
        force: { type: 'boolean' },
        replace: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }),
  );
  if (values.help === true) return null;
  if (positionals.length > 1) {
    throw new CommandError(2, `There are ${positionals.length} sources: ${positionals.join(', ')}.`, 'Name one.');
  }
  if (values.id !== undefined && !isDatasetId(values.id)) {
    throw new CommandError(
      2,
      `--id ${values.id} cannot name a data set.`,
      'Take up to 64 lower-case letters, digits and hyphens, the first no hyphen, and no name that Windows keeps, such as con.',
    );
  }
  const whole = (name: 'vocab' | 'length' | 'threads', least: number, most: number) => {
    const text = values[name];
    return text === undefined ? undefined : checkArguments(() => wholeNumber(text, name, least, most));
  };
  return {
    source: positionals[0] ?? DEFAULT_SOURCE,
    id: values.id,
    vocabulary: whole('vocab', 1, MAX_VOCABULARY_SIZE),
    length: whole('length', 2, 65_535),
    literals: values.literals === undefined ? undefined : (await readLiterals(values.literals)).literals,
    whole: values.whole,
    dropDuplicates: values['drop-duplicates'],
    threads: whole('threads', 1, 256),
    out: values.out,
    force: values.force,
    replace: values.replace,
  };
}

/** Draws the progress, at most five times a second. */
function progressLine(): (progress: ImportProgress) => void {
  let drawn = 0;
  const started = performance.now();
  return (progress) => {
    const now = performance.now();
    if (now - drawn < 200) return;
    drawn = now;
    process.stderr.write(`\r\x1b[K${progressText(progress, (now - started) / 1000)}`);
  };
}

async function main(args: string[]): Promise<void> {
  const options = await readOptions(args);
  if (options === null) {
    console.log(HELP);
    return;
  }
  const started = performance.now();
  const live = process.stderr.isTTY;
  const { manifest, folder, upToDate } = await prepareDataset({
    ...options,
    ...(live ? { onProgress: progressLine() } : {}),
  });
  if (live) process.stderr.write('\r\x1b[K');
  const seconds = formatDuration((performance.now() - started) / 1000);
  if (upToDate) {
    const bytes = shardsOf(manifest).reduce((sum, shard) => sum + shard.bytes, 0);
    console.log(
      `${visibleText(`${manifest.title} in ${relative('', folder) || folder}`)} is up to date: ${formatCounted(manifest.counts.files, 'file')}, ${formatBytes(bytes)} (${seconds}).`,
    );
    return;
  }
  console.log(datasetSummary(manifest, folder));
  console.log(`Prepared in ${seconds}.`);
}

if (isEntry(import.meta.url)) {
  endWithPipe();
  await runCommand(() => main(process.argv.slice(2)));
}
