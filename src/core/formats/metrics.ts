/**
 * `metrics.json`: the measures of a training, in a format that the lab, the PyTorch package and other people's scripts share. Rates are
 * fractions from 0 to 1. Numbers that are infinite or NaN are written as ../json.ts says.
 */
import { z } from 'zod';
import { cacheSearchSchema } from '../cache/searchRecord.ts';
import { MODEL_NAMES } from '../models/registry.ts';
import { fail } from '../failure.ts';
import { sameConfig } from '../settings/sameConfig.ts';
import { anyNumber, parseVersioned, writeJson } from '../json.ts';
import { foreignMeasuresSchema } from '../metrics/measures.ts';
import { deviceRecordSchema, epochSchema, ngramBaselineSchema, type RunRecord } from '../runs/run.ts';

export const METRICS_SCHEMA = 1;

const modelSchema = z.object({
  name: z.enum(MODEL_NAMES),
  /** Trainable values. */
  parameters: z.int(),
  /** Epoch of the lowest validation loss, from 1; null before the first. */
  bestEpoch: z.int().nullable(),
  epochs: z.array(
    z.object({
      epoch: z.int().min(1),
      seconds: anyNumber,
      tokensPerSecond: anyNumber,
      /** Left out by programs that do not report it. */
      gradientNorm: epochSchema.shape.gradientNorm.optional(),
      /** Running mean of the epoch, dropout on. */
      train: foreignMeasuresSchema,
      /** After the epoch, dropout off. */
      validation: foreignMeasuresSchema,
    }),
  ),
  /** On the best weights; null where training ended before it. */
  test: foreignMeasuresSchema.nullable(),
  /** Theta and lambda of a continuous cache, and how they were found. */
  cache: cacheSearchSchema.optional(),
  /** Measures on the data set's dev split, if it has one. */
  dev: foreignMeasuresSchema.optional(),
});

export const metricsSchema = z.object({
  schema: z.literal(METRICS_SCHEMA),
  dataset: z.object({ id: z.string(), sha256: z.string() }),
  device: z.object({ kind: deviceRecordSchema.shape.kind, name: z.string() }),
  /** The training configuration; another program's may hold more, or less. */
  config: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  models: z.array(modelSchema),
  /** Counted n-gram models on the same training rows. */
  yardsticks: z.array(ngramBaselineSchema.extend({ validation: foreignMeasuresSchema })).default([]),
});
export type Metrics = z.infer<typeof metricsSchema>;

/**
 * The metrics of runs that share data set, device and configuration, as those of one experiment do.
 * @throws LabError `bad-input` for no runs, or for runs that differ in these
 */
export function metricsOf(runs: readonly RunRecord[]): Metrics {
  const { dataset, device, config, yardsticks } = requireShared(runs);
  return {
    schema: METRICS_SCHEMA,
    dataset,
    device,
    config,
    models: runs.map(({ model, parameters, bestEpoch, epochs, test, dev, cache }) => ({
      name: model,
      parameters,
      bestEpoch,
      epochs: epochs.map(({ epoch, seconds, tokensPerSecond, gradientNorm, train, validation }) => ({
        epoch,
        seconds,
        tokensPerSecond,
        gradientNorm,
        train,
        validation,
      })),
      test,
      ...(cache === undefined ? {} : { cache }),
      ...(dev === undefined ? {} : { dev }),
    })),
    yardsticks,
  };
}

/** @throws LabError `bad-input` if the runs cannot be in one table */
export function requireShared(runs: readonly RunRecord[]): RunRecord {
  const [first, ...others] = runs;
  if (first === undefined)
    fail('bad-input', 'No run has started, so there is nothing to report.', 'Train a model first.');
  for (const part of ['dataset', 'device', 'config'] as const) {
    const stray = others.find(({ [part]: own, config }) =>
      part === 'config' ? !sameConfig(config, first.config) : JSON.stringify(own) !== JSON.stringify(first[part]),
    );
    if (stray !== undefined) {
      fail(
        'bad-input',
        `The runs of ${first.model} and ${stray.model} differ in their ${part}, so they cannot be in one report.`,
        'Report them separately.',
      );
    }
  }
  return first;
}

/** The text of `metrics.json`. */
export function writeMetrics(metrics: Metrics): string {
  return `${writeJson(metrics, 2)}\n`;
}

/**
 * Reads a `metrics.json`, this lab's or another program's.
 * @param where its path or address, for the error message
 * @throws LabError `bad-input` or `unknown-version`
 */
export function parseMetrics(text: string, where: string): Metrics {
  return parseVersioned(text, {
    schema: metricsSchema,
    version: METRICS_SCHEMA,
    name: `the file ${where}`,
    is: 'the metrics.json of a training run',
    remedy: 'Choose the metrics.json of a training run.',
    otherVersion: 'Update the lab, or write them again with this version.',
  });
}
