/**
 * Results of a model on a split, by test file and by kind of target: sums from which accuracies, intervals over files, and "where models
 * differ" are computed later without the model. About 400 bytes per file.
 */
import { z } from 'zod';
import { SPLITS } from '../data/manifest.ts';
import { PAD_ID, ignoredIds, SPECIAL_IDS, UNK_ID } from '../data/vocabulary.ts';
import { fail } from '../failure.ts';
import { recordOf } from '../records.ts';
import { START_TOKEN } from '../python/specialTokens.ts';
import { kindOf, TOKEN_KINDS } from '../python/tokenKind.ts';
import { addTarget, termsOf, type TargetDetails } from './measures.ts';
import { GROUP_SUM_NAMES, SUM_NAMES, sumOf, type ScoredTarget, type SumName, type Sums } from './sums.ts';

export const BREAKDOWN_SCHEMA = 1;

/** By a target's place in its file, from 1: bands that double. */
const POSITION_BANDS = [
  { name: '1–15', from: 1 },
  { name: '16–31', from: 16 },
  { name: '32–63', from: 32 },
  { name: '64–127', from: 64 },
  { name: '128–255', from: 128 },
  { name: '256–511', from: 256 },
  { name: '512 and later', from: 512 },
] as const;

/** By the target's rank among the commonest tokens of the training split, from 1. */
const FREQUENCY_BANDS = [
  { name: '10 commonest', from: 1 },
  { name: '11–100', from: 11 },
  { name: '101–1,000', from: 101 },
  { name: '1,001–10,000', from: 1_001 },
  { name: 'rarer', from: 10_001 },
  { name: 'unknown', from: Infinity },
] as const;

export const DIMENSIONS = ['kind', 'position', 'frequency'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export const DIMENSION_TITLES: Readonly<Record<Dimension, string>> = {
  kind: 'By kind of token',
  position: 'By place in the file',
  frequency: 'By how common the token is',
};

export interface BreakdownGroup {
  readonly dimension: Dimension;
  readonly name: string;
}

/** Every target is in one group of each dimension. */
export const BREAKDOWN_GROUPS: readonly BreakdownGroup[] = [
  ...TOKEN_KINDS.map((name) => ({ dimension: 'kind', name }) as const),
  ...POSITION_BANDS.map(({ name }) => ({ dimension: 'position', name }) as const),
  ...FREQUENCY_BANDS.map(({ name }) => ({ dimension: 'frequency', name }) as const),
];
const FIRST_POSITION = TOKEN_KINDS.length;
const FIRST_FREQUENCY = FIRST_POSITION + POSITION_BANDS.length;

/** Counts are exact up to 16.7 million a file and group; sums of losses are rounded to seven digits, and infinite above 3.4e38. */
export interface Breakdown {
  readonly schema: typeof BREAKDOWN_SCHEMA;
  readonly dataset: { readonly id: string; readonly sha256: string };
  readonly split: (typeof SPLITS)[number];
  readonly groups: readonly BreakdownGroup[];
  readonly files: number;
  /** Columns of `overall` and of `grouped`, in order. Another version of the lab may count others. */
  readonly sums: readonly string[];
  readonly groupSums: readonly string[];
  /** [files x sums]: counts of targets, and sums of losses in nats, as `MeasureSum` counts them. */
  readonly overall: Float32Array<ArrayBuffer>;
  /** [files x groups x groupSums] */
  readonly grouped: Float32Array<ArrayBuffer>;
}

/** For each id, its positions in `BREAKDOWN_GROUPS`. */
interface TargetGroups {
  readonly kinds: Uint8Array;
  readonly frequencies: Uint8Array;
}

function targetGroups(tokens: readonly string[]): TargetGroups {
  const size = tokens.length + SPECIAL_IDS;
  const kinds = new Uint8Array(size).fill(TOKEN_KINDS.indexOf('unknown'));
  const frequencies = new Uint8Array(size).fill(FIRST_FREQUENCY + FREQUENCY_BANDS.length - 1);
  for (const [index, token] of tokens.entries()) {
    kinds[index + SPECIAL_IDS] = TOKEN_KINDS.indexOf(kindOf(token));
    frequencies[index + SPECIAL_IDS] = FIRST_FREQUENCY + FREQUENCY_BANDS.findLastIndex(({ from }) => index + 1 >= from);
  }
  return { kinds, frequencies };
}

/** The file that each row of a split is of, and how many of its file's tokens came in rows before it. */
export interface RowPositions {
  readonly files: number;
  readonly file: Int32Array;
  readonly before: Int32Array;
}

/**
 * A row that begins with `<s>` begins a file; the next rows of a file that is kept whole do not. Without such a token in the
 * vocabulary each row is a file.
 * @param firstIds of each row
 * @param lengths tokens of each row, after the cut
 * @param tokens of the vocabulary
 */
export function rowPositions(
  firstIds: ArrayLike<number>,
  lengths: ArrayLike<number>,
  tokens: readonly string[],
): RowPositions {
  const start = tokens.indexOf(START_TOKEN) + SPECIAL_IDS;
  const marked = start >= SPECIAL_IDS;
  const file = new Int32Array(firstIds.length);
  const before = new Int32Array(firstIds.length);
  let files = 0;
  let place = 0;
  for (let row = 0; row < firstIds.length; row++) {
    if (row === 0 || !marked || firstIds[row] === start) {
      files++;
      place = 0;
    }
    file[row] = files - 1;
    before[row] = place;
    place += lengths[row]!;
  }
  return { files, file, before };
}

const TERMS = termsOf(SUM_NAMES);
const GROUP_TERMS = termsOf(GROUP_SUM_NAMES);

export class BreakdownSum {
  readonly #dataset: Breakdown['dataset'];
  readonly #positions: RowPositions;
  readonly #groups: TargetGroups;
  readonly #ignored: ReadonlySet<number>;
  readonly #overall: Float64Array;
  readonly #grouped: Float64Array;

  /** @param tokens those of the vocabulary that the model knows */
  constructor(dataset: Breakdown['dataset'], positions: RowPositions, tokens: readonly string[]) {
    this.#dataset = { id: dataset.id, sha256: dataset.sha256 };
    this.#positions = positions;
    this.#groups = targetGroups(tokens);
    this.#ignored = ignoredIds(tokens);
    this.#overall = new Float64Array(positions.files * SUM_NAMES.length);
    this.#grouped = new Float64Array(positions.files * BREAKDOWN_GROUPS.length * GROUP_SUM_NAMES.length);
  }

  /**
   * Adds one row.
   * @param row its place in the split
   * @param targets ids from the row's second on; PAD where there is none
   * @param losses negative log-likelihood of each, in nats
   * @param ranks number of logits strictly greater than the target's
   */
  add(
    row: number,
    targets: ArrayLike<number>,
    losses: ArrayLike<number>,
    ranks: ArrayLike<number>,
    { named, cached }: TargetDetails = {},
  ): void {
    const file = this.#positions.file[row]!;
    const before = this.#positions.before[row]!;
    const { kinds, frequencies } = this.#groups;
    for (let t = 0; t < targets.length; t++) {
      const target = targets[t]!;
      if (target === PAD_ID) continue;
      const scored: ScoredTarget = {
        loss: losses[t]!,
        rank: ranks[t]!,
        known: target !== UNK_ID,
        ignored: this.#ignored.has(target),
        named: named?.[t] ?? null,
        cached: cached?.[t] ?? null,
      };
      addTarget(this.#overall, file * TERMS.length, TERMS, scored);
      const position = before + t + 1;
      const band = FIRST_POSITION + POSITION_BANDS.findLastIndex(({ from }) => position >= from);
      for (const group of [kinds[target]!, band, frequencies[target]!]) {
        const at = (file * BREAKDOWN_GROUPS.length + group) * GROUP_TERMS.length;
        addTarget(this.#grouped, at, GROUP_TERMS, scored);
      }
    }
  }

  result(): Breakdown {
    return {
      schema: BREAKDOWN_SCHEMA,
      dataset: this.#dataset,
      split: 'test',
      groups: BREAKDOWN_GROUPS,
      files: this.#positions.files,
      sums: SUM_NAMES,
      groupSums: GROUP_SUM_NAMES,
      overall: Float32Array.from(this.#overall),
      grouped: Float32Array.from(this.#grouped),
    };
  }
}

/** Sums under their names, NaN for those that a breakdown does not have. @param at index of the first one */
export function namedSums(names: readonly string[], values: ArrayLike<number>, at = 0): Sums {
  return recordOf(SUM_NAMES, (name) => {
    const column = names.indexOf(name);
    return column < 0 ? Number.NaN : values[at + column]!;
  });
}

const MAX_FILES = 10_000_000;
const MAX_GROUPS = 200;
const MAX_SUMS = 100;

/** Columns of breakdowns that do not name them: those written before the lab could count others. */
const UNNAMED_SUMS = [
  'counted',
  'loss',
  'knownLoss',
  'unknown',
  'top1',
  'top5',
  'top5Known',
  'codexglueCounted',
  'codexglueHits',
] as const satisfies readonly SumName[];
const UNNAMED_GROUP_SUMS = ['counted', 'loss', 'top1', 'top5'] as const satisfies readonly SumName[];

const sumNames = z.array(z.string().max(80)).max(MAX_SUMS);

const breakdownSchema = z.object({
  schema: z.literal(BREAKDOWN_SCHEMA),
  dataset: z.object({ id: z.string(), sha256: z.string() }),
  split: z.enum(SPLITS),
  groups: z.array(z.object({ dimension: z.enum(DIMENSIONS), name: z.string().max(80) })).max(MAX_GROUPS),
  files: z.int().min(0).max(MAX_FILES),
  sums: sumNames.default([...UNNAMED_SUMS]),
  groupSums: sumNames.default([...UNNAMED_GROUP_SUMS]),
  overall: z.instanceof(Float32Array<ArrayBuffer>),
  grouped: z.instanceof(Float32Array<ArrayBuffer>),
});

/**
 * Checks a breakdown from storage or a file.
 * @param where for the message
 * @throws LabError `bad-input` where it contradicts itself
 */
export function parseBreakdown(value: unknown, where: string): Breakdown {
  const parsed = breakdownSchema.safeParse(value);
  if (parsed.success) {
    const { files, groups, sums, groupSums, overall, grouped } = parsed.data;
    const fits = overall.length === files * sums.length && grouped.length === files * groups.length * groupSums.length;
    const named = hasAll(sums, SUM_NAMES) && hasAll(groupSums, GROUP_SUM_NAMES);
    if (fits && named && distinct(groups) && isCounted(overall, sums) && isCounted(grouped, groupSums)) {
      return parsed.data;
    }
  }
  fail(
    'bad-input',
    `The test results per file of ${where} are damaged.`,
    'Its measures are still there. Train the run again to get these results too.',
  );
}

/** Whether each column has a name of its own, and every sum that is always counted has a column. */
function hasAll(columns: readonly string[], names: readonly SumName[]): boolean {
  const needed = names.filter((name) => sumOf(name).mayBeMissing !== true);
  return new Set(columns).size === columns.length && needed.every((name) => columns.includes(name));
}

/**
 * Whether every count is a valid count, and no part is greater than its whole. Sums of losses may have any value: those of a diverged
 * model overflow or are NaN.
 */
function isCounted(values: Float32Array, columns: readonly string[]): boolean {
  const counts = SUM_NAMES.filter((name) => columns.includes(name) && sumOf(name).of === 'targets').map((name) => ({
    column: columns.indexOf(name),
    whole: columns.indexOf(sumOf(name).partOf ?? name),
    mayBeMissing: sumOf(name).mayBeMissing === true,
  }));
  for (let at = 0; at < values.length; at += columns.length) {
    for (const { column, whole, mayBeMissing } of counts) {
      const value = values[at + column]!;
      if (mayBeMissing && Number.isNaN(value)) continue;
      if (!Number.isFinite(value) || value < 0) return false;
      if (whole >= 0 && value > values[at + whole]!) return false;
    }
  }
  return true;
}

function distinct(groups: readonly BreakdownGroup[]): boolean {
  return new Set(groups.map(({ dimension, name }) => `${dimension} ${name}`)).size === groups.length;
}
