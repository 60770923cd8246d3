/** Runs of one model with one configuration and several seeds are one entry of a comparison: a pool. */
import type { ModelName } from '../models/registry.ts';
import { descending } from '../order.ts';
import type { Measures } from '../metrics/measures.ts';
import { METRIC_NAMES, type MetricName } from '../metrics/registry.ts';
import { recordOf } from '../records.ts';
import { configEntries, notApplyingTo } from '../settings/sameConfig.ts';
import { chanceLoss } from '../runs/divergence.ts';
import { bestEpochOf, trainingCost } from '../runs/findings.ts';
import type { RunRecord } from '../runs/run.ts';

/** Over the seeds of a pool. */
export interface Spread {
  readonly mean: number;
  /** Sample deviation over the runs (n - 1); null for a single seed, however often it was trained, and where the mean is not finite. */
  readonly deviation: number | null;
}

export type MetricSpreads = Readonly<Record<MetricName, Spread>>;

export interface Pool {
  /** The same for runs that differ in nothing but their seed. */
  readonly key: string;
  readonly model: ModelName;
  readonly dataset: RunRecord['dataset'];
  /** Tokens at which rows are cut. */
  readonly length: number;
  /** Recurrent layers, and how a residual model's reach the output layer. */
  readonly layers: number;
  readonly connection: RunRecord['config']['connection'];
  /** By rising number. */
  readonly runIds: readonly string[];
  /** Each once, though several runs may have it. */
  readonly seeds: readonly number[];
  /** Names of the devices it was trained on, each once. */
  readonly devices: readonly string[];
  readonly parameters: number;
  /** Rate of the fastest run, since other work on a machine can only slow a run down. */
  readonly tokensPerSecond: number;
  readonly seconds: number;
  /** Means over the runs. */
  readonly epochs: number;
  readonly bestEpoch: number;
  /** At the best epoch. */
  readonly train: MetricSpreads;
  readonly validation: MetricSpreads;
  /** Null unless every run was tested. */
  readonly test: MetricSpreads | null;
  /** Loss of guessing all tokens alike, in nats. */
  readonly chanceLoss: number;
  /** Share of test targets, else validation targets, that are unknown. */
  readonly unknownShare: number;
}

export function poolKey({ model, dataset, config }: Pick<RunRecord, 'model' | 'dataset' | 'config'>): string {
  return JSON.stringify([model, dataset.sha256, configEntries(config, ['seed', 'preset', ...notApplyingTo(model)])]);
}

/** In the order in which each first appears. Runs without a best epoch are in none. */
export function poolRuns(runs: readonly RunRecord[]): readonly Pool[] {
  const byKey = new Map<string, RunRecord[]>();
  for (const run of runs) {
    if (bestEpochOf(run) === null) continue;
    const key = poolKey(run);
    byKey.set(key, [...(byKey.get(key) ?? []), run]);
  }
  return [...byKey].map(([key, own]) =>
    poolOf(
      key,
      own.toSorted((a, b) => a.number - b.number),
    ),
  );
}

function poolOf(key: string, runs: readonly RunRecord[]): Pool {
  const first = runs[0]!;
  const best = runs.map((run) => bestEpochOf(run)!);
  const tests = runs.flatMap(({ test }) => (test ? [test] : []));
  const mean = (of: (run: RunRecord) => number) => spread(runs.map(of)).mean;
  const measured = tests.length === runs.length ? tests : best.map(({ validation }) => validation);
  const seeds = distinct(runs.map(({ config }) => config.seed));
  const spreadsOf = (measures: readonly Measures[]) =>
    recordOf(METRIC_NAMES, (metric) => {
      const over = spread(measures.map((one) => one[metric]));
      // repeating a seed says nothing about the variation between seeds
      return seeds.length < 2 ? { ...over, deviation: null } : over;
    });
  return {
    key,
    model: first.model,
    dataset: first.dataset,
    length: first.config.length,
    layers: first.config.layers,
    connection: first.config.connection,
    runIds: runs.map(({ id }) => id),
    seeds,
    devices: distinct(runs.map(({ device }) => device.name)),
    parameters: first.parameters,
    ...fastest(runs),
    epochs: mean(({ epochs }) => epochs.length),
    bestEpoch: mean(({ bestEpoch }) => bestEpoch!),
    train: spreadsOf(best.map(({ train }) => train)),
    validation: spreadsOf(best.map(({ validation }) => validation)),
    test: tests.length === runs.length ? spreadsOf(tests) : null,
    chanceLoss: chanceLoss(first.config),
    unknownShare: spread(measured.map(({ unknown, counted }) => unknown / counted)).mean,
  };
}

function fastest(runs: readonly RunRecord[]): ReturnType<typeof trainingCost> {
  return runs.map(trainingCost).toSorted((a, b) => descending(a.tokensPerSecond, b.tokensPerSecond))[0]!;
}

function distinct<Value>(values: readonly Value[]): readonly Value[] {
  return [...new Set(values)];
}

/** @param values at least one */
export function spread(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2 || !Number.isFinite(mean)) return { mean, deviation: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
