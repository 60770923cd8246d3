/**
 * What a first training with the preset `quick` must show: every model is well above the n-gram baselines, and the models come in the order
 * of the study. Judged by top-5 accuracy on validation at the best epoch.
 */
import { z } from 'zod';
import { trainingConfigSchema } from '#core/settings/config.ts';
import { MODEL_NAMES, modelTitle, type ModelName } from '#core/models/registry.ts';
import { formatPercent, formatPoints } from '#core/format.ts';

/** The models in their required order, the worst first. */
export const QUICK_MODELS = ['rnn', 'lstm', 'residual-lstm'] as const satisfies readonly ModelName[];
export const QUICK_SEEDS = [42, 43, 44, 45, 46] as const;

/** By how much, as a fraction, the top-5 accuracy of each model and seed must exceed the bigram's. */
const MIN_GAIN = 0.06;
/** Number of seeds whose models may have another order. */
const MAX_OUT_OF_ORDER = 1;

export const seedResultSchema = z.object({
  seed: z.int(),
  /** Top-5 on validation: `bigram` of that baseline, `top5` of each model at its best epoch. */
  bigram: z.number(),
  top5: z.partialRecord(z.enum(MODEL_NAMES), z.number()),
  /** Duration of training, validation and test of all models. */
  seconds: z.number(),
});
export type SeedResult = z.infer<typeof seedResultSchema>;

export const quickResultsSchema = z.object({
  /** The configuration of the first seed; the others differ only in the seed. */
  config: trainingConfigSchema,
  device: z.string(),
  seeds: z.array(seedResultSchema).min(1),
});
export type QuickResults = z.infer<typeof quickResultsSchema>;

/** One sentence for each requirement that does not hold; empty when all hold. */
export function lessonProblems(seeds: readonly SeedResult[]): readonly string[] {
  const low = seeds.flatMap(({ seed, bigram, top5 }) =>
    QUICK_MODELS.flatMap((model) => {
      const gain = (top5[model] ?? Number.NaN) - bigram;
      if (gain >= MIN_GAIN) return [];
      return `Seed ${seed}: ${modelTitle(model)} has ${formatPercent(top5[model])}, ${formatPoints(gain)} beside the bigram’s ${formatPercent(bigram)}; it must be ${formatPoints(MIN_GAIN)} or more.`;
    }),
  );
  const outOfOrder = seeds.filter(({ top5 }) => !isInOrder(top5)).map(({ seed }) => seed);
  if (outOfOrder.length <= MAX_OUT_OF_ORDER) return low;
  const order = QUICK_MODELS.map(modelTitle).join(', ');
  return [...low, `The order is not ${order} with seeds ${outOfOrder.join(', ')}; one seed at most may differ.`];
}

export function isInOrder(top5: SeedResult['top5']): boolean {
  return QUICK_MODELS.every((model, i) => {
    const before = QUICK_MODELS[i - 1];
    return before === undefined || (top5[before] ?? Number.NaN) < (top5[model] ?? Number.NaN);
  });
}
