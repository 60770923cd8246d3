/**
 * The record of a training: figures, which are committed (workers/verify/regression/figures.json) and which every machine must reach within
 * limits, and bits, which one machine and build must repeat.
 */
import { z } from 'zod';
import { MODEL_NAMES } from '../models/registry.ts';
import { recordOf } from '../records.ts';
import { fail } from '../failure.ts';
import { CASE_NAMES, type CaseName } from './cases.ts';
import type { TensorProjections, TensorDigest } from './digest.ts';

/** The tensors of one training step, in the order in which they are computed. */
export type StepRecord = readonly TensorDigest[];

/** What a device computed for a model: the steps of each case. */
export type ModelRecord = Readonly<Record<CaseName, readonly StepRecord[]>>;

/** By tensor: norm and projections (digest.ts). The norm of the loss is the loss itself. */
const stepFiguresSchema = z.record(z.string(), z.tuple([z.number(), z.number(), z.number()]));
const modelFiguresSchema = z.record(z.enum(CASE_NAMES), z.array(stepFiguresSchema));

const regressionFiguresSchema = z.strictObject({
  schema: z.literal(1),
  /** The device that computed them. */
  device: z.string(),
  models: z.record(z.enum(MODEL_NAMES), modelFiguresSchema),
});
export type StepFigures = z.infer<typeof stepFiguresSchema>;
export type ModelFigures = z.infer<typeof modelFiguresSchema>;
export type RegressionFigures = z.infer<typeof regressionFiguresSchema>;

/** Hash of each tensor, by its name. */
const stepBitsSchema = z.record(z.string(), z.string());
export const modelBitsSchema = z.record(z.enum(CASE_NAMES), z.array(stepBitsSchema));
export type ModelBits = z.infer<typeof modelBitsSchema>;

/** Significant digits; more than float32 has. */
const DIGITS = 9;

export function modelFigures(record: ModelRecord): ModelFigures {
  const rounded = ([norm, first, second]: TensorProjections): [number, number, number] => [
    Number(norm.toPrecision(DIGITS)),
    Number(first.toPrecision(DIGITS)),
    Number(second.toPrecision(DIGITS)),
  ];
  return eachStep(record, ({ tensor, figures }) => [tensor, rounded(figures)]);
}

export function modelBits(record: ModelRecord): ModelBits {
  return eachStep(record, ({ tensor, bits }) => [tensor, bits]);
}

/** @throws LabError `bad-input` if it does not match the schema */
export function parseFigures(json: unknown, where: string): RegressionFigures {
  const parsed = regressionFiguresSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  fail(
    'bad-input',
    `${where} does not have the figures of every model and case: ${z.prettifyError(parsed.error)}`,
    'Write them again with `npm run regress -- --write`.',
  );
}

function eachStep<Kept>(
  record: ModelRecord,
  keep: (digest: TensorDigest) => readonly [string, Kept],
): Record<CaseName, Record<string, Kept>[]> {
  const kept = (step: StepRecord) => Object.fromEntries(step.map(keep));
  return recordOf(CASE_NAMES, (name) => record[name].map(kept));
}
