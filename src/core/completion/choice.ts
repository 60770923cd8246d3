/** A possible next token in a text: a token of the vocabulary, or with a cache (../cache/mixture.ts) a name or a literal of the text. */
export interface Choice {
  /** The id that the model reads for it: `UNK_ID` for a text outside the vocabulary, that of the placeholder for a literal. */
  readonly id: number;
  readonly token: string;
  readonly probability: number;
  /** Part of the probability that comes from the cache; 0 without one. */
  readonly fromCache: number;
  /** Part of that which comes from other files. */
  readonly fromOthers: number;
  /** Whether it occurs only in the text: a name outside the vocabulary, or a literal. */
  readonly ofText: boolean;
}

/** The likeliest choices at a place, at most `count`, without PAD. */
export type Choices = (count: number) => readonly Choice[];
