/**
 * The plan of the study: its trainings and their order. Settings that depend on earlier trainings (the rate that a search found, the
 * better baseline) are read from their metrics, so that nothing is chosen by hand.
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

/** Python files of Debian packages, prepared by `cli/study/corpus.ts`. */
export const LARGE_DATASET = 'python-debian';

export const STUDIED = [DEFAULT_DATASET, LARGE_DATASET] as const;

/** Training files used of the large data set: 384,000 tokens, ten to twelve minutes per epoch on one core. Other splits are used whole. */
const LARGE_FILES = 600;

/** The preset `task`, with the batch of a small corpus for both data sets. */
const TASK = presetConfig('task', 0);
export const SEEDS = [42, 43, 44];

/** Full width, but rows cut to a quarter of their length. */
const SEARCH: TrainingConfig = { ...TASK, length: 250, epochs: 2, patience: 2 };
const RATES = [5e-4, 1e-3, 2e-3];
const FORGET_BIAS = 1;

/** Half the embedding and hidden size, and short rows, for the side trainings. */
const SMALL: TrainingConfig = { ...TASK, embedding: 128, hidden: 256, length: 250, learningRate: 1e-3 };

/** The folder of a training of the search, named for the settings that vary. */
function searchName(model: ModelName, { learningRate, forgetBias }: TrainingConfig): string {
  return `search/${model}-rate-${learningRate}${forgetBias === 0 ? '' : `-forget-${forgetBias}`}`;
}

function trainingName(dataset: string, model: ModelName, seed: number): string {
  return `${dataset}/${model}-seed-${seed}`;
}

/** Searches the rate first, doubling the highest while it is the best. Then tries the forget bias at the best rate. */
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

/** Rate and forget bias with the lowest validation loss; null until the search is done. */
export function chosen(model: ModelName, results: Results): Pick<TrainingConfig, 'learningRate' | 'forgetBias'> | null {
  const best = bestOf(searchOf(model, results), results);
  return best && { learningRate: best.config.learningRate, forgetBias: best.config.forgetBias };
}

function bestOf(trainings: readonly Training[], results: Results): Training | null {
  const measured = trainings.map((training) => ({ training, loss: validationLoss(results.get(training.name)) }));
  if (measured.some(({ loss }) => loss === null)) return null;
  return measured.toSorted((a, b) => a.loss! - b.loss!)[0]!.training;
}

/** Validation loss at the best epoch. */
export function validationLoss(metrics: Metrics | undefined): number | null {
  const [model] = metrics?.models ?? [];
  return (model && bestEpochOf(model)?.validation.loss) ?? null;
}

/** Number of training files that the study uses of a data set; null for all. */
export function usedFiles(dataset: string): number | null {
  return dataset === LARGE_DATASET ? LARGE_FILES : null;
}

function full(dataset: string, model: ModelName, seed: number, results: Results): Training[] {
  const found = chosen(model, results);
  if (found === null) return [];
  const config = { ...TASK, ...found, trainFiles: usedFiles(dataset), seed };
  return [{ name: trainingName(dataset, model, seed), dataset, model, config }];
}

/** The baseline with the lower validation loss on the default data set; null until both are trained. */
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

/** The baselines, and once it is known, the residual model of the better one. */
export function studiedModels(results: Results): readonly ModelName[] {
  const baseline = betterBaseline(results);
  return [...TASK_BASELINES, ...(baseline === null ? [] : [variantOf(baseline, 'residual')])];
}

/** The search with the preset's batch for thousands of files. They show why a smaller corpus gets a smaller batch. */
export function batchTrainings(): readonly Training[] {
  const of = (model: ModelName, learningRate: number): Training => ({
    name: `batch/${model}-batch-8`,
    dataset: DEFAULT_DATASET,
    model,
    config: { ...SEARCH, batch: 8, epochs: 4, patience: 4, learningRate },
  });
  return [of('rnn', 1e-3), of('lstm', 2e-3)];
}

/** Small networks with tanh or ReLU, and with or without dropout. They justify the preset's activation and dropout. */
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

/** The better baseline and its residual model at full size, with the rates found for each. */
export function foundTrainings(results: Results): readonly Training[] {
  const baseline = betterBaseline(results);
  if (baseline === null) return [];
  const models = studiedModels(results).filter((model) => model === baseline || modelOf(model).baseline === baseline);
  return models.flatMap((model) => full(DEFAULT_DATASET, model, SEEDS[0]!, results));
}

/** A short search prefers settings that learn fast. So both models are also trained at half the rate and with a forget bias. */
export function slowTrainings(results: Results): readonly Training[] {
  return foundTrainings(results).map(({ model, config, ...rest }) => ({
    ...rest,
    name: `slow/${model}`,
    model,
    config: { ...config, learningRate: config.learningRate / 2, forgetBias: FORGET_BIAS },
  }));
}

/** The settings that models share when they are compared at identical settings. */
export interface Setting {
  readonly learningRate: number;
  /** Ignored for an RNN, which has no forget gate. */
  readonly forgetBias: number;
}

/** Settings at which the models are compared. 0.001 is the preset's rate; the search chose each of the others for one of the models. */
export const PAIR_SETTINGS: readonly Setting[] = [
  { learningRate: 1e-3, forgetBias: 0 },
  { learningRate: 2e-3, forgetBias: 0 },
  { learningRate: 4e-3, forgetBias: 0 },
  { learningRate: 2e-3, forgetBias: FORGET_BIAS },
];

/** Trained with three seeds whatever the common setting is, since one side of these pairs already has three. */
const COMPLETED_PAIRS: readonly (readonly [ModelName, Setting])[] = [
  ['lstm', { learningRate: 2e-3, forgetBias: 0 }],
  ['residual-lstm', { learningRate: 4e-3, forgetBias: 0 }],
];

/** A full-size training on the default data set. If an earlier part of the study has done it, it keeps the name it has there. */
export function pairTraining(model: ModelName, setting: Setting, seed: number, results: Results): Training {
  const forgetBias = CELLS[modelOf(model).cell].forgetGate === null ? 0 : setting.forgetBias;
  const config: TrainingConfig = { ...TASK, learningRate: setting.learningRate, forgetBias, seed };
  const suffix = `rate-${config.learningRate}${forgetBias === 0 ? '' : `-forget-${forgetBias}`}-seed-${seed}`;
  const name = doneEarlier(model, config, results) ?? `pairs/${model}-${suffix}`;
  return { name, dataset: DEFAULT_DATASET, model, config };
}

/** Name of the finished training with exactly this configuration; null if there is none. */
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
 * The setting of the main comparison: the one with the lowest validation loss at the best epoch, averaged over the three models. Only the
 * first seed counts, which every model has at every setting, so that more seeds cannot change the choice. Null until all of these are done.
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

/** Every model at every setting with the first seed, then the further seeds of `COMPLETED_PAIRS`, then those of all at the common setting. */
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

/** Epochs of a training with a schedule: fewer than half of what a constant rate needs to reach the same validation loss. */
const SCHEDULE_EPOCHS = 4;
const SCHEDULE_RATES = [4e-3, 8e-3];
/** The initial weights and forget bias of the preset `quick`: with them an LSTM leaves its plateau early (docs/design/quick.md). */
const EARLY_START = { forgetBias: FORGET_BIAS, initialization: 'orthogonal-layers' } as const;

/**
 * Full width and rows cut to a quarter as in the search, but as many epochs as the full training, since a schedule depends on the number
 * of steps. The training at a constant rate has the same initial weights, so that the difference shows what the schedule adds.
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

/** The LSTM at full size with the best schedule of the search; empty until that is done. */
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

/** All trainings known so far, in order. Some are known only after those before them are done. */
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

/** Names of the finished full trainings on a data set. */
export function fullTrainings(results: Results, dataset: string): readonly string[] {
  return [...results.keys()].filter((name) => name.startsWith(`${dataset}/`));
}
