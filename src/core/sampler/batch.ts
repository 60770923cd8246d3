/** Rows of ids as one batch for a model: time-major inputs and targets, without the steps that are padding for all. */
import { PAD_ID, SPECIAL_IDS, UNK_ID } from '../dataset/vocabulary.ts';

export interface Batch {
  readonly rows: number;
  /** Steps computed: one less than the longest row's tokens, at least one. */
  readonly steps: number;
  /** [steps x rows], time-major. */
  readonly inputs: Int32Array;
  /** [steps x rows], time-major; PAD where there is no target. */
  readonly targets: Int32Array;
  /** Targets that are not PAD. */
  readonly counted: number;
}

export interface Cut {
  /** Ids a row at most. */
  readonly length: number;
  /** Tokens of the vocabulary kept, PAD and UNK not counted: ids past it are read as `<UNK>`. */
  readonly vocabulary: number;
}

/** Ids before the padding at a row's end, `limit` at most. */
export function rowLength(row: Uint16Array, limit = row.length): number {
  let length = Math.min(row.length, limit);
  while (length > 0 && row[length - 1] === PAD_ID) length--;
  return length;
}

/**
 * Input is ids 0 .. n-2 of a row, target ids 1 .. n-1. Since the nets are causal and PAD only trails, leaving out the
 * steps after the longest row changes no loss, gradient or measure.
 */
export function makeBatch(rows: readonly Uint16Array[], cut: Cut): Batch {
  const limit = cut.vocabulary + SPECIAL_IDS;
  const lengths = rows.map((row) => rowLength(row, cut.length));
  const steps = Math.max(2, ...lengths) - 1;
  const inputs = new Int32Array(steps * rows.length).fill(PAD_ID);
  const targets = new Int32Array(steps * rows.length).fill(PAD_ID);
  let counted = 0;
  for (const [r, row] of rows.entries()) {
    const length = lengths[r]!;
    for (let t = 0; t < length; t++) {
      const id = row[t]! < limit ? row[t]! : UNK_ID;
      if (t < steps) inputs[t * rows.length + r] = id;
      if (t > 0) targets[(t - 1) * rows.length + r] = id;
    }
    counted += Math.max(0, length - 1);
  }
  return { rows: rows.length, steps, inputs, targets, counted };
}
