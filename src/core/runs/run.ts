/**
 * A run: one model trained on one data set, with its measures. Runs of one click share an `experiment`. Plain data: stored in
 * IndexedDB, sent to the page, and read into `metrics.json` and reports. Its steps (stepTable.ts), its results per test file (breakdown.ts)
 * and the user's label (runLabel.ts) are stored separately, and read when they are shown.
 */
import { z } from 'zod';
import { cacheSearchSchema } from '../cache/searchRecord.ts';
import { trainingConfigSchema } from '../settings/config.ts';
import { MODEL_CHOICES, MODEL_NAMES } from '../models/registry.ts';
import { DEVICE_CHOICES } from '../devices.ts';
import { anyNumber } from '../json.ts';
import { measuresSchema } from '../metrics/measures.ts';
import { memoryPlanSchema } from '../models/memoryPlan.ts';

export const RUN_SCHEMA = 2;

export const epochSchema = z.object({
  /** From 1. */
  epoch: z.int().min(1),
  /** Wall time of the epoch's training, pauses and validation excluded. */
  seconds: anyNumber,
  /** Seconds of the epoch spent waiting for data; older records have none. */
  dataWaitSeconds: anyNumber.optional(),
  /** Seconds of measuring validation, without pauses; older records have none. */
  validationSeconds: anyNumber.optional(),
  /** Training steps of the epoch; older records have none. */
  steps: z.int().min(0).optional(),
  /** Non-PAD targets trained on per second. */
  tokensPerSecond: anyNumber,
  /** Mean and maximum of the global gradient norm before clipping; NaN if an imported run does not have it. */
  gradientNorm: z.object({ mean: anyNumber, max: anyNumber }),
  /** Means over the epoch's steps, with dropout. */
  train: measuresSchema,
  /** Measured after the epoch, without dropout. */
  validation: measuresSchema,
});
export type EpochRecord = z.infer<typeof epochSchema>;

export const RUN_STATES = ['waiting', 'training', 'paused', 'done', 'stopped', 'failed', 'interrupted'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** What computed a run: a device of the lab, PyTorch, or `unknown` if only its weights were imported. */
const COMPUTED_BY = [...DEVICE_CHOICES, 'torch', 'unknown'] as const;

export const deviceRecordSchema = z.object({
  kind: z.enum(COMPUTED_BY).exclude(['auto']),
  /** Readable name of the adapter or backend. */
  name: z.string(),
  /** Threads of the device cpu; older records have none. */
  threads: z.int().min(1).optional(),
});
export type DeviceRecord = z.infer<typeof deviceRecordSchema>;

export const ngramBaselineSchema = z.object({ name: z.enum(['unigram', 'bigram']), validation: measuresSchema });
/** Measures of an n-gram model of the same training rows, for comparison with the curves. */
export type NgramBaseline = z.infer<typeof ngramBaselineSchema>;

export const runSchema = z.object({
  schema: z.literal(RUN_SCHEMA),
  id: z.string(),
  /** Number among all runs of the lab, from 1: `LSTM 12`. */
  number: z.int().min(1),
  /** Shared by the runs of one click. */
  experiment: z.string(),
  /** All models of the experiment, so that the next ones are trained too after the run resumes; earlier records have none. */
  models: z.array(z.enum(MODEL_CHOICES)).optional(),
  model: z.enum(MODEL_NAMES),
  /** Number of trainable parameters. */
  parameters: z.int(),
  dataset: z.object({ id: z.string(), sha256: z.string() }),
  device: deviceRecordSchema,
  config: trainingConfigSchema,
  /** How its steps are split into micro-batches, which decides how sums are rounded; older records have none. */
  plan: memoryPlanSchema.optional(),
  state: z.enum(RUN_STATES),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  epochs: z.array(epochSchema),
  /** Epoch of the lowest finite validation loss, from 1, whose weights are kept; null if there is none yet. */
  bestEpoch: z.int().nullable(),
  /** Set for imported runs, which may lack weights or measures. Other runs have the weights of their best epoch. */
  hasWeights: z.boolean().optional(),
  /** Seconds spent on checkpoints so far; older records have none. */
  savingSeconds: anyNumber.optional(),
  /** Why training ended, if the user did not stop it. */
  ended: z.enum(['patience', 'epochs']).nullable(),
  /** Measured once, on the best weights. */
  test: measuresSchema.nullable(),
  /** Search for theta and lambda of the continuous cache; older runs, and data sets without texts of `<UNK>`s, have none. */
  cache: cacheSearchSchema.optional(),
  /** Measured once on the dev split, if the data set has one. */
  dev: measuresSchema.optional(),
  yardsticks: z.array(ngramBaselineSchema),
  /** What went wrong if the state is `failed`. */
  failure: z.object({ kind: z.string(), what: z.string(), remedy: z.string() }).nullable(),
});
export type RunRecord = z.infer<typeof runSchema>;

/** Whether a run has weights, for completing code and for export. */
export function hasWeights({ hasWeights: told, bestEpoch }: Pick<RunRecord, 'hasWeights' | 'bestEpoch'>): boolean {
  return told ?? bestEpoch !== null;
}
