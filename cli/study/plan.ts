/**
 * The study: which trainings, in which order. Settings that depend on earlier trainings (the rate that a search found, the better baseline)
 * are read from their metrics, so that nothing is chosen by hand.
 */
import { presetConfig, trainingConfigSchema, type TrainingConfig } from '#core/settings/config.ts';
import {
  TASK_BASELINES,
  CELLS,
  isBaseline,
  modelOf,
  variantOf,
  type Baseline,
  type ModelName,
} from '#core/models/registry.ts';
import { poolKey } from '#core/comparison/pools.ts';
import { better } from '#core/runs/baseline.ts';
import { bestEpochOf } from '#core/runs/findings.ts';
import type { Metrics } from '#core/formats/metrics.ts';
import { DEFAULT_DATASET } from '../lib/paths.ts';
import type { Results } from './results.ts';

export interface Training {
  /** Name of its folder under docs/results. */
  readonly name: string;
  readonly dataset: string;
  readonly model: ModelName;
  readonly config: TrainingConfig;
}

/** Python files of Debian packages; `cli/study/corpus.ts` makes it. */
export const LARGE_DATASET = 'python-debian';

export const STUDIED = [DEFAULT_DATASET, LARGE_DATASET] as const;

/** Training files of it that are used: 384,000 tokens, ten to twelve minutes of one core an epoch. Validation and test are used whole. */
const LARGE_FILES = 600;

/** The task's, with the batch of a small corpus for both data sets. */
const TASK = presetConfig('task', 0);
export const SEEDS = [42, 43, 44];

/** Full width, but rows cut at a quarter. */
const SEARCH: TrainingConfig = { ...TASK, length: 250, epochs: 2, patience: 2 };
const RATES = [5e-4, 1e-3, 2e-3];
const FORGET_BIAS = 1;

/** Half the embedding and hidden size, for the side trainings. */
const SMALL: TrainingConfig = { ...TASK, embedding: 128, hidden: 256, length: 250, learningRate: 1e-3 };

/** What a training differs in from others of its model, in a folder's name. */
function searchName(model: ModelName, { learningRate, forgetBias }: TrainingConfig): string {
  return `search/${model}-rate-${learningRate}${forgetBias === 0 ? '' : `-forget-${forgetBias}`}`;
}

function trainingName(dataset: string, model: ModelName, seed: number): string {
  return `${dataset}/${model}-seed-${seed}`;
}

/** The rates first, doubled beyond the highest for as long as that is the best; then the forget bias at the best of them. */
export function searchOf(model: ModelName, results: Results): readonly Training[] {
  const training = (change: Partial<TrainingConfig>): Training => {
    const config = { ...SEARCH, ...change };
    return { name: searchName(model, config), dataset: DEFAULT_DATASET, model, config };
  };
  const rates = RATES.map((learningRate) => training({ learningRate }));
  let best = bestOf(rates, results);
  while (best !== null && best === rates.at(-1)) {
    rates.push(training({ learningRate: 2 * best.config.learningRate }));
    best = bestOf(rates, results);
  }
  if (best === null || CELLS[modelOf(model).cell].forgetGate === null) return rates;
  return [...rates, training({ learningRate: best.config.learningRate, forgetBias: FORGET_BIAS })];
}

/** Rate and forget bias of the lowest validation loss; null while the search is not done. */
export function chosen(model: ModelName, results: Results): Pick<TrainingConfig, 'learningRate' | 'forgetBias'> | null {
  const best = bestOf(searchOf(model, results), results);
  return best && { learningRate: best.config.learningRate, forgetBias: best.config.forgetBias };
}

function bestOf(trainings: readonly Training[], results: Results): Training | null {
  const measured = trainings.map((training) => ({ training, loss: validationLoss(results.get(training.name)) }));
  if (measured.some(({ loss }) => loss === null)) return null;
  return measured.toSorted((a, b) => a.loss! - b.loss!)[0]!.training;
}

/** At the best epoch. */
export function validationLoss(metrics: Metrics | undefined): number | null {
  const [model] = metrics?.models ?? [];
  return (model && bestEpochOf(model)?.validation.loss) ?? null;
}

/** Training files that the study uses of a data set; null for all. */
export function usedFiles(dataset: string): number | null {
  return dataset === LARGE_DATASET ? LARGE_FILES : null;
}

function full(dataset: string, model: ModelName, seed: number, results: Results): Training[] {
  const found = chosen(model, results);
  if (found === null) return [];
  const config = { ...TASK, ...found, trainFiles: usedFiles(dataset), seed };
  return [{ name: trainingName(dataset, model, seed), dataset, model, config }];
}

/** The better baseline on the default data set, by validation loss; null while one is missing. */
export function betterBaseline(results: Results): Baseline | null {
  const losses = new Map(
    TASK_BASELINES.map((model) => [
      model,
      validationLoss(results.get(trainingName(DEFAULT_DATASET, model, SEEDS[0]!))),
    ]),
  );
  if ([...losses.values()].includes(null)) return null;
  return better(TASK_BASELINES, (model) => losses.get(model) ?? Number.NaN) ?? null;
}

/** The baselines, and the residual model of the better one once that is known. */
export function studiedModels(results: Results): readonly ModelName[] {
  const baseline = betterBaseline(results);
  return [...TASK_BASELINES, ...(baseline === null ? [] : [variantOf(baseline, 'residual')])];
}

/** As the search, but with the batch that the preset has for some thousands of files: why it is smaller for fewer. */
export function batchTrainings(): readonly Training[] {
  const of = (model: ModelName, learningRate: number): Training => ({
    name: `batch/${model}-batch-8`,
    dataset: DEFAULT_DATASET,
    model,
    config: { ...SEARCH, batch: 8, epochs: 4, patience: 4, learningRate },
  });
  return [of('rnn', 1e-3), of('lstm', 2e-3)];
}

/** Why tanh, and why dropout: the small network with and without. */
export function sideTrainings(): readonly Training[] {
  const of = (model: ModelName, what: string, change: Partial<TrainingConfig>): Training => ({
    name: `side/${model}-${what}`,
    dataset: DEFAULT_DATASET,
    model,
    config: { ...SMALL, ...change },
  });
  return [
    of('rnn', 'tanh', {}),
    of('rnn', 'relu', { activation: 'relu' }),
    of('rnn', 'no-dropout', { dropout: 0 }),
    of('lstm', 'dropout', {}),
    of('lstm', 'no-dropout', { dropout: 0 }),
  ];
}

/** The better baseline and its residual model at full size, with the rates that were found for them. */
export function foundTrainings(results: Results): readonly Training[] {
  const baseline = betterBaseline(results);
  if (baseline === null) return [];
  const models = studiedModels(results).filter((model) => model === baseline || modelOf(model).baseline === baseline);
  return models.flatMap((model) => full(DEFAULT_DATASET, model, SEEDS[0]!, results));
}

/** A short search favours what learns fast. So both once more, at half the rate and with a forget bias. */
export function slowTrainings(results: Results): readonly Training[] {
  return foundTrainings(results).map(({ model, config, ...rest }) => ({
    ...rest,
    name: `slow/${model}`,
    model,
    config: { ...config, learningRate: config.learningRate / 2, forgetBias: FORGET_BIAS },
  }));
}

/** What the trainings of an identical pair have in common. */
export interface Setting {
  readonly learningRate: number;
  /** An RNN has none; its setting is the same without it. */
  readonly forgetBias: number;
}

/** Settings at which the models are compared: 0.001 is the preset's own rate, the other rates are those that the search took for one of them. */
export const PAIR_SETTINGS: readonly Setting[] = [
  { learningRate: 1e-3, forgetBias: 0 },
  { learningRate: 2e-3, forgetBias: 0 },
  { learningRate: 4e-3, forgetBias: 0 },
  { learningRate: 2e-3, forgetBias: FORGET_BIAS },
];

/** Three seeds whatever the common setting turns out to be: they complete the pairs of which one side has three already. */
const COMPLETED_PAIRS: readonly (readonly [ModelName, Setting])[] = [
  ['lstm', { learningRate: 2e-3, forgetBias: 0 }],
  ['residual-lstm', { learningRate: 4e-3, forgetBias: 0 }],
];

/** A full-size training on the default data set; one that an earlier part of the study did has the name it has there. */
export function pairTraining(model: ModelName, setting: Setting, seed: number, results: Results): Training {
  const forgetBias = CELLS[modelOf(model).cell].forgetGate === null ? 0 : setting.forgetBias;
  const config: TrainingConfig = { ...TASK, learningRate: setting.learningRate, forgetBias, seed };
  const suffix = `rate-${config.learningRate}${forgetBias === 0 ? '' : `-forget-${forgetBias}`}-seed-${seed}`;
  const name = doneEarlier(model, config, results) ?? `pairs/${model}-${suffix}`;
  return { name, dataset: DEFAULT_DATASET, model, config };
}

/** Name of a training with exactly this configuration; null where there is none. */
function doneEarlier(model: ModelName, config: TrainingConfig, results: Results): string | null {
  for (const [name, { models, dataset, config: trained }] of results) {
    if (models[0]?.name !== model || dataset.id !== DEFAULT_DATASET) continue;
    const parsed = trainingConfigSchema.safeParse(trained);
    if (!parsed.success || parsed.data.seed !== config.seed) continue;
    if (poolKey({ model, dataset, config: parsed.data }) === poolKey({ model, dataset, config })) return name;
  }
  return null;
}

/**
 * The setting of the main comparison: the lowest validation loss at the best epoch, as a mean over the three models. Only the first seed
 * counts, which every model has at every setting, so that more seeds cannot change the choice; null until all of those are done.
 */
export function commonSetting(results: Results): Setting | null {
  const means = PAIR_SETTINGS.map((setting) => {
    const losses = studiedModels(results).map((model) =>
      validationLoss(results.get(pairTraining(model, setting, SEEDS[0]!, results).name)),
    );
    const sum = losses.reduce<number | null>(
      (total, loss) => (total === null || loss === null ? null : total + loss),
      0,
    );
    return { setting, mean: sum === null || losses.length < 3 ? null : sum / losses.length };
  });
  if (means.some(({ mean }) => mean === null)) return null;
  return means.toSorted((a, b) => a.mean! - b.mean!)[0]!.setting;
}

/** Every model at every setting with the first seed, three seeds of the pairs that are half done, then three seeds of all at the common setting. */
export function pairTrainings(results: Results): readonly Training[] {
  const models = studiedModels(results);
  const [first, ...further] = SEEDS;
  const common = commonSetting(results);
  const wanted = [
    ...PAIR_SETTINGS.flatMap((setting) => models.map((model) => pairTraining(model, setting, first!, results))),
    ...COMPLETED_PAIRS.flatMap(([model, setting]) =>
      further.map((seed) => pairTraining(model, setting, seed, results)),
    ),
    ...(common === null
      ? []
      : models.flatMap((model) => further.map((seed) => pairTraining(model, common, seed, results)))),
  ];
  return wanted.filter(({ name }, at) => wanted.findIndex((other) => other.name === name) === at);
}

/** Most epochs of a training with a schedule: fewer than half of those that a constant rate takes to the same validation loss. */
const SCHEDULE_EPOCHS = 4;
const SCHEDULE_RATES = [4e-3, 8e-3];
/** The initial weights and forget bias of the preset `quick`: with them an LSTM leaves its plateau early (docs/design/quick.md). */
const EARLY_START = { forgetBias: FORGET_BIAS, initialization: 'orthogonal-layers' } as const;

/**
 * Full width, rows cut at a quarter as in the search, but as many epochs as the full training has: a schedule is made for its number of
 * steps. The constant rate has the same initial weights, so that it shows what the schedule adds to them.
 */
export function scheduleSearch(): readonly Training[] {
  const of = (schedule: TrainingConfig['schedule'], learningRate: number): Training => ({
    name: `schedules/search-${schedule}-rate-${learningRate}`,
    dataset: DEFAULT_DATASET,
    model: 'lstm',
    config: {
      ...SEARCH,
      ...EARLY_START,
      epochs: SCHEDULE_EPOCHS,
      patience: SCHEDULE_EPOCHS,
      schedule,
      learningRate,
    },
  });
  return [
    of('constant', SCHEDULE_RATES[0]!),
    ...(['linear', 'one-cycle'] as const).flatMap((schedule) => SCHEDULE_RATES.map((rate) => of(schedule, rate))),
  ];
}

/** The LSTM at full size with the best schedule of the search; none while that is not done. */
export function scheduleTrainings(results: Results): readonly Training[] {
  const best = bestOf(scheduleSearch(), results);
  if (best === null) return [];
  const { schedule, learningRate } = best.config;
  return SEEDS.map((seed) => ({
    ...best,
    name: `schedules/lstm-${schedule}-rate-${learningRate}-seed-${seed}`,
    config: { ...best.config, length: TASK.length, seed },
  }));
}

/** All trainings that are known by now, in order; more come once those before them are done. */
export function plannedTrainings(results: Results): readonly Training[] {
  const models = studiedModels(results);
  const baselines = models.filter((model) => isBaseline(model));
  const residual = models.filter((model) => !isBaseline(model));
  const [first, ...further] = SEEDS;
  return [
    ...batchTrainings(),
    ...baselines.flatMap((model) => searchOf(model, results)),
    ...baselines.flatMap((model) => full(DEFAULT_DATASET, model, first!, results)),
    ...residual.flatMap((model) => [...searchOf(model, results), ...full(DEFAULT_DATASET, model, first!, results)]),
    ...sideTrainings(),
    ...slowTrainings(results),
    ...models.toReversed().flatMap((model) => full(LARGE_DATASET, model, first!, results)),
    ...further.flatMap((seed) => models.flatMap((model) => full(DEFAULT_DATASET, model, seed, results))),
    ...pairTrainings(results).filter(({ name }) => name.startsWith('pairs/')),
    ...scheduleSearch(),
    ...scheduleTrainings(results),
  ];
}

/** Names of the full trainings on a data set that are done. */
export function fullTrainings(results: Results, dataset: string): readonly string[] {
  return [...results.keys()].filter((name) => name.startsWith(`${dataset}/`));
}
