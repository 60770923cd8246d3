/** Rows of ids as one batch for a model: time-major inputs and targets, without the steps that are padding for all. */
import { PAD_ID, SPECIAL_IDS, UNK_ID } from '../vocabulary.ts';

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

/** Some rows of a batch, computed separately. */
export interface MicroBatch extends Batch {
  /** Its first row's place in the whole batch. */
  readonly firstRow: number;
}

/**
 * Cuts a batch into micro-batches of `rows` rows at most, each without the steps that are padding for all of its rows. A
 * batch that is small enough comes back as it is.
 */
export function splitBatch(batch: Batch, rows: number): readonly MicroBatch[] {
  if (batch.rows <= rows) return [{ ...batch, firstRow: 0 }];
  const parts: MicroBatch[] = [];
  for (let firstRow = 0; firstRow < batch.rows; firstRow += rows) {
    parts.push(rowsOf(batch, firstRow, Math.min(rows, batch.rows - firstRow)));
  }
  return parts;
}

function rowsOf(batch: Batch, firstRow: number, rows: number): MicroBatch {
  const column = (ids: Int32Array, steps: number) => {
    const part = new Int32Array(steps * rows);
    for (let t = 0; t < steps; t++) {
      const from = t * batch.rows + firstRow;
      part.set(ids.subarray(from, from + rows), t * rows);
    }
    return part;
  };
  const all = column(batch.targets, batch.steps);
  // The nets are causal: an input after the last target decides nothing.
  const steps = Math.floor(all.findLastIndex((id) => id !== PAD_ID) / rows) + 1;
  const targets = all.subarray(0, Math.max(1, steps) * rows);
  return {
    firstRow,
    rows,
    steps: Math.max(1, steps),
    inputs: column(batch.inputs, Math.max(1, steps)),
    targets,
    counted: targets.reduce((count, id) => count + (id === PAD_ID ? 0 : 1), 0),
  };
}

/**
 * One value a target, [steps x rows] of each micro-batch, at the targets' places in the whole batch; zeros in the steps that a
 * micro-batch left out.
 */
export function joinRows(batch: Batch, parts: readonly MicroBatch[], values: readonly Float32Array[]): Float32Array {
  if (parts.length === 1 && values[0]?.length === batch.targets.length) return values[0];
  const whole = new Float32Array(batch.targets.length);
  for (const [index, { firstRow, rows, steps }] of parts.entries()) {
    for (let t = 0; t < steps; t++) {
      whole.set(values[index]!.subarray(t * rows, (t + 1) * rows), t * batch.rows + firstRow);
    }
  }
  return whole;
}
