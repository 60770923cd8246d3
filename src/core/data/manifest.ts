/**
 * The manifest of a data set: everything about it but its rows. The shards hold the rows as little-endian uint16.
 * Written by the pipeline, checked by every reader, since it crosses the network, the disk and other people's tools.
 */
import { z } from 'zod';
import { fail } from '../failure.ts';
import { parseVersioned } from '../json.ts';
import { READINGS, type SourceReading, UNNAMED_READING } from '../python/lexer/reading.ts';
import { RULES } from '../python/lexer/rules.ts';

export const MANIFEST_SCHEMA = 1;
export const SPLITS = ['train', 'validation', 'test'] as const;
export type Split = (typeof SPLITS)[number];
/** With the further one that a published set may have: its dev part, offered as a second test. */
export const ALL_SPLITS = [...SPLITS, 'dev'] as const;
export type AnySplit = (typeof ALL_SPLITS)[number];

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
  /** Number of kept tokens that are `<UNK>`. */
  unknownTokens: count,
  shards: z.array(shardSchema),
  /** For validation and test: which `<UNK>`s are the same text (outside.ts), a file for each of `shards`. Older writers leave it out. */
  outside: z.array(shardSchema).optional(),
  /** Files it was made from; left out by older writers, where it is the number of rows. */
  files: count.optional(),
});
export type SplitEntry = z.infer<typeof splitSchema>;

/** What the data page draws. Every part is small, whatever the size of the set; older writers left it out. */
const figuresSchema = z.object({
  /** How many files have how many tokens, `<s>` and `</s>` counted: from `from` up to `to`, `to` itself excluded. `length` is an edge. */
  lengths: z.array(z.object({ from: count, to: count, files: count })),
  /** The file with most tokens. */
  longest: z.object({ path: z.string(), tokens: count }),
  /**
   * Share of validation's tokens, after the cut, that would be `<UNK>` with a vocabulary of this number of the training split's most common
   * tokens; ascending, from 100 (or fewer) to all.
   */
  coverage: z.array(z.object({ vocabulary: count, unknown: z.number().min(0).max(1) })),
  /** The commonest tokens of validation, after the cut, that are `<UNK>`, at most 100. */
  unknown: z.array(z.object({ token: z.string(), count })),
  /** Files whose tokens are those of an earlier file, literals compared as they stand; and whether they were dropped. */
  duplicates: z.object({ files: count, dropped: z.boolean() }),
  /** Files left out in all: `skipped` names the first of them. */
  skipped: count,
  /** The same by reason, the commonest first, at most 20 of them. */
  reasons: z.array(z.object({ reason: z.string(), files: count })).optional(),
});
export type DatasetStats = z.infer<typeof figuresSchema>;

export const manifestSchema = z.object({
  schema: z.literal(MANIFEST_SCHEMA),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  title: z.string(),
  source: z.object({ kind: z.string(), description: z.string() }),
  licence: z.string(),
  /** Which of CodeXGLUE's two rule sets made the tokens. */
  rules: z.enum(RULES),
  /** How files became text before that; left out by older writers, who read `bytes`. */
  reading: z.enum(READINGS).optional(),
  seed: z.int(),
  /** Ids a row. */
  length: z.int().min(2).max(65_535),
  /** SHA-256 over vocabulary and the hashes of row shards: names what a model is trained on, whatever the folder is called. */
  sha256,
  counts: z.object({ files: count, tokens: count, distinctTokens: count }),
  /** Id 0 is `<PAD>`, 1 is `<UNK>`; `tokens[i]` has the id i + 2, `counts[i]` its occurrences in the training split. */
  vocabulary: z.object({ tokens: z.array(z.string()).max(65_534), counts: z.array(count) }),
  /** Literals kept as themselves; every other is `<STR_LIT>` or `<NUM_LIT>`. */
  literals: z.object({ str: z.array(z.string()), num: z.array(z.string()) }),
  splits: z.object({
    train: splitSchema,
    validation: splitSchema,
    test: splitSchema,
    /** The dev part of a published set. */
    dev: splitSchema.optional(),
  }),
  /** Whether a file longer than a row continues in the next rows; otherwise it is cut. */
  whole: z.boolean().optional(),
  figures: figuresSchema.optional(),
  /** Files left out or kept as an empty row, and why; at most 1,000 of them. */
  skipped: z.array(z.object({ path: z.string(), line: z.int().nullable(), reason: z.string() })),
  /** What was left out on purpose or mended, such as virtual environments; older writers left it out. */
  notes: z.array(z.object({ what: z.string(), count, example: z.string() })).optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** How the files of a data set were read; what somebody types for its models is read the same way. */
export function readingOf({ reading }: Pick<Manifest, 'reading'>): SourceReading {
  return reading ?? UNNAMED_READING;
}

/** The splits that a data set has, dev among them where there is one. */
export function splitsOf(manifest: Pick<Manifest, 'splits'>): [AnySplit, SplitEntry][] {
  return ALL_SPLITS.flatMap((split) => {
    const entry = manifest.splits[split];
    return entry === undefined ? [] : [[split, entry] satisfies [AnySplit, SplitEntry]];
  });
}

/** Every file of a data set beside its manifest, in the order of its splits. */
export function shardsOf(manifest: Pick<Manifest, 'splits'>): ShardEntry[] {
  return splitsOf(manifest).flatMap(([, { shards, outside = [] }]) => [...shards, ...outside]);
}

/**
 * Reads a manifest from JSON text.
 * @param where the address or path, for the error message
 */
export function parseManifest(text: string, where: string): Manifest {
  const manifest = parseVersioned(text, {
    schema: manifestSchema,
    version: MANIFEST_SCHEMA,
    name: `the file ${where}`,
    is: 'the manifest of a data set',
    remedy: 'Prepare the data set again, or choose another. Stored data has not changed.',
    otherVersion: 'Update the lab, or prepare the data set again with this version. Stored data has not changed.',
  });
  if (manifest.vocabulary.tokens.length !== manifest.vocabulary.counts.length) {
    fail(
      'bad-input',
      `The manifest at ${where} lists ${manifest.vocabulary.tokens.length} tokens but ${manifest.vocabulary.counts.length} counts.`,
      'Prepare the data set again.',
    );
  }
  for (const [split, { rows, shards, outside }] of splitsOf(manifest)) {
    const wrong =
      shards.find((shard) => shard.bytes !== shard.rows * manifest.length * 2) ??
      outside?.find(({ rows, bytes }, index) => shards[index]?.rows !== rows || bytes % 2 !== 0);
    const total = shards.reduce((sum, shard) => sum + shard.rows, 0);
    if (wrong || total !== rows || (outside && outside.length !== shards.length)) {
      fail(
        'bad-input',
        `The manifest at ${where} contradicts itself about the ${split} rows${wrong ? ` of ${wrong.file}` : ''}.`,
        'Prepare the data set again.',
      );
    }
  }
  return manifest;
}
