/** Ids that every data set shares. */
export const PAD_ID = 0;
export const UNK_ID = 1;
/** Ids before the first token of the vocabulary. */
export const SPECIAL_IDS = 2;
export const PAD_TOKEN = '<PAD>';
export const UNK_TOKEN = '<UNK>';
