/** `pytorch/oracle/cache.json`: a row under a model with a cache, as PyTorch computes it. */
import { z } from 'zod';
import { outsideCode } from '../data/outside.ts';
import { UNK_ID } from '../data/vocabulary.ts';

const numbers = z.array(z.number());
const oracleSchema = z.object({
  cases: z.array(
    z.object({
      theta: z.number(),
      lambda: z.number(),
      /** Ids, `<PAD>` and `<UNK>` among them. */
      vocab: z.int(),
      states: z.array(numbers),
      weight: z.array(numbers),
      bias: numbers,
      /** Each target as a number: its id, `vocab` or more for a text outside the vocabulary, 1 if that text is lost. */
      texts: z.array(z.int()),
      losses: numbers,
      /** Null where the text occurs for the first time. */
      ranks: z.array(z.int().nullable()),
    }),
  ),
});
export type CacheOracleCase = z.infer<typeof oracleSchema>['cases'][number];

export function parseCacheOracle(text: string): readonly CacheOracleCase[] {
  return oracleSchema.parse(JSON.parse(text)).cases;
}

/** The row as a data set has it, with a first token that nothing depends on. */
export function rowOfCase({ texts, vocab }: CacheOracleCase): { ids: Uint16Array; outside: Uint16Array } {
  return {
    ids: Uint16Array.from([2, ...texts.map((text) => (text < vocab ? text : UNK_ID))]),
    outside: Uint16Array.from([0, ...texts.map((text) => (text < vocab ? 0 : outsideCode(text - vocab + 1, true)))]),
  };
}
