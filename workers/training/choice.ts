/** Chooses the models that an experiment trains, their order, and the baseline of its residual model. */
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

/** The choices in order; after a resume, only those from the resumed model's on. */
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
 * The variant of the better baseline, which is the one with the lower validation loss at its best epoch, on the same data and
 * configuration. If this experiment has baselines, only those are compared.
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
