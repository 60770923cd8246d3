/**
 * What a first training with the preset `quick` must show: every model is well above the n-gram baselines, and the models come in the order
 * of the study. Judged by top-5 accuracy on validation at the best epoch.
 */
import { z } from 'zod';
import { trainingConfigSchema } from '#core/settings/config.ts';
import { MODEL_NAMES, modelTitle, type ModelName } from '#core/models/registry.ts';
import { formatPercent, formatPoints } from '#core/format.ts';

/** In the order in which they must come, the worst first. */
export const QUICK_MODELS = ['rnn', 'lstm', 'residual-lstm'] as const satisfies readonly ModelName[];
export const QUICK_SEEDS = [42, 43, 44, 45, 46] as const;

/** Top-5 above the bigram, as a fraction, that each model of each seed must reach. */
const MIN_GAIN = 0.06;
/** Seeds of which the models may come in another order. */
const MAX_OUT_OF_ORDER = 1;

export const seedResultSchema = z.object({
  seed: z.int(),
  /** Top-5 on validation: the bigram baseline's, and each model's at its best epoch. */
  bigram: z.number(),
  top5: z.partialRecord(z.enum(MODEL_NAMES), z.number()),
  /** Training, validation and test of all models. */
  seconds: z.number(),
});
export type SeedResult = z.infer<typeof seedResultSchema>;

export const quickResultsSchema = z.object({
  /** The configuration of the first seed; the others differ in the seed alone. */
  config: trainingConfigSchema,
  device: z.string(),
  seeds: z.array(seedResultSchema).min(1),
});
export type QuickResults = z.infer<typeof quickResultsSchema>;

/** Sentences, one for each requirement that does not hold; none where all hold. */
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
