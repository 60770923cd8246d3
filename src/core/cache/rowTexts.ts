/** The tokens of a row as a cache tells them apart: by text, also those outside a model's vocabulary. */
import { PAD_ID, SPECIAL_IDS, UNK_ID } from '../data/vocabulary.ts';
import { isNamed, outsideNumber } from '../data/outside.ts';
import { kindOf } from '../python/tokenKind.ts';

/** Slot of the outside tokens to which the data set gave no number. */
export const TEXTLESS = 0;
/** Marks positions without a token. */
export const NO_SLOT = -1;

export interface RowTexts {
  /** For each target of the row its slot: the number of its text, from 1 in order of first occurrence. */
  readonly slots: Int32Array;
  /** By slot: the id in the model's vocabulary, `UNK_ID` outside. The first slot is `TEXTLESS`. */
  readonly ids: Int32Array;
  /** By slot: whether it is an identifier. */
  readonly names: readonly boolean[];
}

/** Whether each id is an identifier. @param tokens of the data set's vocabulary */
export function nameFlags(tokens: readonly string[]): readonly boolean[] {
  return [...Array.from({ length: SPECIAL_IDS }, () => false), ...tokens.map((token) => kindOf(token) === 'name')];
}

/**
 * @param row ids as the data set has them, before its vocabulary is cut to the model's
 * @param outside what the data set keeps of its own `<UNK>`s (../data/outside.ts), as long as `row`
 * @param limit ids of the model, `<PAD>` and `<UNK>` among them
 * @param names `nameFlags` of the data set
 */
export function rowTexts(
  row: ArrayLike<number>,
  outside: ArrayLike<number>,
  limit: number,
  names: readonly boolean[],
): RowTexts {
  const slots = new Int32Array(Math.max(0, row.length - 1)).fill(NO_SLOT);
  const ids = [UNK_ID];
  const named = [false];
  const known = new Map<number, number>();
  for (let t = 0; t < slots.length; t++) {
    const id = row[t + 1]!;
    if (id === PAD_ID) continue;
    const kept = id === UNK_ID ? (outside[t + 1] ?? 0) : 0;
    const isTextless = id === UNK_ID && outsideNumber(kept) === 0;
    // Ids are below 2 ** 16: outside texts come after them.
    const text = id === UNK_ID ? 2 ** 16 + outsideNumber(kept) : id;
    let slot = isTextless ? TEXTLESS : known.get(text);
    if (slot === undefined) {
      slot = ids.length;
      known.set(text, slot);
      ids.push(id < limit ? id : UNK_ID);
      named.push(id === UNK_ID ? isNamed(kept) : names[id] === true);
    }
    slots[t] = slot;
  }
  return { slots, ids: Int32Array.from(ids), names: named };
}
