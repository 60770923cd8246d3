/** Which run or model is the baseline of another, and which of several baselines is the better one. */
import { isBaseline, modelOf, type ModelName } from '../models/registry.ts';
import type { Measures } from '../metrics/measures.ts';
import { ascending } from '../order.ts';
import { sameFor } from '../settings/sameConfig.ts';
import type { TrainingConfig } from '../settings/config.ts';
import { bestEpochOf } from './findings.ts';
import type { RunRecord } from './run.ts';

/**
 * The run with the lowest validation loss at its best epoch; the first of equal ones. A run without a loss (NaN) is last.
 * @returns undefined for none
 */
export function better<T>(candidates: readonly T[], lossOf: (candidate: T) => number): T | undefined {
  return candidates.toSorted((a, b) => ascending(lossOf(a), lossOf(b)))[0];
}

/** NaN without a best epoch. */
export function bestLoss(run: RunRecord): number {
  return bestEpochOf(run)?.validation.loss ?? Number.NaN;
}

/** What a baseline must share with a model that extends it, to be compared with it. */
export interface Comparable {
  /** SHA-256 of the data set. */
  readonly sha256: string;
  readonly config: TrainingConfig;
}

/** Whether this is a finished baseline on the same data and configuration, in all that applies to a baseline. */
export function isComparableBaseline(
  { model, state, dataset, config }: RunRecord,
  { sha256, config: wanted }: Comparable,
): boolean {
  return isBaseline(model) && state === 'done' && dataset.sha256 === sha256 && sameFor(model, config, wanted);
}

/** The first that extends a baseline; undefined for none. */
export function firstExtended<T extends { readonly model: ModelName }>(models: readonly T[]): T | undefined {
  return models.find(({ model }) => !isBaseline(model));
}

/** The first that is of the baseline of this model; undefined for none, and for a model that extends none. */
export function baselineAmong<T extends { readonly model: ModelName }>(
  models: readonly T[],
  extended: ModelName,
): T | undefined {
  const { baseline } = modelOf(extended);
  return baseline === null ? undefined : models.find(({ model }) => model === baseline);
}

export interface LoggedDifference {
  readonly baseline: ModelName;
  readonly residual: ModelName;
  /** Residual less baseline: top-5 as fractions, perplexity as it is. `test` where both were tested. */
  readonly validation: { readonly top5: number; readonly perplexity: number };
  readonly test: { readonly top5: number; readonly perplexity: number } | null;
}

/** How the residual model differs from the baseline that it extends; null where either is missing or has no epoch. */
export function residualDifference(runs: readonly RunRecord[]): LoggedDifference | null {
  const residual = firstExtended(runs);
  if (residual === undefined) return null;
  const baseline = baselineAmong(runs, residual.model);
  const after = bestEpochOf(residual);
  const before = baseline === undefined ? null : bestEpochOf(baseline);
  if (baseline === undefined || after === null || before === null) return null;
  const difference = (a: Measures, b: Measures) => ({ top5: a.top5 - b.top5, perplexity: a.perplexity - b.perplexity });
  return {
    baseline: baseline.model,
    residual: residual.model,
    validation: difference(after.validation, before.validation),
    test: residual.test && baseline.test ? difference(residual.test, baseline.test) : null,
  };
}
