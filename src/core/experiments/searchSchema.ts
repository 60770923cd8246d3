/** How a sample and halving are asked for. */
import { z } from 'zod';
import { SETTING_NAMES } from '../settings/registry.ts';

export const SAMPLE_METHODS = ['random', 'sobol'] as const;
export type SampleMethod = (typeof SAMPLE_METHODS)[number];

/** More points are refused: nobody trains so many, so it is a typing error. */
export const MAX_POINTS = 1_000;

const rangeSchema = z.strictObject({
  from: z.number(),
  to: z.number(),
  /** `log`: as many values between 1 and 10 as between 10 and 100. The setting's own where not given. */
  scale: z.enum(['linear', 'log']).optional(),
});
export type SampleRange = z.infer<typeof rangeSchema>;

export const sampleSchema = z.strictObject({
  method: z.enum(SAMPLE_METHODS),
  count: z.int().min(1).max(MAX_POINTS),
  /** Seeds the draw, not the training. */
  seed: z.int().min(0).max(0xffff_ffff).default(0),
  ranges: z.partialRecord(z.enum(SETTING_NAMES), rangeSchema),
});
export type Sample = z.infer<typeof sampleSchema>;

/** Successive halving: halving.ts. */
export const halvingSchema = z.strictObject({
  eta: z.int().min(2).max(10).default(3),
  firstEpochs: z.int().min(1).max(1_000),
});
export type Halving = z.infer<typeof halvingSchema>;
