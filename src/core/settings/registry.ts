/**
 * Every setting of a training, once: title, a line of help, bounds, and the default of each preset with its reason. The schema of a
 * configuration, the presets, the form, links, the command line, names of runs and reports are derived from it. Keys are stored with runs.
 */
import { INITIALIZATIONS, type Initialization } from '../models/initialization.ts';
import {
  ACTIVATIONS,
  CELLS,
  MAX_LAYERS,
  modelOf,
  RESIDUAL_CONNECTIONS,
  WEIGHT_TYING_NAMES,
  type ModelName,
  type ResidualConnection,
  type WeightTying,
} from '../models/registry.ts';
import { OPTIMIZER_NAMES, type OptimizerName } from '../optimization/optimizers.ts';
import { SCHEDULES, type Schedule } from '../optimization/schedules.ts';
import { keysOf } from '../records.ts';
import {
  choice,
  positive,
  real,
  since,
  whole,
  wholeOrAll,
  type ChoiceSetting,
  type Default,
  type NumberSetting,
} from './kinds.ts';
import type { Preset } from './presets.ts';

const QUICK_SEARCH = 'found by a search, so that all models pass the bigram baseline (docs/design/quick.md)';

const everywhere = <Value>(value: Value) => ({ task: value, quick: value, tiny: value });

/**
 * A small corpus needs more steps rather than larger batches. On 309 files, two epochs with 2 rows per step reached about the loss of
 * four epochs with 8 (docs/REPORT.md, Batch size).
 */
function taskBatch(trainingFiles: number): number {
  if (trainingFiles < 1_000) return 2;
  return trainingFiles < 5_000 ? 8 : 32;
}

/** In the order in which files list them. */
export const SETTINGS = {
  seed: whole(0, 0xffff_ffff, {
    title: 'Seed',
    help: 'Seeds every random draw. The same seed and device give the same run.',
    step: 1,
    ungrouped: true,
    defaults: everywhere(42), // the task's own seed
  }),
  batch: whole(1, 512, {
    title: 'Batch size',
    shortTitle: 'batch',
    help: 'Files per step. Larger batches give steadier but fewer steps per epoch.',
    unit: 'files',
    step: 1,
    scale: 'log',
    sources: { task: 'by the size of the data set: a small one needs the steps', quick: QUICK_SEARCH },
    defaults: { task: taskBatch, quick: 2, tiny: 4 }, // docs/design/quick.md
  }),
  length: whole(2, 1000, {
    title: 'Row length',
    shortTitle: 'length',
    help: 'Tokens per row. Longer rows are cut.',
    unit: 'tokens',
    step: 50,
    scale: 'log',
    counted: true,
    defaults: { task: 1_000, quick: 256, tiny: 64 },
  }),
  vocabulary: whole(1, 65_534, {
    title: 'Vocabulary',
    help: 'Number of most frequent tokens kept. All others become <UNK>.',
    unit: 'tokens',
    step: 500,
    scale: 'log',
    counted: true,
    defaults: { task: 10_000, quick: 2_000, tiny: 200 },
  }),
  embedding: whole(1, 2048, {
    title: 'Embedding size',
    shortTitle: 'embedding',
    help: 'Numbers per token. A larger embedding can tell more tokens apart.',
    step: 16,
    scale: 'log',
    defaults: { task: 256, quick: 64, tiny: 16 },
  }),
  hidden: whole(1, 2048, {
    title: 'Hidden size',
    shortTitle: 'hidden',
    help: 'Units per recurrent layer. Time and parameters grow with its square.',
    step: 32,
    scale: 'log',
    defaults: { task: 512, quick: 128, tiny: 24 },
  }),
  layers: since(
    whole(1, MAX_LAYERS, {
      title: 'Layers',
      help: 'Number of recurrent layers. A residual model needs at least two.',
      unit: 'layers',
      step: 1,
      defaults: everywhere(2), // the task's own
      inReport: (value) => (value === '2' ? null : `${value} recurrent layers`),
    }),
    2,
  ),
  connection: since(
    choice<ResidualConnection>(RESIDUAL_CONNECTIONS, {
      title: 'Connection',
      help: 'How the layers of a residual model reach the output layer. sum: H1 + H2; scaled: (H1 + H2) / √2; concatenated: [H1, H2]; for study, value (the sum without the gradient of H1) and gradient (H2 with the gradient of the sum). Other models have no connection.',
      defaults: everywhere('sum'), // the task's own
      appliesTo: (_, { residual }) => residual,
      inReport: (value) => (value === 'sum' ? null : `connection ${value}`),
    }),
    'sum',
  ),
  weightTying: since(
    choice<WeightTying>(WEIGHT_TYING_NAMES, {
      title: 'Weight tying',
      help: 'Whether one matrix is both the embedding and the output layer’s weights. tied: both must be equally wide. projected: a linear layer brings the states to the embedding’s width first.',
      defaults: everywhere('none'), // the task's own
      inReport: (value) => (value === 'none' ? null : `weight tying ${value}`),
    }),
    'none',
  ),
  activation: choice(ACTIVATIONS, {
    title: 'Activation',
    help: 'Activation of the RNN. tanh keeps the state within ±1; relu lets it grow.',
    defaults: everywhere('tanh'), // bounded and zero-centered
    appliesTo: ({ choosesActivation }) => choosesActivation,
    inReport: () => null,
  }),
  forgetBias: since(
    real(-10, 10, {
      title: 'Forget bias',
      help: 'Added to the initial bias of an LSTM’s forget gates. Above 0, the LSTM forgets less at first. 0 is PyTorch’s default.',
      step: 0.5,
      sources: { task: 'as PyTorch starts', quick: QUICK_SEARCH },
      defaults: { task: 0, quick: 1, tiny: 0 }, // docs/design/quick.md
      appliesTo: ({ forgetGate }) => forgetGate !== null,
      inReport: (value) => (value === '0' ? null : `forget bias ${value}`),
    }),
    0,
  ),
  initialization: since(
    choice<Initialization>(INITIALIZATIONS, {
      title: 'Initial weights',
      help: 'uniform: PyTorch’s default. orthogonal: the recurrent weights of each gate are an orthogonal matrix. orthogonal-layers: also the weights between layers, which shortens an LSTM’s plateau.',
      sources: { task: 'PyTorch’s', quick: QUICK_SEARCH },
      defaults: { task: 'uniform', quick: 'orthogonal-layers', tiny: 'uniform' }, // docs/design/quick.md
      inReport: (value) => (value === 'uniform' ? null : `initial weights ${value}`),
    }),
    'uniform',
  ),
  dropout: real(0, 0.95, {
    title: 'Dropout',
    help: 'Share of values set to zero at random during training, to reduce overfitting.',
    step: 0.05,
    // two layers of 512 overfit a million tokens within a few epochs without it
    defaults: { task: 0.3, quick: 0.2, tiny: 0.1 },
  }),
  learningRate: positive(1, {
    title: 'Learning rate',
    shortTitle: 'rate',
    // docs/REPORT.md, "Rate and forget bias"
    help: 'The optimizer’s step size. A search found 0.001 best for the RNN of the task, 0.004 for the LSTM and 0.002 for the residual LSTM. Small networks need a higher rate.',
    step: 0.001,
    scale: 'log',
    sources: { task: 'Adam’s default; best for the RNN in the study (docs/REPORT.md)', quick: QUICK_SEARCH },
    defaults: { task: 1e-3, quick: 8e-3, tiny: 5e-3 }, // small networks train well at a higher rate: docs/design/quick.md
  }),
  accumulate: since(
    whole(1, 32, {
      title: 'Accumulate',
      help: 'Batches whose gradients are added up before a step: 4 of batch 8 train like batch 32, in the memory of batch 8.',
      unit: 'batches',
      step: 1,
      scale: 'log',
      defaults: everywhere(1),
      inReport: (value) => (value === '1' ? null : `gradients of ${value} batches added up for a step`),
    }),
    1,
  ),
  optimizer: since(
    choice<OptimizerName>(OPTIMIZER_NAMES, {
      title: 'Optimizer',
      help: 'adam, adamw (with decoupled weight decay) or sgd (with momentum; it needs a much higher rate), as in PyTorch.',
      defaults: everywhere('adam'), // the task's own
      inReport: (value) => (value === 'adam' ? null : `optimizer ${value}`),
    }),
    'adam',
  ),
  weightDecay: since(
    real(0, 1, {
      title: 'Weight decay',
      help: 'With adamw, each step shrinks every weight by this times the learning rate.',
      step: 0.01,
      scale: 'log',
      defaults: everywhere(0.01), // PyTorch's
      onlyWith: { optimizer: ['adamw'] },
    }),
    0.01,
  ),
  momentum: since(
    real(0, 0.999, {
      title: 'Momentum',
      help: 'With sgd, the share of the previous step that is added to the next.',
      step: 0.05,
      defaults: everywhere(0.9), // the usual value; PyTorch's default is no momentum
      onlyWith: { optimizer: ['sgd'] },
    }),
    0.9,
  ),
  schedule: since(
    choice<Schedule>(keysOf(SCHEDULES), {
      title: 'Schedule',
      help: 'How the learning rate changes. constant: not at all. linear and cosine: decay to 0 by the last epoch, after the warm-up. one-cycle: up, then down. plateau: halved after each epoch without a lower validation loss.',
      defaults: everywhere('constant'), // the task's own
      inReport: (value) => (value === 'constant' ? null : `schedule ${value}`),
    }),
    'constant',
  ),
  warmup: since(
    real(0, 1, {
      title: 'Warm-up',
      help: 'Share of all steps in which the rate rises to the learning rate. PyTorch’s default for one-cycle is 0.3.',
      step: 0.05,
      defaults: everywhere(0.1), // a few hundred steps in most trainings, enough for Adam's moments to settle
      onlyWith: { schedule: keysOf(SCHEDULES).filter((name) => SCHEDULES[name].warmsUp) },
      inReport: (value) => `warm-up over ${value} of the steps`,
    }),
    0.1,
  ),
  clipNorm: real(0, 1000, {
    title: 'Clip norm',
    shortTitle: 'clip',
    help: 'Largest gradient norm allowed. 0 turns clipping off.',
    step: 0.5,
    // recurrent gradients sometimes explode; PyTorch's word-language-model examples clip in this range
    sources: { task: 'as PyTorch’s language-model examples' },
    defaults: everywhere(1),
    inReport: (value) => (value === '0' ? 'no clipping' : `gradient norm clipped at ${value}`),
  }),
  epochs: whole(1, 1000, {
    title: 'Max epochs',
    help: 'Maximum number of epochs. Training can stop earlier.',
    unit: 'epochs',
    step: 1,
    sources: { quick: QUICK_SEARCH },
    defaults: { task: 30, quick: 4, tiny: 3 },
    inReport: (value) => `at most ${value} epochs`,
  }),
  patience: whole(1, 1000, {
    title: 'Patience',
    help: 'Epochs without a lower validation loss before training stops.',
    unit: 'epochs',
    step: 1,
    defaults: everywhere(3),
  }),
  trainFiles: wholeOrAll(1, 10_000_000, {
    title: 'Training files',
    help: 'Train on only the first files, for a quick run.',
    unit: 'files',
    step: 50,
    scale: 'log',
    counted: true,
    defaults: { task: null, quick: null, tiny: 64 },
    inReport: (value) => (value === 'all' ? null : `first ${value} training files`),
  }),
} as const;
export type SettingName = keyof typeof SETTINGS;
export const SETTING_NAMES = keysOf(SETTINGS);

type NamesOf<Kind extends 'number' | 'choice'> = {
  [Name in SettingName]: (typeof SETTINGS)[Name]['kind'] extends Kind ? Name : never;
}[SettingName];
export type NumberSettingName = NamesOf<'number'>;
export type ChoiceSettingName = NamesOf<'choice'>;

export function isNumberSetting(name: SettingName): name is NumberSettingName {
  return SETTINGS[name].kind === 'number';
}

export function isChoiceSetting(name: SettingName): name is ChoiceSettingName {
  return SETTINGS[name].kind === 'choice';
}

/** Groups of the form; the seed is above them. */
export const GROUPS: readonly { readonly title: string; readonly settings: readonly SettingName[] }[] = [
  { title: 'Network', settings: ['embedding', 'hidden', 'activation', 'forgetBias', 'dropout'] },
  { title: 'Data', settings: ['vocabulary', 'length', 'trainFiles'] },
  { title: 'Optimizer', settings: ['batch', 'learningRate', 'clipNorm', 'epochs', 'patience'] },
  {
    title: 'More settings',
    settings: [
      'layers',
      'connection',
      'weightTying',
      'optimizer',
      'weightDecay',
      'momentum',
      'schedule',
      'warmup',
      'accumulate',
      'initialization',
    ],
  },
];

/** All settings in the order of the form. */
export const GROUPED_SETTINGS: readonly SettingName[] = ['seed', ...GROUPS.flatMap(({ settings }) => settings)];

export function settingOf(name: SettingName): NumberSetting | ChoiceSetting {
  return SETTINGS[name];
}

/** Whether a setting has an effect, given the other settings of a configuration. */
export function appliesBeside(name: SettingName, config: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(settingOf(name).onlyWith ?? {}).every(([other, choices]) =>
    choices.some((one) => one === config[other]),
  );
}

/** Whether a setting has an effect on a model. */
export function appliesToModel(name: SettingName, model: ModelName): boolean {
  const described = modelOf(model);
  return settingOf(name).appliesTo?.(CELLS[described.cell], described) ?? true;
}

/** Whether a preset's default depends on the size of the data set. */
export function dependsOnData(name: SettingName, preset: Preset): boolean {
  return typeof settingOf(name).defaults[preset] === 'function';
}

/** @param trainingFiles files in the training split */
export function defaultOf(name: SettingName, preset: Preset, trainingFiles: number): string | number | null {
  const value: Default<string | number | null> = settingOf(name).defaults[preset];
  return typeof value === 'function' ? value(trainingFiles) : value;
}
