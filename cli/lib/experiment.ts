/** An experiment on the command line: from options or a file, and the files written next to the results of each combination. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareRunFiles, stepTablesOf } from '#core/comparison/runFiles.ts';
import { draftDiscussion } from '#core/comparison/discussion.ts';
import { layerNorms } from '#core/comparison/layerNorms.ts';
import { poolTitles } from '#core/comparison/titles.ts';
import {
  combinationsOf,
  parseExperiment,
  parseValues,
  requireValue,
  type Combination,
  type Experiment,
} from '#core/experiments/grid.ts';
import { z } from 'zod';
import { fail } from '#core/failure.ts';
import { parseJson } from '#core/json.ts';
import { PRESETS, type Preset } from '#core/settings/presets.ts';
import type { RunFile } from '#core/formats/runFile.ts';
import { isOf, modelTitle } from '#core/models/registry.ts';
import { writeMarkdown } from '#core/report/blocks.ts';
import { comparisonReport } from '#core/report/comparisonReport.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { sameConfig } from '#core/settings/sameConfig.ts';
import type { TrainingConfig } from '#core/settings/config.ts';
import type { SettingValue } from '#core/settings/values.ts';
import { SETTING_NAMES, type SettingName } from '#core/settings/registry.ts';
import { flagOf } from '#core/settings/words.ts';
import type { LabPage } from './page.ts';
import { readRunFile, saveRunFile } from './results.ts';

/** Parses `--seeds 42-46 --sweep learning-rate=0.001,0.002`. @throws LabError `bad-input` */
export function readSweep(seeds: string | undefined, sweeps: readonly string[]): Experiment['sweep'] {
  const sweep: Partial<Record<SettingName, SettingValue[]>> = {};
  for (const text of sweeps) {
    const [given = '', ...rest] = text.split('=');
    const name = SETTING_NAMES.find((one) => one === given.trim() || flagOf(one) === given.trim());
    if (name === undefined || rest.length === 0) {
      fail(
        'bad-input',
        `--sweep ${text} names no setting.`,
        'Write it as learning-rate=0.001,0.002; --help lists them.',
      );
    }
    if (sweep[name])
      fail('bad-input', `--sweep ${flagOf(name)} is given twice.`, 'Give all of its values in one list.');
    sweep[name] = [...parseValues(name, rest.join('='), `--sweep ${flagOf(name)}`)];
  }
  if (seeds !== undefined) {
    if (sweep.seed) fail('bad-input', 'Seeds are given with both --seeds and --sweep.', 'Use only one of the two.');
    sweep.seed = [...parseValues('seed', seeds, '--seeds')];
  }
  return sweep;
}

/** @throws LabError `not-found` if there is no file, `bad-input` if it is not an experiment */
export async function readExperiment(path: string): Promise<Experiment> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    fail('not-found', `The experiment ${path} could not be read.`, 'Check its path.', cause);
  }
  return parseExperiment(text, path);
}

/** The settings in a file, and the preset that they change. */
export interface ConfigFile {
  readonly preset: Preset | undefined;
  readonly settings: Experiment['settings'];
}

/**
 * Reads a configuration: a JSON object of settings, or the configuration of a `metrics.json`. Keys that are not settings, such as `model`,
 * are ignored.
 * @throws LabError `not-found`, or `bad-input` for a value that a setting cannot have
 */
export async function readConfig(path: string): Promise<ConfigFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    fail('not-found', `The configuration ${path} could not be read.`, 'Check its path.', cause);
  }
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (cause) {
    fail('bad-input', `${path} is not JSON.`, 'Give a metrics.json, or a JSON object of settings.', cause);
  }
  const parsed = configFileSchema.safeParse(json);
  if (!parsed.success)
    fail('bad-input', `${path} holds no settings.`, 'Give a metrics.json, or a JSON object of settings.');
  const told = parsed.data.config ?? parsed.data;
  const settings: Experiment['settings'] = {};
  for (const name of SETTING_NAMES) {
    if (!(name in told)) continue;
    const value = told[name];
    const known = typeof value === 'string' || typeof value === 'number' || value === null;
    if (!known) fail('bad-input', `${path}: ${name} is neither a number nor a name.`, 'Correct the file.');
    requireValue(name, value, `${path}: ${name}`);
    settings[name] = value;
  }
  return { preset: PRESETS.find((one) => one === told['preset']), settings };
}

const configFileSchema = z.looseObject({ config: z.record(z.string(), z.unknown()).optional() });

export const EXPERIMENT = 'experiment.json';
const RUN_ENDING = '.run.zip';

export interface Planned extends Combination {
  readonly folder: string;
  readonly config: TrainingConfig;
  /** Runs of an earlier call; null if a model is missing, was interrupted, or had other data or settings. */
  readonly done: readonly RunFile[] | null;
}

/**
 * The combinations with their folders, and the runs of those that are done.
 * @param dataset SHA-256 of the data set
 * @param configOf gives the complete configuration of a combination
 */
export async function planned(
  experiment: Experiment,
  top: string,
  dataset: string,
  configOf: (changes: Partial<TrainingConfig>) => TrainingConfig,
): Promise<readonly Planned[]> {
  const all: Planned[] = [];
  for (const combination of combinationsOf(experiment)) {
    const folder = join(top, combination.name);
    const config = configOf(combination.changes);
    const files = combination.name === '' ? [] : await runFilesIn(folder);
    const wanted = files.filter(
      ({ run }) => run.state === 'done' && run.dataset.sha256 === dataset && sameConfig(run.config, config),
    );
    const done = experiment.models.map((model) => wanted.find(({ run }) => isOf(run.model, model)));
    const isDone = done.every((file) => file !== undefined);
    all.push({ ...combination, folder, config, done: isDone ? done : null });
  }
  return all;
}

async function runFilesIn(folder: string): Promise<readonly RunFile[]> {
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder)).filter((name) => name.endsWith(RUN_ENDING)).toSorted();
  return Promise.all(names.map((name) => readRunFile(join(folder, name))));
}

/** Writes the runs of a combination, without weights, so that they can be compared with the others. */
export async function keepRuns(folder: string, runs: readonly RunRecord[], lab: LabPage): Promise<readonly RunFile[]> {
  for (const run of runs) await saveRunFile(join(folder, `${run.model}${RUN_ENDING}`), run, lab);
  return runFilesIn(folder);
}

/** Writes the experiment, and a comparison of all its runs. @returns the names of the files */
export async function writeExperiment(
  top: string,
  experiment: Experiment,
  files: readonly RunFile[],
): Promise<readonly string[]> {
  await mkdir(top, { recursive: true });
  await writeFile(join(top, EXPERIMENT), `${JSON.stringify(experiment, null, 2)}\n`);
  if (files.length === 0) return [EXPERIMENT];
  const runs = files.map(({ run }) => run);
  const byId = new Map(runs.map((run) => [run.id, run]));
  const comparison = compareRunFiles(files);
  const titles = poolTitles(comparison.pools, byId);
  const titleOf = (pool: (typeof comparison.pools)[number]) => titles.get(pool.key) ?? modelTitle(pool.model);
  const nameOf = (run: RunRecord) => {
    const pool = comparison.pools.find(({ runIds }) => runIds.includes(run.id));
    return `${pool ? titleOf(pool) : modelTitle(run.model)}, seed ${run.config.seed}`;
  };
  const discussion = draftDiscussion({ comparison, titleOf, norms: layerNorms(runs, stepTablesOf(files)) }).join(
    '\n\n',
  );
  const report = comparisonReport({ comparison, runs, titleOf, nameOf, discussion, figures: [], at: Date.now() });
  await writeFile(join(top, 'report.md'), writeMarkdown(report));
  return [EXPERIMENT, 'report.md'];
}
