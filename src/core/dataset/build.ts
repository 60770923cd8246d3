/**
 * The pipeline: a corpus to a manifest and shards. The same code runs in Node, page and worker; it neither reads nor
 * writes files. In this order, so that nothing of validation or test leaks into what is chosen: split, kept literals,
 * vocabulary, rows.
 */
import { fail } from '../failure.ts';
import { END_TOKEN, START_TOKEN } from '../lexer/marks.ts';
import { type TokenTable, textOf } from '../lexer/tokens.ts';
import type { Corpus } from './corpus.ts';
import { datasetSha256, sha256Hex } from './hash.ts';
import { chooseLiterals, type Literals } from './literals.ts';
import { type Manifest, MANIFEST_SCHEMA, type ShardEntry, type Split } from './manifest.ts';
import { encodeShard, rowsPerShard } from './shards.ts';
import type { SourceFacts } from './source.ts';
import { splitFiles, SPLIT_SEED } from './split.ts';
import { MOST_TOKENS, mostCommon, SPECIAL_IDS, UNK_ID } from './vocabulary.ts';

/** The task's own: tokens of the vocabulary, and ids a row. */
export const DEFAULT_VOCABULARY = 10_000;
export const DEFAULT_LENGTH = 1_000;

export interface BuildOptions {
  /** Lower-case letters, digits and hyphens; names the folder. */
  readonly id: string;
  readonly source: SourceFacts;
  /** Tokens of the vocabulary at most, from 1 to 65,534. */
  readonly vocabulary?: number;
  /** Ids a row, from 2 to 65,535. */
  readonly length?: number;
  /** Kept literals; without it, the commonest of the training split. */
  readonly literals?: Literals;
}

/** Takes a finished shard. */
export type WriteShard = (file: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>;

/**
 * Builds a data set and hands its shards to `write`, in order.
 * @throws LabError `bad-input` where the corpus is empty or an option is out of bounds
 */
export async function buildDataset(corpus: Corpus, options: BuildOptions, write: WriteShard): Promise<Manifest> {
  const length = inBounds('Row length', options.length ?? DEFAULT_LENGTH, 2, 65_535);
  const limit = inBounds('Vocabulary', options.vocabulary ?? DEFAULT_VOCABULARY, 1, MOST_TOKENS);
  const { table, files } = corpus;
  if (files.length === 0) {
    fail(
      'bad-input',
      `There is no Python file with tokens in it among the ${corpus.skipped.length} files read.`,
      'Choose a source with Python files.',
    );
  }

  const indices = splitFiles(files.length);
  const tokensOf = (split: Split) => Array.from(indices[split], (index) => files[index]!.tokens);
  const training = tokensOf('train');
  const literals = options.literals ?? chooseLiterals(training, table);
  const texts = new FinalTokens(table, literals);
  const commonest = mostCommon(texts.count(training), limit);
  const ids = texts.ids(commonest.map(([token]) => token));

  const writeSplit = async (split: Split): Promise<Manifest['splits'][Split]> => {
    const rows: Uint16Array[] = [];
    const shards: ShardEntry[] = [];
    const sum = { rows: 0, tokens: 0, keptTokens: 0, unknownTokens: 0 };
    const flush = async () => {
      const bytes = encodeShard(rows, length);
      const file = `${split}-${String(shards.length).padStart(4, '0')}.bin`;
      await write(file, bytes);
      shards.push({ file, rows: rows.length, bytes: bytes.length, sha256: await sha256Hex(bytes) });
      rows.length = 0;
    };
    for (const tokens of tokensOf(split)) {
      const row = wrap(tokens, texts, ids, length);
      rows.push(row);
      sum.rows++;
      sum.tokens += tokens.length + 2;
      sum.keptTokens += row.length;
      for (const id of row) if (id === UNK_ID) sum.unknownTokens++;
      if (rows.length === rowsPerShard(length)) await flush();
    }
    if (rows.length > 0) await flush();
    return { ...sum, shards };
  };
  const splits = {
    train: await writeSplit('train'),
    validation: await writeSplit('validation'),
    test: await writeSplit('test'),
  };

  const content = {
    length,
    vocabulary: { tokens: commonest.map(([token]) => texts.text(token)), counts: commonest.map(([, count]) => count) },
    literals,
    splits,
  };
  return {
    schema: MANIFEST_SCHEMA,
    id: options.id,
    title: options.source.title,
    source: { kind: options.source.kind, description: options.source.description },
    licence: options.source.licence,
    rules: 'codexglue-2021',
    seed: SPLIT_SEED,
    sha256: await datasetSha256(content),
    counts: {
      files: files.length,
      tokens: splits.train.tokens + splits.validation.tokens + splits.test.tokens,
      distinctTokens: texts.distinctOf(files.map((file) => file.tokens)),
    },
    ...content,
    skipped: [...corpus.skipped],
  };
}

/** Ids of `<s>`, a file's tokens and `</s>`, cut at `length`. */
function wrap(tokens: Int32Array, texts: FinalTokens, ids: Uint16Array, length: number): Uint16Array {
  const row = new Uint16Array(Math.min(tokens.length + 2, length));
  row[0] = ids[texts.start]!;
  const kept = Math.min(tokens.length, row.length - 1);
  for (let i = 0; i < kept; i++) row[i + 1] = ids[texts.of(tokens[i]!)]!;
  if (kept === tokens.length && row.length === kept + 2) row[kept + 1] = ids[texts.end]!;
  return row;
}

/**
 * The tokens a model sees. Several numbers of the table can share a text, since it tells all literals apart: this numbers
 * the texts, and knows the way from the one to the other.
 */
class FinalTokens {
  readonly start: number;
  readonly end: number;
  readonly #texts: string[] = [];
  readonly #numbers: Int32Array;

  constructor(table: TokenTable, literals: Literals) {
    const start = table.idOf(START_TOKEN);
    const end = table.idOf(END_TOKEN);
    const kept = { str: new Set(literals.str), num: new Set(literals.num) };
    const known = new Map<string, number>();
    this.#numbers = Int32Array.from({ length: table.size }, (_, id) => {
      const text = textOf(table.token(id), kept);
      let number = known.get(text);
      if (number === undefined) {
        number = this.#texts.push(text) - 1;
        known.set(text, number);
      }
      return number;
    });
    this.start = this.of(start);
    this.end = this.of(end);
  }

  of(tableId: number): number {
    return this.#numbers[tableId]!;
  }

  text(number: number): string {
    return this.#texts[number]!;
  }

  /** How often each token occurs in whole files, wrapped, in the order they first occur. */
  count(files: readonly Int32Array[]): Map<number, number> {
    const counts = new Float64Array(this.#texts.length);
    const seen: number[] = [];
    const add = (number: number) => {
      if (counts[number]!++ === 0) seen.push(number);
    };
    for (const file of files) {
      add(this.start);
      for (const id of file) add(this.of(id));
      add(this.end);
    }
    return new Map(seen.map((number) => [number, counts[number]!]));
  }

  /** How many tokens occur in files, wrapped. */
  distinctOf(files: readonly Int32Array[]): number {
    return this.count(files).size;
  }

  /** The id of each token: from 2 for those of a vocabulary, `<UNK>` for the others. */
  ids(vocabulary: readonly number[]): Uint16Array {
    const ids = new Uint16Array(this.#texts.length).fill(UNK_ID);
    for (const [index, number] of vocabulary.entries()) ids[number] = index + SPECIAL_IDS;
    return ids;
  }
}

function inBounds(what: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  fail('bad-input', `${what} ${value} is not a whole number from ${least} to ${most}.`, 'Choose one in that range.');
}
