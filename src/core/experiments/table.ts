/**
 * Runs as a table of configurations: those that differ only in their seed are one configuration, whose figures are pooled. It works over
 * the runs of one experiment and over any other selection, such as all runs on one data set.
 */
import { poolKey, poolRuns, type Pool } from '../comparison/pools.ts';
import { formatCounted } from '../format.ts';
import { modelTitle, type ModelName } from '../models/registry.ts';
import { ascending } from '../order.ts';
import {
  runSetting,
  runSettingsInWords,
  runSettingTitle,
  settingApplies,
  settingsThatDiffer,
  type RunSetting,
} from '../runs/runNames.ts';
import type { RunRecord } from '../runs/run.ts';

export interface Configuration {
  /** The same for runs that differ in nothing but their seed. */
  readonly key: string;
  readonly model: ModelName;
  /** By rising number, also those without figures; at least one. */
  readonly runs: readonly RunRecord[];
  /** The runs that have a best epoch; null where none has. */
  readonly pool: Pool | null;
}

/** What configurations differ in: their model, their data set or a setting. The seed is pooled, and a device changes no result. */
export type Dimension = 'model' | Exclude<RunSetting, 'seed' | 'device'>;

/** Best first, by mean validation loss; those without a figure last. */
export function configurationsOf(runs: readonly RunRecord[]): readonly Configuration[] {
  const byKey = new Map<string, RunRecord[]>();
  for (const run of runs) {
    const key = poolKey(run);
    const own = byKey.get(key);
    if (own) own.push(run);
    else byKey.set(key, [run]);
  }
  return [...byKey]
    .map(([key, own]): Configuration => {
      const sorted = own.toSorted((a, b) => a.number - b.number);
      return { key, model: sorted[0]!.model, runs: sorted, pool: poolRuns(sorted)[0] ?? null };
    })
    .toSorted((a, b) => ascending(validationLoss(a), validationLoss(b)));
}

/** More configurations than this are not compared with intervals: nobody reads so many columns, curves and paragraphs side by side. */
const MAX_COMPARED = 12;

/**
 * The runs of the best configurations, and of the one that is pinned as the baseline; all runs where there are few.
 * @param pinned id of the run that is the baseline, or null
 */
export function runsToCompare(runs: readonly RunRecord[], pinned: string | null): readonly RunRecord[] {
  const configurations = configurationsOf(runs);
  if (configurations.length <= MAX_COMPARED) return runs;
  const chosen = configurations.filter(
    (one, place) => place < MAX_COMPARED || one.runs.some(({ id }) => id === pinned),
  );
  return chosen.flatMap((one) => one.runs).toSorted((a, b) => a.number - b.number);
}

/** Mean over the seeds, at the best epoch of each; NaN without one. */
export function validationLoss({ pool }: Configuration): number {
  return pool?.validation.loss.mean ?? Number.NaN;
}

/** What differs between these runs, the model first. */
export function dimensionsOf(runs: readonly RunRecord[]): readonly Dimension[] {
  const severalModels = new Set(runs.map(({ model }) => model)).size > 1;
  const settings = settingsThatDiffer(runs).filter((setting) => setting !== 'seed' && setting !== 'device');
  return [...(severalModels ? (['model'] as const) : []), ...settings];
}

/** `rate`, `data set`. */
export function dimensionTitle(dimension: Dimension): string {
  return dimension === 'model' ? 'model' : runSettingTitle(dimension);
}

/** The value for display; null where the setting changes nothing for the configuration. */
export function dimensionText({ runs, model }: Configuration, dimension: Dimension): string | null {
  if (dimension === 'model') return modelTitle(model);
  const run = runs[0]!;
  return settingApplies(run, dimension) ? runSetting(run, dimension) : null;
}

/** The model, and what sets the configuration apart: `LSTM, rate 0.004`. */
export function configurationTitle({ runs, model }: Configuration, dimensions: readonly Dimension[]): string {
  const run = runs[0]!;
  const settings = dimensions.filter((one): one is Exclude<Dimension, 'model'> => one !== 'model');
  const words = runSettingsInWords(
    run,
    settings.filter((setting) => settingApplies(run, setting)),
  );
  return [modelTitle(model), words].filter(Boolean).join(', ');
}

/** Longer lists of values are shortened to the first and the last. */
const MAX_LISTED = 4;

/** An experiment's default title, named after what varies in it: `LSTM, rate 0.002, 0.004`. */
export function experimentTitle(runs: readonly RunRecord[]): string {
  const models = [...new Set(runs.map(({ model }) => model))].map(modelTitle);
  const parts = dimensionsOf(runs).flatMap((dimension) => {
    if (dimension === 'model') return [];
    const values = valuesOf(runs, dimension);
    const listed = values.length > MAX_LISTED ? `${values[0]} to ${values.at(-1)}` : values.join(', ');
    return [`${runSettingTitle(dimension)} ${listed}`];
  });
  const named = models.length > MAX_LISTED ? formatCounted(models.length, 'model') : models.join(', ');
  return [named, ...parts].join('; ');
}

/** Each distinct value formatted for display, smallest first. */
function valuesOf(runs: readonly RunRecord[], setting: RunSetting): readonly string[] {
  const applying = runs.filter((run) => settingApplies(run, setting));
  const byText = new Map(applying.map((run) => [runSetting(run, setting), plainValue(run, setting)]));
  return [...byText].toSorted(([, a], [, b]) => ascending(a, b)).map(([text]) => text);
}

/** NaN for anything that is not a number. */
function plainValue({ config }: RunRecord, setting: RunSetting): number {
  if (setting === 'dataset' || setting === 'device') return Number.NaN;
  const value = config[setting];
  return typeof value === 'number' ? value : Number.NaN;
}

export interface ExperimentSummary {
  readonly title: string;
  readonly configurations: number;
  readonly runs: number;
  /** Runs that have a best epoch. */
  readonly measured: number;
  /** Distinct seeds. */
  readonly seeds: number;
  /** The configuration with the lowest mean validation loss, in words; null before any has one. */
  readonly best: { readonly title: string; readonly loss: number; readonly seeds: number } | null;
}

/** @param runs of one experiment, at least one */
export function summaryOf(runs: readonly RunRecord[]): ExperimentSummary {
  const configurations = configurationsOf(runs);
  const first = configurations[0];
  return {
    title: experimentTitle(runs),
    configurations: configurations.length,
    runs: runs.length,
    measured: configurations.reduce((sum, { pool }) => sum + (pool?.runIds.length ?? 0), 0),
    seeds: new Set(runs.map(({ config }) => config.seed)).size,
    best:
      first?.pool && incomparableBy(configurations).length === 0
        ? {
            title: configurationTitle(first, dimensionsOf(runs)),
            loss: first.pool.validation.loss.mean,
            seeds: first.pool.seeds.length,
          }
        : null,
  };
}

/** Settings that decide which targets are predicted, and which of them are unknown. */
const TARGETS = ['dataset', 'length', 'vocabulary'] as const satisfies readonly RunSetting[];

/** Settings in which configurations with figures differ, so that their losses cannot be compared. */
export function incomparableBy(configurations: readonly Configuration[]): readonly RunSetting[] {
  const measured = configurations.flatMap(({ pool, runs }) => (pool ? [runs[0]!] : []));
  const differing = settingsThatDiffer(measured);
  return TARGETS.filter((setting) => differing.includes(setting));
}
