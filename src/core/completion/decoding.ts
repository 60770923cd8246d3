/** How a line is decoded from a model's probabilities: every setting, its default and the reason for it. */
import { z } from 'zod';

export const DECODING_METHODS = ['greedy', 'sample', 'beam'] as const;

export const MAX_BEAMS = 8;

export const decodingSchema = z.strictObject({
  /** The likeliest token each time; one drawn by its probability; or the likeliest of several lines kept side by side. */
  method: z.enum(DECODING_METHODS),
  /** For `sample`: logits are divided by it, so below 1 likely tokens become likelier. */
  temperature: z.number().min(0.05).max(3),
  /** For `sample`: only this many of the likeliest tokens can be drawn. */
  topK: z.int().min(1).max(1_000),
  /** For `beam`: lines kept side by side. */
  beams: z.int().min(2).max(MAX_BEAMS),
  /** For `sample`: seeds the draws; the same text and seed give the same line. */
  seed: z.int().min(0).max(0xffff_ffff),
  /** Maximum number of lines offered. */
  lines: z.int().min(1).max(5),
});
export type Decoding = z.infer<typeof decodingSchema>;

export const DEFAULT_DECODING: Decoding = {
  method: 'greedy', // continues what the candidates beside the editor show
  temperature: 0.8, // a little below 1 keeps a small model's long tail out
  topK: 20, // small models spread most of the remaining probability over nonsense
  beams: 4, // as many rows as the processor's kernels multiply at once
  seed: 42, // the task's own seed
  lines: 1, // what one can judge at a glance
};
