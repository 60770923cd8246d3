/**
 * What a data set keeps of tokens outside its vocabulary, which are all `<UNK>` in its rows: within a row, which of them are the same text,
 * and whether that is an identifier. One uint16 for each `<UNK>`, in the order of the rows: twice the number of its text, from 1 in order
 * of first occurrence in the row, plus 1 for an identifier. Number 0 is a token without a number.
 */
import { UNK_ID } from './vocabulary.ts';

/** Numbers that fit: a row with more distinct outside texts has the rest without one. */
const MAX_NUMBER = 32_767;

export function outsideCode(number: number, named: boolean): number {
  return 2 * (number > MAX_NUMBER ? 0 : number) + (named ? 1 : 0);
}

/** Number of its text within the row, 0 for none. */
export function outsideNumber(code: number): number {
  return code >> 1;
}

export function isNamed(code: number): boolean {
  return (code & 1) === 1;
}

/** Codes as the rows have them: 0 for every token of the vocabulary. @param codes one for each `<UNK>` of `ids`, in order */
export function spreadCodes(ids: Uint16Array, codes: Uint16Array): Uint16Array {
  const spread = new Uint16Array(ids.length);
  let next = 0;
  for (let i = 0; i < ids.length; i++) if (ids[i] === UNK_ID) spread[i] = codes[next++] ?? 0;
  return spread;
}
