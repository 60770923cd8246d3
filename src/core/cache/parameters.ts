/** The two numbers of a continuous cache. They belong to a model: the states of another one have other lengths. */
import { z } from 'zod';

export interface CacheParameters {
  /** How strongly the similarity of two states counts: 0 weights all tokens of the text equally. */
  readonly theta: number;
  /** Share of the cache in the mixture with the model, below 1. */
  readonly lambda: number;
}

export const cacheParametersSchema = z.object({
  theta: z.number().min(0).max(1_000),
  lambda: z.number().min(0).max(0.99),
});

/** Defaults for a model without a search: close to the values found for the models that had one. */
export const UNSEARCHED: CacheParameters = { theta: 0.5, lambda: 0.3 };
