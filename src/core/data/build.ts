/**
 * From a corpus to a manifest and shards. The same code runs in Node, page and worker; it neither reads nor writes files. In this order, so
 * that nothing of validation or test leaks into these choices: split, kept literals, vocabulary, rows.
 */
import { fail } from '../failure.ts';
import type { Corpus, CorpusFile } from './corpus.ts';
import { NOTES, noteText } from './notes.ts';
import { findDuplicates } from './duplicates.ts';
import { coverageFigures, lengthHistogram, longestFile } from './figures.ts';
import { datasetSha256 } from './hash.ts';
import { chooseLiterals, type Literals, readyMadeLiterals } from './literals.ts';
import { type AnySplit, type Manifest, MANIFEST_SCHEMA, type SplitEntry } from './manifest.ts';
import { type WriteShard, writeSplit } from './rows.ts';
import type { SourceFacts } from './source.ts';
import { SPLIT_SEED, splitParts } from './split.ts';
import { FinalTokens, idsOf, Tally } from './tally.ts';
import { MAX_VOCABULARY_SIZE } from './vocabulary.ts';

/** The task's own: tokens of the vocabulary, and ids a row. */
export const DEFAULT_VOCABULARY = 10_000;
export const DEFAULT_LENGTH = 1_000;

/** Left-out files that the manifest names: it has to stay small. */
const MAX_SKIPPED = 1_000;
const MAX_REASONS = 20;
/** The number of reasons that a sentence names. */
const MAX_NAMED_REASONS = 3;

export interface BuildOptions {
  /** Lower-case letters, digits and hyphens; names the folder. */
  readonly id: string;
  readonly source: SourceFacts;
  /** Tokens of the vocabulary at most, from 1 to 65,534. */
  readonly vocabulary?: number;
  /** Ids a row, from 2 to 65,535. */
  readonly length?: number;
  /** Kept literals; without it, the commonest of the training split. Tokens that come ready-made have theirs already. */
  readonly literals?: Literals;
  /** Keeps files longer than a row whole, as consecutive rows, instead of cutting them. */
  readonly whole?: boolean;
  /** Leaves out every file whose tokens are those of an earlier one. */
  readonly dropDuplicates?: boolean;
}

export interface BuildHooks {
  /** Called with the number of rows written so far. */
  readonly onRows?: (rows: number) => void;
  /** Checked between shards. */
  readonly signal?: AbortSignal;
}

/**
 * Builds a data set and hands its shards to `write`, in order.
 * @throws LabError `bad-input` where the corpus is empty or an option is out of bounds, `storage-full` where `write` finds no room
 */
export async function buildDataset(
  corpus: Corpus,
  options: BuildOptions,
  write: WriteShard,
  { onRows, signal }: BuildHooks = {},
): Promise<Manifest> {
  const { length, limit } = checkOptions(options);
  const { table, skipped, notes, readyMade } = corpus;
  const duplicates = findDuplicates(corpus.files);
  const dropped = options.dropDuplicates === true;
  const files = dropped ? corpus.files.filter((_, index) => !duplicates.has(index)) : corpus.files;
  requireTokens(files, corpus);

  const indices = splitParts(files.map(({ part }) => part));
  const filesOf = (part: Int32Array) => Array.from(part, (index) => files[index]!);
  const training = filesOf(indices.train);
  const { literals, rules } = readyMade
    ? readyMadeLiterals(corpus.files, table)
    : { literals: options.literals ?? chooseLiterals(training, table), rules: 'codexglue-2021' as const };
  const finals = new FinalTokens(table, literals);
  const trained = new Tally(finals.size);
  countWhole(training, finals, trained);
  const commonest = trained.mostCommon();
  const vocabulary = commonest.subarray(0, limit);
  const format = { length, whole: options.whole === true, finals, ids: idsOf(vocabulary, finals.size) };
  const validated = new Tally(finals.size);

  let rows = 0;
  const split = async (name: AnySplit, part: Int32Array): Promise<SplitEntry> => {
    const before = rows;
    const kept = name === 'validation' ? validated : null;
    return writeSplit(name, filesOf(part), format, write, kept, (written) => {
      rows = before + written;
      onRows?.(rows);
      signal?.throwIfAborted();
    });
  };
  const splits = {
    train: await split('train', indices.train),
    validation: await split('validation', indices.validation),
    test: await split('test', indices.test),
    ...(indices.dev === null ? {} : { dev: await split('dev', indices.dev) }),
  };

  const all = new Tally(finals.size);
  const content = {
    length,
    vocabulary: {
      tokens: Array.from(vocabulary, (number) => finals.text(number)),
      counts: Array.from(vocabulary, (number) => trained.count(number)),
    },
    literals,
    splits,
  };
  return {
    schema: MANIFEST_SCHEMA,
    id: options.id,
    title: options.source.title,
    source: { kind: options.source.kind, description: options.source.description },
    licence: options.source.licence,
    rules,
    reading: corpus.reading,
    seed: SPLIT_SEED,
    sha256: await datasetSha256(content),
    counts: {
      files: files.length,
      tokens: countWhole(files, finals, all),
      distinctTokens: all.distinct,
    },
    ...content,
    whole: format.whole,
    figures: {
      lengths: lengthHistogram(files, length),
      longest: longestFile(files),
      ...coverageFigures(commonest, validated, vocabulary.length, finals),
      duplicates: { files: duplicates.size, dropped },
      skipped: skipped.length,
      reasons: countReasons(skipped).slice(0, MAX_REASONS),
    },
    skipped: skipped.slice(0, MAX_SKIPPED),
    notes: [...notes],
  };
}

/** Counts the tokens of whole files, wrapped, before any cut. @returns how many there are */
function countWhole(files: readonly CorpusFile[], finals: FinalTokens, tally: Tally): number {
  let tokens = 0;
  for (const file of files) {
    tally.add(finals.start);
    for (let i = 0; i < file.tokens.length; i++) tally.add(finals.of(file.tokens[i]!));
    tally.add(finals.end);
    tokens += file.tokens.length + 2;
  }
  return tokens;
}

/** How many files were left out for each reason, the commonest first. */
function countReasons(skipped: Corpus['skipped']): { readonly reason: string; readonly files: number }[] {
  const counts = new Map<string, number>();
  for (const { reason } of skipped) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return Array.from(counts, ([reason, files]) => ({ reason, files })).toSorted((a, b) => b.files - a.files);
}

function requireTokens(files: readonly CorpusFile[], { skipped, notes }: Corpus): void {
  if (!files.some(({ tokens }) => tokens.length > 0)) {
    const reasons = countReasons(skipped).slice(0, MAX_NAMED_REASONS);
    const why = [...reasons.map(({ reason, files: count }) => `${count} left out: ${reason}`), ...notes.map(noteText)];
    fail(
      'bad-input',
      [
        `There is no Python file with tokens among the ${Math.max(files.length, skipped.length)} files read.`,
        ...why.map((sentence) => `${sentence}.`),
      ].join(' '),
      notes.some(({ what }) => what === NOTES.archiveInside)
        ? 'Unpack it, and choose one of the archives inside, or a folder.'
        : 'Choose a source with Python files.',
    );
  }
  if (files.every(({ part }) => part === 'dev' || part === 'test')) {
    fail(
      'bad-input',
      'There are no training files, only dev or test files.',
      'Add train.txt, or the train Parquet files.',
    );
  }
}

/** @throws LabError `bad-input` */
export function checkOptions(options: Pick<BuildOptions, 'length' | 'vocabulary'>): { length: number; limit: number } {
  return {
    length: inBounds('Row length', options.length ?? DEFAULT_LENGTH, 2, 65_535),
    limit: inBounds('Vocabulary', options.vocabulary ?? DEFAULT_VOCABULARY, 1, MAX_VOCABULARY_SIZE),
  };
}

function inBounds(what: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  fail('bad-input', `${what} ${value} is not a whole number from ${least} to ${most}.`, 'Choose one in that range.');
}
