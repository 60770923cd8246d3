/** Which models an experiment trains, in which order, and which baseline its residual model takes. */
import {
  BASELINE_NAMES,
  isBaseline,
  isOf,
  modelTitle,
  modelsOf,
  variantOf,
  type ModelChoice,
  type ModelName,
  type Variant,
} from '#core/models/registry.ts';
import { baselinesFirst } from '#core/experiments/items.ts';
import { fail } from '#core/failure.ts';
import { better, bestLoss, isComparableBaseline, type Comparable } from '#core/runs/baseline.ts';
import type { RunRecord } from '#core/runs/run.ts';

/** In order; from the one that this model was trained for on, where it goes on. */
export function choicesLeft(
  models: readonly ModelChoice[],
  resumedModel: ModelName | undefined,
): readonly ModelChoice[] {
  const all = baselinesFirst(models);
  if (resumedModel === undefined) return all;
  const at = all.findIndex((choice) => isOf(resumedModel, choice));
  return at < 0 ? [resumedModel] : all.slice(at);
}

/**
 * The variant's form of the better baseline: lower validation loss at its best epoch, on the same data and configuration.
 * Baselines of this experiment count alone where there are any.
 */
export function variantOfBetter(
  variant: Variant,
  runs: readonly RunRecord[],
  { experiment: own, ...wanted }: Comparable & { readonly experiment: string },
): ModelName {
  const comparable = runs.filter((run) => isComparableBaseline(run, wanted));
  const here = comparable.filter(({ experiment }) => experiment === own);
  const best = better(here.length > 0 ? here : comparable, bestLoss)?.model;
  if (best === undefined || !isBaseline(best)) {
    fail(
      'bad-config',
      `The ${variant} model is based on the better baseline, but no baseline is trained yet with this data and configuration.`,
      `Train the ${BASELINE_NAMES.map(modelTitle).join(' or the ')} too, or choose ${modelsOf(variant).join(' or ')} by name.`,
    );
  }
  return variantOf(best, variant);
}
