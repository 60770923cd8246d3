/**
 * The sums that are counted target by target, and what each target adds.
 *
 * Checkpoints and breakdowns store them by name (breakdown.ts); the metrics follow from them (registry.ts).
 */
import { keysOf } from '../records.ts';

/** A target of a split, and what the model made of it. */
export interface ScoredTarget {
  /** Negative log-likelihood, in nats. */
  readonly loss: number;
  /** Number of logits strictly greater than the target's: a hit at k has a rank below k. */
  readonly rank: number;
  /** Whether the vocabulary has it, so that it is not `<UNK>`. */
  readonly known: boolean;
  /** Whether CodeXGLUE leaves it out: `<s>`, `</s>` and `<EOL>`. */
  readonly ignored: boolean;
  /** Whether it is an identifier, in the vocabulary or not; null where the data set does not tell of those outside. */
  readonly named: boolean | null;
  /** The same under the model with a continuous cache (../cache/mixture.ts); null where it was not measured. */
  readonly cached: CachedTarget | null;
}

/** A target under a model with a cache. An outside token is a target of its own text. */
export interface CachedTarget {
  /** -log q_t, in nats. */
  readonly loss: number;
  /** How many texts are likelier; a miss for a text that cannot be offered, since it occurs for the first time. */
  readonly rank: number;
}

interface Sum {
  /** Losses may overflow or be no numbers where a model diverged; counts of targets are finite. */
  readonly of: 'losses' | 'targets';
  /** What a target adds. */
  readonly term: (target: ScoredTarget) => number;
  /** The sum that this one cannot exceed. */
  readonly partOf?: string;
  /** Whether a breakdown also counts it for each group of targets. */
  readonly byGroup?: boolean;
  /** Whether what was stored before the sum was counted is read without it. */
  readonly mayBeMissing?: boolean;
}

const one = (counts: boolean) => (counts ? 1 : 0);

/** What a name adds; NaN where it is not known which targets are names. */
const ofName = (named: boolean | null, counts: boolean) => (named === null ? Number.NaN : one(named && counts));
/** What a target adds under a model with a cache; NaN without one. */
const ofCached = (cached: CachedTarget | null, counts: (cached: CachedTarget) => boolean) =>
  cached === null ? Number.NaN : one(counts(cached));

/** In the order of a breakdown's columns. */
export const SUMS = {
  counted: { of: 'targets', byGroup: true, term: () => 1 },
  loss: { of: 'losses', byGroup: true, term: ({ loss }) => loss },
  knownLoss: { of: 'losses', term: ({ loss, known }) => (known ? loss : 0) },
  unknown: { of: 'targets', partOf: 'counted', term: ({ known }) => one(!known) },
  top1: { of: 'targets', partOf: 'top5', byGroup: true, term: ({ rank }) => one(rank < 1) },
  top5: { of: 'targets', partOf: 'counted', byGroup: true, term: ({ rank }) => one(rank < 5) },
  top5Known: { of: 'targets', partOf: 'top5', term: ({ rank, known }) => one(rank < 5 && known) },
  codexglueCounted: { of: 'targets', partOf: 'counted', term: ({ ignored }) => one(!ignored) },
  codexglueHits: {
    of: 'targets',
    partOf: 'codexglueCounted',
    term: ({ rank, known, ignored }) => one(rank < 1 && known && !ignored),
  },
  names: { of: 'targets', partOf: 'counted', mayBeMissing: true, term: ({ named }) => ofName(named, true) },
  top1Names: {
    of: 'targets',
    partOf: 'top5Names',
    mayBeMissing: true,
    term: ({ named, known, rank }) => ofName(named, known && rank < 1),
  },
  top5Names: {
    of: 'targets',
    partOf: 'names',
    mayBeMissing: true,
    term: ({ named, known, rank }) => ofName(named, known && rank < 5),
  },
  cacheLoss: { of: 'losses', byGroup: true, mayBeMissing: true, term: ({ cached }) => cached?.loss ?? Number.NaN },
  cacheTop1: {
    of: 'targets',
    partOf: 'cacheTop5',
    mayBeMissing: true,
    term: ({ cached }) => ofCached(cached, ({ rank }) => rank < 1),
  },
  cacheTop5: {
    of: 'targets',
    partOf: 'counted',
    byGroup: true,
    mayBeMissing: true,
    term: ({ cached }) => ofCached(cached, ({ rank }) => rank < 5),
  },
  cacheCodexglueHits: {
    of: 'targets',
    partOf: 'codexglueCounted',
    mayBeMissing: true,
    term: ({ cached, ignored }) => ofCached(cached, ({ rank }) => rank < 1 && !ignored),
  },
  cacheTop1Names: {
    of: 'targets',
    partOf: 'cacheTop5Names',
    mayBeMissing: true,
    term: ({ named, cached }) => ofCached(cached, ({ rank }) => named === true && rank < 1),
  },
  cacheTop5Names: {
    of: 'targets',
    partOf: 'names',
    mayBeMissing: true,
    term: ({ named, cached }) => ofCached(cached, ({ rank }) => named === true && rank < 5),
  },
} as const satisfies Readonly<Record<string, Sum>>;

export type SumName = keyof typeof SUMS;
/** One value of each sum; NaN where it was not counted. */
export type Sums = Readonly<Record<SumName, number>>;

export const SUM_NAMES = keysOf(SUMS);
export const sumOf = (name: SumName): Sum => SUMS[name];
/** Those that a breakdown counts for each group of targets, too. */
export const GROUP_SUM_NAMES = SUM_NAMES.filter((name) => sumOf(name).byGroup === true);
