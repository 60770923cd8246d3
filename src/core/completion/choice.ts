/** What may come next in a text: a token of the vocabulary, or a name of the text that stands in the place of `<UNK>`. */
export interface Choice {
  /** `UNK_ID` for a name of the text. */
  readonly id: number;
  readonly token: string;
  readonly probability: number;
  readonly from: 'model' | 'text';
}

/** The likeliest choices at a place, at most so many; PAD is none of them. */
export type Choices = (count: number) => readonly Choice[];
