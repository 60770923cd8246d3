/**
 * An experiment as it is stored: what was asked for, and an item a run, with what has become of it. The items of all stored experiments
 * that still wait are the queue (queue.ts). Runs know their experiment's id, and are stored apart.
 */
import { z } from 'zod';
import { DEVICE_CHOICES } from '../devices.ts';
import { anyNumber } from '../json.ts';
import { MODEL_CHOICES } from '../models/registry.ts';
import { trainingConfigSchema, type TrainingConfig } from '../settings/config.ts';
import { SETTING_NAMES } from '../settings/registry.ts';
import { experimentSchema } from './grid.ts';

export const EXPERIMENT_SCHEMA = 1;

/**
 * `running`: the item that trains now, or trained when the lab was closed. `held`: it has reached the end of its rung and waits for
 * the others. `dropped`: halving does not promote it.
 */
export const ITEM_STATES = ['queued', 'running', 'held', 'done', 'skipped', 'dropped', 'failed'] as const;
export type ItemState = (typeof ITEM_STATES)[number];

const storedFailureSchema = z.object({ kind: z.string(), what: z.string(), remedy: z.string() });
export type StoredFailure = z.infer<typeof storedFailureSchema>;

export const itemSchema = z.object({
  /** From 1; unique in its experiment. */
  number: z.int().min(1),
  /** Number of the combination in the plan, from 1. */
  combination: z.int().min(1),
  model: z.enum(MODEL_CHOICES),
  /** Settings in which it differs from the experiment's configuration. */
  changes: z.partialRecord(z.enum(SETTING_NAMES), z.union([z.string(), z.number(), z.null()])),
  state: z.enum(ITEM_STATES),
  /** Its place in the queue: lower is earlier, over all experiments. */
  order: z.number(),
  /** Null before it has begun. */
  runId: z.string().nullable(),
  /** The halving rung, from 0, that it trains for or has reached. */
  rung: z.int().min(0),
  /** The lowest validation loss so far; NaN before the first epoch, and where it failed. */
  loss: anyNumber,
  failure: storedFailureSchema.nullable(),
});
export type ExperimentItem = z.infer<typeof itemSchema>;

/** `paused` and `stopped` by a person; `interrupted` with its tab; `failed` on something that the next run would fail on too. */
export const HALT_REASONS = ['paused', 'stopped', 'interrupted', 'failed'] as const;

export const experimentRecordSchema = z.object({
  schema: z.literal(EXPERIMENT_SCHEMA),
  id: z.string(),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  plan: experimentSchema,
  dataset: z.object({ id: z.string(), sha256: z.string() }),
  device: z.enum(DEVICE_CHOICES),
  threads: z.int().min(1).optional(),
  /** The preset's, with the settings that are the same in all. */
  config: trainingConfigSchema,
  items: z.array(itemSchema),
  /** Why its training is suspended; null if it is not. */
  halt: z.object({ reason: z.enum(HALT_REASONS), failure: storedFailureSchema.nullable() }).nullable(),
});
export type ExperimentRecord = z.infer<typeof experimentRecordSchema>;
export type Halt = NonNullable<ExperimentRecord['halt']>;

/** The whole configuration of an item. */
export function configOf(
  { config }: Pick<ExperimentRecord, 'config'>,
  { changes }: Pick<ExperimentItem, 'changes'>,
): TrainingConfig {
  return trainingConfigSchema.parse({ ...config, ...changes });
}
