/** Runs that came from elsewhere: from a `metrics.json`, PyTorch's or another lab's, or from weights alone. */
import { presetConfig, trainingConfigSchema, type TrainingConfig } from '../settings/config.ts';
import { PRESETS } from '../settings/presets.ts';
import type { ModelName } from '../models/registry.ts';
import { parameterCount, type ModelSpec } from '../models/spec.ts';
import type { Metrics } from './metrics.ts';
import { RUN_SCHEMA, type RunRecord } from '../runs/run.ts';

/** For programs that do not report gradient norms. */
const UNTOLD = { mean: Number.NaN, max: Number.NaN };

/** A run without its place among the others. */
export type UnnumberedRun = Omit<RunRecord, 'number'>;

/**
 * The runs of a metrics file, in its order.
 * @param fingerprint of the file: the same file gives the same ids
 * @param weighed models whose weights came with it
 * @param at milliseconds since 1970
 */
export function runsOfMetrics(
  { dataset, device, config, models, yardsticks }: Metrics,
  {
    fingerprint,
    weighed,
    at,
  }: { readonly fingerprint: string; readonly weighed: ReadonlySet<ModelName>; readonly at: number },
): UnnumberedRun[] {
  return models.map(({ name, parameters, bestEpoch, epochs, test, dev, cache }) => ({
    schema: RUN_SCHEMA,
    id: `${fingerprint}-${name}`,
    experiment: fingerprint,
    model: name,
    parameters,
    dataset,
    device,
    config: configOf(config),
    state: 'done',
    createdAt: at,
    epochs: epochs.map((epoch) => ({ ...epoch, gradientNorm: epoch.gradientNorm ?? UNTOLD })),
    bestEpoch,
    hasWeights: weighed.has(name),
    ended: null,
    test,
    ...(cache === undefined ? {} : { cache }),
    ...(dev === undefined ? {} : { dev }),
    yardsticks,
    failure: null,
  }));
}

/** A run of which only the weights and their metadata are known. */
export function runOfWeights(
  model: ModelName,
  spec: ModelSpec,
  {
    config,
    dataset,
    fingerprint,
    at,
  }: {
    readonly config: TrainingConfig;
    readonly dataset: RunRecord['dataset'];
    readonly fingerprint: string;
    readonly at: number;
  },
): UnnumberedRun {
  return {
    schema: RUN_SCHEMA,
    id: fingerprint,
    experiment: fingerprint,
    model,
    parameters: parameterCount(spec),
    dataset,
    device: { kind: 'unknown', name: 'not known (only weights were imported)' },
    config,
    state: 'done',
    createdAt: at,
    epochs: [],
    bestEpoch: null,
    hasWeights: true,
    ended: null,
    test: null,
    yardsticks: [],
    failure: null,
  };
}

/** The settings that a program reports and the lab has; the others are its preset's, `task` where it names none. */
export function configOf(told: Readonly<Record<string, unknown>>): TrainingConfig {
  const preset = PRESETS.find((one) => one === told['preset']) ?? 'task';
  let config = presetConfig(preset, 0);
  for (const name of trainingConfigSchema.keyof().options) {
    const changed = trainingConfigSchema.safeParse({ ...config, [name]: told[name] });
    if (changed.success) config = changed.data;
  }
  return config;
}
