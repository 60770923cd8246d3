/**
 * Facts about the text of a data set that affect results: vocabulary tokens that occur in no training row, and how much of the test text
 * also occurs in training rows.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseManifest, type Manifest, type Split } from '#core/data/manifest.ts';
import { decodeShard } from '#core/data/shards.ts';
import { PAD_ID, SPECIAL_IDS, UNK_ID } from '#core/data/vocabulary.ts';
import { DATASETS, RESULTS } from '../lib/paths.ts';
import { formatted } from './written.ts';

const FILE = 'text.json';

/** Tokens in a row that count as one piece of shared text. */
export const OVERLAP_TOKENS = 10;

const count = z.int().min(0);
const textFactsSchema = z.object({
  dataset: z.object({ id: z.string(), sha256: z.string() }),
  /** Number of training rows that were used. */
  trainRows: count,
  vocabulary: z.object({
    tokens: count,
    /** Tokens that occur in no used training row. The vocabulary is counted over whole files, but rows are cut. */
    untrained: count,
  }),
  test: z.object({
    files: count,
    /** Targets: every token of a row but its first. */
    targets: count,
    /** Targets outside the vocabulary. */
    unknown: count,
    /** Targets in the vocabulary that occur in no training row, so that no model can have learned them. */
    untrained: count,
    /** Files whose row equals a training row. */
    copies: count,
    /** For each file, the share of its pieces of `OVERLAP_TOKENS` tokens that occur in a training row; null for a shorter file. */
    seen: z.array(z.number().min(0).max(1).nullable()),
  }),
});
export type TextFacts = z.infer<typeof textFactsSchema>;

type Row = Uint16Array;

/** @param trainFiles number of training rows to use, from the first; null for all */
export function textFactsOf(
  manifest: Pick<Manifest, 'id' | 'sha256' | 'vocabulary'>,
  rows: { readonly train: readonly Row[]; readonly test: readonly Row[] },
  trainFiles: number | null,
): TextFacts {
  const train = rows.train.slice(0, trainFiles ?? rows.train.length).map(withoutPadding);
  const test = rows.test.map(withoutPadding);
  const trained = new Set(train.flatMap((row) => [...row]));
  const pieces = new Set(train.flatMap(piecesOf));
  const whole = new Set(train.map(keyOf));
  const targets = test.flatMap((row) => [...row.subarray(1)]);
  return {
    dataset: { id: manifest.id, sha256: manifest.sha256 },
    trainRows: train.length,
    vocabulary: {
      tokens: manifest.vocabulary.tokens.length,
      untrained: manifest.vocabulary.tokens.filter((_, index) => !trained.has(index + SPECIAL_IDS)).length,
    },
    test: {
      files: test.length,
      targets: targets.length,
      unknown: targets.filter((id) => id === UNK_ID).length,
      untrained: targets.filter((id) => id !== UNK_ID && !trained.has(id)).length,
      copies: test.filter((row) => whole.has(keyOf(row))).length,
      seen: test.map((row) => {
        const own = piecesOf(row);
        return own.length === 0 ? null : own.filter((piece) => pieces.has(piece)).length / own.length;
      }),
    },
  };
}

function withoutPadding(row: Row): Row {
  const end = row.indexOf(PAD_ID);
  return end < 0 ? row : row.subarray(0, end);
}

const keyOf = (row: Row): string => String.fromCharCode(...row);

function piecesOf(row: Row): string[] {
  const text = keyOf(row);
  return Array.from({ length: Math.max(0, row.length - OVERLAP_TOKENS + 1) }, (_, from) =>
    text.slice(from, from + OVERLAP_TOKENS),
  );
}

/** Reads a prepared data set from public/datasets, and writes the facts about its text to docs/results. */
export async function measureText(dataset: string, trainFiles: number | null): Promise<TextFacts> {
  const folder = join(DATASETS, dataset);
  const path = join(folder, 'manifest.json');
  const manifest = parseManifest(await readFile(path, 'utf8'), path);
  const read = async (split: Split) => {
    const shards = await Promise.all(manifest.splits[split].shards.map(({ file }) => readFile(join(folder, file))));
    return shards.flatMap((bytes) => decodeShard(bytes, manifest.length));
  };
  const facts = textFactsOf(manifest, { train: await read('train'), test: await read('test') }, trainFiles);
  await mkdir(join(RESULTS, dataset), { recursive: true });
  const file = join(RESULTS, dataset, FILE);
  await writeFile(file, await formatted(file, JSON.stringify(facts)));
  return facts;
}

/** @returns null if the text of the data set has not been measured yet */
export async function readTextFacts(dataset: string): Promise<TextFacts | null> {
  const path = join(RESULTS, dataset, FILE);
  return existsSync(path) ? textFactsSchema.parse(JSON.parse(await readFile(path, 'utf8'))) : null;
}
