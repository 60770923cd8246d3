/** Runs with made-up figures, for the tests of this folder. */
import { presetConfig, type TrainingConfig } from '../settings/config.ts';
import type { ModelName } from '../models/registry.ts';
import type { Measures } from '../metrics/measures.ts';
import { METRIC_NAMES } from '../metrics/registry.ts';
import { recordOf } from '../records.ts';
import type { RunRecord } from '../runs/run.ts';

/** Values that tests expect are fixed here, so that a change of the preset does not break the tests. */
const CONFIG: TrainingConfig = {
  ...presetConfig('quick', 300),
  batch: 8,
  forgetBias: 0,
  initialization: 'uniform',
  epochs: 6,
};

/** Measures with the given loss and top-5; the others are derived from these. */
export function measuresOf(loss: number, top5: number): Measures {
  return {
    ...recordOf(METRIC_NAMES, () => top5),
    loss,
    perplexity: Math.exp(loss),
    perplexityKnown: Math.exp(loss - 0.1),
    top1: top5 - 0.2,
    top5Known: top5 - 0.05,
    codexglue: top5 - 0.3,
    counted: 1_000,
    unknown: 160,
  };
}

/** A finished run whose epochs have these validation losses and top-5; the lowest loss is the best. */
export function runOf(
  model: ModelName,
  course: readonly (readonly [number, number])[],
  but: Partial<RunRecord> = {},
): RunRecord {
  const losses = course.map(([loss]) => loss);
  const best = losses.indexOf(Math.min(...losses));
  return {
    schema: 2,
    id: `run-${model}`,
    number: 1,
    experiment: 'experiment',
    model,
    parameters: 123_456,
    dataset: { id: 'python-stdlib', sha256: 'ab'.repeat(32) },
    device: { kind: 'reference', name: 'TensorFlow.js, plain CPU' },
    config: CONFIG,
    state: 'done',
    createdAt: 0,
    epochs: course.map(([loss, top5], index) => ({
      epoch: index + 1,
      seconds: 10,
      tokensPerSecond: 1_000 + index,
      gradientNorm: { mean: 0.5, max: 2 },
      train: measuresOf(loss + 0.2, top5 - 0.02),
      validation: measuresOf(loss, top5),
    })),
    bestEpoch: best < 0 ? null : best + 1,
    ended: 'epochs',
    test: best < 0 ? null : measuresOf(course[best]![0] + 0.1, course[best]![1] - 0.01),
    yardsticks: [
      { name: 'unigram', validation: measuresOf(5, 0.4) },
      { name: 'bigram', validation: measuresOf(3, 0.71) },
    ],
    failure: null,
    ...but,
  };
}

/** Measures of a model that diverged: the perplexity of its loss is too large for a float64. */
export const OVERFLOWED_MEASURES: Measures = {
  ...measuresOf(800, 0.3),
  perplexity: Infinity,
  perplexityKnown: Infinity,
};

/**
 * A run that diverged and recovered. In its first epoch the training perplexity and the gradient norm overflowed, the clock measured no
 * time, and the validation loss is NaN. Its second epoch is the best.
 */
export function divergedRun(model: ModelName, but: Partial<RunRecord> = {}): RunRecord {
  const run = runOf(
    model,
    [
      [Number.NaN, 0.1],
      [2.9, 0.4],
    ],
    but,
  );
  const epochs = run.epochs.map((epoch, index) =>
    index > 0
      ? epoch
      : {
          ...epoch,
          seconds: 0,
          tokensPerSecond: Infinity,
          gradientNorm: { mean: Infinity, max: Infinity },
          train: OVERFLOWED_MEASURES,
        },
  );
  return { ...run, epochs, bestEpoch: 2, test: measuresOf(2.95, 0.39), ...but };
}
