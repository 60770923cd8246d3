/**
 * The training steps of a run as columns, so that thousands of steps are sent to the page and stored as a few buffers.
 */
import { z } from 'zod';
import { fail } from '../failure.ts';

/** Parts of a network whose gradient norms are measured separately, from the input to the output. */
export type Layer = 'embedding' | `layer ${number}` | 'output';

/** @param recurrent number of recurrent layers */
export function layersOf(recurrent: number): readonly Layer[] {
  return ['embedding', ...Array.from({ length: recurrent }, (_, index): Layer => `layer ${index + 1}`), 'output'];
}

/** Number of parts assumed for a table without rows. */
const DEFAULT_PARTS = layersOf(2).length;

/** The parts whose norms a table has. */
export function layersIn({
  step,
  layerNorms,
}: {
  readonly step: ArrayLike<number>;
  readonly layerNorms: ArrayLike<number>;
}): readonly Layer[] {
  return layersOf(partsIn(step, layerNorms) - 2);
}

function partsIn(step: ArrayLike<number>, layerNorms: ArrayLike<number>): number {
  return step.length === 0 ? DEFAULT_PARTS : layerNorms.length / step.length;
}

/** Which part a variable belongs to, by its name in PyTorch. */
export function layerOf(variable: string): Layer {
  if (variable.startsWith('embedding.')) return 'embedding';
  // The projection belongs to the output layer. With weight tying, the shared matrix belongs to the embedding.
  if (/^(output|projection)\./.test(variable)) return 'output';
  const [, index] = /^rnn\..*_l(\d+)$/.exec(variable) ?? [];
  if (index !== undefined) return `layer ${Number(index) + 1}`;
  throw new Error(`no layer has a variable ${variable}`);
}

export interface StepRecord {
  /** From 1, over all epochs. */
  readonly step: number;
  /** Mean over the batch's targets, in nats. */
  readonly loss: number;
  /** Norm of all gradients, before clipping. */
  readonly gradientNorm: number;
  /** Targets trained on up to the end of this step. */
  readonly tokens: number;
  /** Seconds of training up to the end of this step, without pauses and validation. */
  readonly seconds: number;
  /** Gradient norm of each part, before clipping; null if it was not measured. */
  readonly layerNorms: readonly number[] | null;
}

/** One row per step, in ascending order of steps. Values that were not measured are NaN. */
export interface StepTable {
  readonly step: Uint32Array<ArrayBuffer>;
  readonly loss: Float32Array<ArrayBuffer>;
  readonly gradientNorm: Float32Array<ArrayBuffer>;
  readonly tokens: Float64Array<ArrayBuffer>;
  readonly seconds: Float64Array<ArrayBuffer>;
  /** [rows x parts]; all rows have the same parts. */
  readonly layerNorms: Float32Array<ArrayBuffer>;
}

export const NO_STEPS: StepTable = stepTable([]);

export function stepTable(records: readonly StepRecord[]): StepTable {
  const parts = records.find(({ layerNorms }) => layerNorms !== null)?.layerNorms?.length ?? DEFAULT_PARTS;
  const missing: readonly number[] = Array.from({ length: parts }, () => Number.NaN);
  return {
    step: Uint32Array.from(records, ({ step }) => step),
    loss: Float32Array.from(records, ({ loss }) => loss),
    gradientNorm: Float32Array.from(records, ({ gradientNorm }) => gradientNorm),
    tokens: Float64Array.from(records, ({ tokens }) => tokens),
    seconds: Float64Array.from(records, ({ seconds }) => seconds),
    layerNorms: Float32Array.from(records.flatMap(({ layerNorms }) => layerNorms ?? missing)),
  };
}

/** The given rows of a table, in the given order. */
export function pickRows(table: StepTable, rows: readonly number[]): StepTable {
  const parts = partsIn(table.step, table.layerNorms);
  const layers = new Float32Array(rows.length * parts);
  for (const [at, row] of rows.entries()) {
    layers.set(table.layerNorms.subarray(row * parts, (row + 1) * parts), at * parts);
  }
  return {
    step: Uint32Array.from(rows, (row) => table.step[row]!),
    loss: Float32Array.from(rows, (row) => table.loss[row]!),
    gradientNorm: Float32Array.from(rows, (row) => table.gradientNorm[row]!),
    tokens: Float64Array.from(rows, (row) => table.tokens[row]!),
    seconds: Float64Array.from(rows, (row) => table.seconds[row]!),
    layerNorms: layers,
  };
}

/** Appends the second table to the first, without the rows that are not later than the first table's last step. */
export function joinTables(before: StepTable, after: StepTable): StepTable {
  const last = before.step.at(-1) ?? 0;
  const first = after.step.findIndex((step) => step > last);
  if (first < 0) return before;
  if (before.step.length === 0 && first === 0) return after;
  return {
    step: joined(Uint32Array, before.step, after.step.subarray(first)),
    loss: joined(Float32Array, before.loss, after.loss.subarray(first)),
    gradientNorm: joined(Float32Array, before.gradientNorm, after.gradientNorm.subarray(first)),
    tokens: joined(Float64Array, before.tokens, after.tokens.subarray(first)),
    seconds: joined(Float64Array, before.seconds, after.seconds.subarray(first)),
    layerNorms: joined(
      Float32Array,
      before.layerNorms,
      after.layerNorms.subarray(first * partsIn(after.step, after.layerNorms)),
    ),
  };
}

function joined<Column extends { set(values: ArrayLike<number>, offset?: number): void }>(
  make: new (length: number) => Column,
  before: ArrayLike<number>,
  after: ArrayLike<number>,
): Column {
  const column = new make(before.length + after.length);
  column.set(before);
  column.set(after, before.length);
  return column;
}

const columns = z.object({
  step: z.instanceof(Uint32Array<ArrayBuffer>),
  loss: z.instanceof(Float32Array<ArrayBuffer>),
  gradientNorm: z.instanceof(Float32Array<ArrayBuffer>),
  tokens: z.instanceof(Float64Array<ArrayBuffer>),
  seconds: z.instanceof(Float64Array<ArrayBuffer>),
  layerNorms: z.instanceof(Float32Array<ArrayBuffer>),
});

/**
 * Checks what was read from storage.
 * @throws LabError `bad-input` if columns are missing or differ in length
 */
export function parseStepTable(value: unknown, where: string): StepTable {
  const parsed = columns.safeParse(value);
  if (parsed.success) {
    const { step, layerNorms, ...others } = parsed.data;
    const fits = Object.values(others).every((column) => column.length === step.length);
    const parts = partsIn(step, layerNorms);
    const norms = step.length === 0 ? layerNorms.length === 0 : Number.isInteger(parts) && parts > 2;
    if (fits && norms) return parsed.data;
  }
  fail(
    'bad-input',
    `The steps of ${where} are damaged.`,
    'Its epochs and weights are still there. Train it again to get its steps.',
  );
}
