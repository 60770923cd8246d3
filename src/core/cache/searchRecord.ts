/** The stored record of the search for theta and lambda. */
import { z } from 'zod';
import { anyNumber } from '../json.ts';
import { cacheParametersSchema } from './parameters.ts';

const pointSchema = cacheParametersSchema.extend({
  /** Mean of -log q_t, in nats. */
  loss: anyNumber,
  /** Share of targets among the five likeliest texts. */
  top5: anyNumber,
});
export type CachePoint = z.infer<typeof pointSchema>;

export const cacheSearchSchema = z.object({
  /** The pair that was taken. */
  parameters: cacheParametersSchema,
  /** Validation rows, and targets in them. */
  rows: z.int().min(0),
  targets: z.int().min(0),
  /** Every pair that was tried. */
  points: z.array(pointSchema).max(1_000),
});
export type CacheSearch = z.infer<typeof cacheSearchSchema>;
