/**
 * A run: one model trained on one data set, with what it measured. Runs of one click share an `experiment`. Plain data: stored in
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
  /** Training steps of the epoch; records before this was counted have none. */
  steps: z.int().min(0).optional(),
  /** Non-PAD targets trained on, a second. */
  tokensPerSecond: anyNumber,
  /** Largest global gradient norm before clipping, and its mean; NaN where a run from elsewhere does not tell. */
  gradientNorm: z.object({ mean: anyNumber, max: anyNumber }),
  /** Running mean of the epoch, dropout on. */
  train: measuresSchema,
  /** After the epoch, dropout off. */
  validation: measuresSchema,
});
export type EpochRecord = z.infer<typeof epochSchema>;

export const RUN_STATES = ['waiting', 'training', 'paused', 'done', 'stopped', 'failed', 'interrupted'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** What computed a run: a device of the lab, PyTorch, or nobody knows what, where its weights came alone. */
const COMPUTED_BY = [...DEVICE_CHOICES, 'torch', 'unknown'] as const;

export const deviceRecordSchema = z.object({
  kind: z.enum(COMPUTED_BY).exclude(['auto']),
  /** What computes, for people: the adapter, or the backend. */
  name: z.string(),
  /** On the device cpu; records before this was kept have none. */
  threads: z.int().min(1).optional(),
});
export type DeviceRecord = z.infer<typeof deviceRecordSchema>;

export const ngramBaselineSchema = z.object({ name: z.enum(['unigram', 'bigram']), validation: measuresSchema });
/** A counted n-gram model on the same training rows, to judge a curve by. */
export type NgramBaseline = z.infer<typeof ngramBaselineSchema>;

export const runSchema = z.object({
  schema: z.literal(RUN_SCHEMA),
  id: z.string(),
  /** Counts the lab's runs of all models, from 1: `LSTM 12`. */
  number: z.int().min(1),
  /** Shared by the runs of one click. */
  experiment: z.string(),
  /** All models of the experiment, so that the next ones are trained too after the run resumes; earlier records have none. */
  models: z.array(z.enum(MODEL_CHOICES)).optional(),
  model: z.enum(MODEL_NAMES),
  /** Trainable values. */
  parameters: z.int(),
  dataset: z.object({ id: z.string(), sha256: z.string() }),
  device: deviceRecordSchema,
  config: trainingConfigSchema,
  /** How its steps are cut into micro-batches, since that decides how sums are rounded; earlier records have none. */
  plan: memoryPlanSchema.optional(),
  state: z.enum(RUN_STATES),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  epochs: z.array(epochSchema),
  /** Epoch of the lowest validation loss, from 1; null before the first. Its weights are the ones kept. */
  bestEpoch: z.int().nullable(),
  /** Told of runs that came from elsewhere, with measures alone or weights alone; others keep the best epoch's weights. */
  hasWeights: z.boolean().optional(),
  /** Spent on saving where the training stands, so far; records before this was measured have none. */
  savingSeconds: anyNumber.optional(),
  /** Why training ended, if the user did not stop it. */
  ended: z.enum(['patience', 'epochs']).nullable(),
  /** Measured once, on the best weights. */
  test: measuresSchema.nullable(),
  /** Theta and lambda of a continuous cache, with how they were found; runs from before, and of data sets that keep too little, have none. */
  cache: cacheSearchSchema.optional(),
  /** Measured once on the dev split, if the data set has one. */
  dev: measuresSchema.optional(),
  yardsticks: z.array(ngramBaselineSchema),
  /** What went wrong, in a sentence, where state is `failed`. */
  failure: z.object({ kind: z.string(), what: z.string(), remedy: z.string() }).nullable(),
});
export type RunRecord = z.infer<typeof runSchema>;

/** Whether there are weights of a run: to complete with, or to take away. */
export function hasWeights({ hasWeights: told, bestEpoch }: Pick<RunRecord, 'hasWeights' | 'bestEpoch'>): boolean {
  return told ?? bestEpoch !== null;
}
