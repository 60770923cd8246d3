/**
 * The measures of a split, summed over all its non-PAD targets (never a mean of batch means). Devices only return the negative
 * log-likelihood and the rank of every target; everything else is counted here, by the rules of the registry.
 */
import { z } from 'zod';
import { PAD_ID, UNK_ID } from '../data/vocabulary.ts';
import { anyNumber } from '../json.ts';
import { recordOf } from '../records.ts';
import { COUNT_NAMES, METRIC_NAMES, metricOf, type MetricName } from './registry.ts';
import { SUM_NAMES, sumOf, type CachedTarget, type ScoredTarget, type SumName, type Sums } from './sums.ts';

/** Every metric, and the counts behind them. Rates are fractions from 0 to 1. */
export type Measures = Readonly<Record<MetricName | (typeof COUNT_NAMES)[number], number>>;

export function measuresOfSums(sums: Sums): Measures {
  return {
    ...recordOf(METRIC_NAMES, (name) => metricOf(name).formula(sums)),
    ...recordOf(COUNT_NAMES, (name) => sums[name]),
  };
}

const count = z.int().min(0);
const schemaOf = (mayBeMissing: (name: MetricName) => boolean) =>
  z.object({
    ...recordOf(METRIC_NAMES, (name): z.ZodType<number> =>
      mayBeMissing(name) ? anyNumber.default(Number.NaN) : anyNumber,
    ),
    ...recordOf(COUNT_NAMES, () => count),
  });

/** Infinite where it overflowed, as the perplexity of a loss above 709 does; NaN of an empty split, and where weights diverged. */
export const measuresSchema = schemaOf((name) => metricOf(name).mayBeMissing === 'everywhere');
/** As another program may write them. */
export const foreignMeasuresSchema = schemaOf((name) => metricOf(name).mayBeMissing !== undefined);

/** A sum of each name, as it is stored. */
export const sumsSchema = z.object(
  recordOf(SUM_NAMES, (name): z.ZodType<number> =>
    sumOf(name).mayBeMissing === true ? anyNumber.default(Number.NaN) : anyNumber,
  ),
);

type Term = (target: ScoredTarget) => number;

/** What a target adds to each of some sums. Looked up once: looking it up for each target takes three times as long. */
export function termsOf(names: readonly SumName[]): readonly Term[] {
  return names.map((name) => sumOf(name).term);
}

/**
 * Adds a target to consecutive sums.
 * @param at index of the first one
 */
export function addTarget(sums: Float64Array, at: number, terms: readonly Term[], target: ScoredTarget): void {
  for (let i = 0; i < terms.length; i++) sums[at + i]! += terms[i]!(target);
}

/** More about targets than loss and rank, one after the other as the targets; each is left out where it is not known. */
export interface TargetDetails {
  /** Which are identifiers. */
  readonly named?: ArrayLike<boolean> | undefined;
  /** Loss and rank with a cache. */
  readonly cached?: ArrayLike<CachedTarget> | undefined;
}

const TERMS = termsOf(SUM_NAMES);
const COUNTED = SUM_NAMES.indexOf('counted');
const LOSS = SUM_NAMES.indexOf('loss');

export class MeasureSum {
  readonly #sums: Float64Array;
  readonly #ignored: ReadonlySet<number>;

  /**
   * @param ignored ids that CodeXGLUE does not count: those of `<s>`, `</s>` and `<EOL>`
   * @param sums to continue from
   */
  constructor(ignored: ReadonlySet<number>, sums?: Sums) {
    this.#ignored = ignored;
    this.#sums = Float64Array.from(SUM_NAMES, (name) => sums?.[name] ?? 0);
  }

  /** For another instance to continue from. */
  sums(): Sums {
    return recordOf(SUM_NAMES, (name) => this.#sums[SUM_NAMES.indexOf(name)]!);
  }

  /**
   * @param targets token ids, PAD where there is none
   * @param losses negative log-likelihood of each target, in nats; ignored at PAD
   * @param ranks number of logits strictly greater than the target's; ignored at PAD
   */
  add(
    targets: ArrayLike<number>,
    losses: ArrayLike<number>,
    ranks: ArrayLike<number>,
    { named, cached }: TargetDetails = {},
  ): void {
    for (let i = 0; i < targets.length; i++) {
      const target = targets[i]!;
      if (target === PAD_ID) continue;
      addTarget(this.#sums, 0, TERMS, {
        loss: losses[i]!,
        rank: ranks[i]!,
        known: target !== UNK_ID,
        ignored: this.#ignored.has(target),
        named: named?.[i] ?? null,
        cached: cached?.[i] ?? null,
      });
    }
  }

  get counted(): number {
    return this.#sums[COUNTED]!;
  }

  /** Mean loss so far, in nats; NaN before the first target. */
  get loss(): number {
    return this.#sums[LOSS]! / this.counted;
  }

  measures(): Measures {
    return measuresOfSums(this.sums());
  }
}
