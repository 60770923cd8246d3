/**
 * The manifest of a data set: everything about it but its rows. The shards hold the rows as little-endian uint16.
 * Written by the pipeline, checked by every reader, since it crosses the network, the disk and other people's tools.
 */
import { z } from 'zod';
import { fail, LabError } from '../failure.ts';

export const MANIFEST_SCHEMA = 1;
export const SPLITS = ['train', 'validation', 'test'] as const;
export type Split = (typeof SPLITS)[number];

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);

/** File names only: a manifest must not be able to point outside its own folder. */
const shardSchema = z.object({
  file: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/),
  rows: count,
  bytes: count,
  sha256,
});
export type ShardEntry = z.infer<typeof shardSchema>;

const splitSchema = z.object({
  /** Files, and so rows where no long file is kept whole. */
  rows: count,
  /** Tokens before the cut. */
  tokens: count,
  /** Tokens in the rows, after the cut, PAD not counted. */
  keptTokens: count,
  /** Of the kept tokens, how many are `<UNK>`. */
  unknownTokens: count,
  shards: z.array(shardSchema),
});

export const manifestSchema = z.object({
  schema: z.literal(MANIFEST_SCHEMA),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  title: z.string(),
  source: z.object({ kind: z.string(), description: z.string() }),
  licence: z.string(),
  /** Which of CodeXGLUE's two rule sets made the tokens. */
  rules: z.enum(['codexglue-2021', 'codexglue-2020']),
  seed: z.int(),
  /** Ids a row. */
  length: z.int().min(2).max(65_535),
  /** SHA-256 over vocabulary and shard hashes: names the content, whatever the folder is called. */
  sha256,
  counts: z.object({ files: count, tokens: count, distinctTokens: count }),
  /** Id 0 is `<PAD>`, 1 is `<UNK>`; `tokens[i]` has the id i + 2, `counts[i]` its occurrences in the training split. */
  vocabulary: z.object({ tokens: z.array(z.string()).max(65_534), counts: z.array(count) }),
  /** Literals kept as themselves; every other is `<STR_LIT>` or `<NUM_LIT>`. */
  literals: z.object({ str: z.array(z.string()), num: z.array(z.string()) }),
  splits: z.object({ train: splitSchema, validation: splitSchema, test: splitSchema }),
  /** Files left out, and why. */
  skipped: z.array(z.object({ path: z.string(), line: z.int().nullable(), reason: z.string() })),
});
export type Manifest = z.infer<typeof manifestSchema>;

/**
 * Reads a manifest from JSON text.
 * @param where the address or path, for the error message
 */
export function parseManifest(text: string, where: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    fail('bad-input', `The manifest at ${where} is not JSON.`, 'Prepare the data set again, or choose another.', cause);
  }
  const version = z.object({ schema: z.unknown() }).safeParse(json);
  if (version.success && version.data.schema !== undefined && version.data.schema !== MANIFEST_SCHEMA) {
    throw new LabError({
      kind: 'unknown-version',
      what: `The manifest at ${where} has format version ${JSON.stringify(version.data.schema)}; this lab reads version ${MANIFEST_SCHEMA}.`,
      remedy: 'Update the lab, or prepare the data set again with this one. What is already stored is unchanged.',
    });
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) {
    fail(
      'bad-input',
      `The manifest at ${where} is not a data set's manifest: ${z.prettifyError(parsed.error)}.`,
      'Prepare the data set again, or choose another. What is already stored is unchanged.',
    );
  }
  const manifest = parsed.data;
  if (manifest.vocabulary.tokens.length !== manifest.vocabulary.counts.length) {
    fail(
      'bad-input',
      `The manifest at ${where} lists ${manifest.vocabulary.tokens.length} tokens but ${manifest.vocabulary.counts.length} counts.`,
      'Prepare the data set again.',
    );
  }
  for (const split of SPLITS) {
    const { rows, shards } = manifest.splits[split];
    const wrong = shards.find((shard) => shard.bytes !== shard.rows * manifest.length * 2);
    const total = shards.reduce((sum, shard) => sum + shard.rows, 0);
    if (wrong || total !== rows) {
      fail(
        'bad-input',
        `The manifest at ${where} contradicts itself about the ${split} rows${wrong ? ` of ${wrong.file}` : ''}.`,
        'Prepare the data set again.',
      );
    }
  }
  return manifest;
}
