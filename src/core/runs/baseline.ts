/** Finds the baseline of a run or model, and the best of several baselines. */
import { isBaseline, modelOf, type ModelName } from '../models/registry.ts';
import type { Measures } from '../metrics/measures.ts';
import { ascending } from '../order.ts';
import { sameFor } from '../settings/sameConfig.ts';
import type { TrainingConfig } from '../settings/config.ts';
import { bestEpochOf } from './findings.ts';
import type { RunRecord } from './run.ts';

/**
 * The candidate with the lowest loss; the first one if several are equal. Candidates without a loss (NaN) come last.
 * @returns undefined if there are no candidates
 */
export function better<T>(candidates: readonly T[], lossOf: (candidate: T) => number): T | undefined {
  return candidates.toSorted((a, b) => ascending(lossOf(a), lossOf(b)))[0];
}

/** Validation loss of the best epoch; NaN if there is none. */
export function bestLoss(run: RunRecord): number {
  return bestEpochOf(run)?.validation.loss ?? Number.NaN;
}

/** What a baseline must have in common with a model that extends it, so that the two can be compared. */
export interface Comparable {
  /** SHA-256 of the data set. */
  readonly sha256: string;
  readonly config: TrainingConfig;
}

/** Whether this is a finished baseline on the same data, with the same values of all settings that apply to it. */
export function isComparableBaseline(
  { model, state, dataset, config }: RunRecord,
  { sha256, config: wanted }: Comparable,
): boolean {
  return isBaseline(model) && state === 'done' && dataset.sha256 === sha256 && sameFor(model, config, wanted);
}

/** The first model that extends a baseline; undefined if there is none. */
export function firstExtended<T extends { readonly model: ModelName }>(models: readonly T[]): T | undefined {
  return models.find(({ model }) => !isBaseline(model));
}

/** The first one whose model is the baseline of `extended`; undefined if there is none, or if `extended` has no baseline. */
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
  /** Residual minus baseline, top-5 as fractions. `test` is null unless both were tested. */
  readonly validation: { readonly top5: number; readonly perplexity: number };
  readonly test: { readonly top5: number; readonly perplexity: number } | null;
}

/** How the residual model differs from the baseline that it extends; null if either is missing or has no best epoch. */
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
