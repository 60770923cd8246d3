/**
 * The lab's networks: the recurrent cells, the models built from them, and the choices of the user. Everything that depends on a model's
 * name is read from here. The engine defines how a cell or a variant computes.
 */
import { fail } from '../failure.ts';
import { keysOf } from '../records.ts';

interface CellDescription {
  readonly title: string;
  /** Blocks of `hidden` rows in the weights of a layer, in PyTorch's order; an LSTM's are i, f, g, o, a GRU's r, z, n. */
  readonly gates: number;
  /** Whether it carries a cell state from step to step beside its hidden state. */
  readonly hasCellState: boolean;
  /** Whether its recurrent bias is inside a gate's product, so that each of the two biases has a gradient of its own. */
  readonly separateBiases: boolean;
  /** Which of the blocks is the forget gate, from 0; null where there is none for a forget bias. */
  readonly forgetGate: number | null;
  /** Whether its activation can be chosen, or its definition fixes it. */
  readonly choosesActivation: boolean;
}

export const CELLS = {
  rnn: {
    title: 'RNN',
    gates: 1,
    hasCellState: false,
    separateBiases: false,
    forgetGate: null,
    choosesActivation: true,
  },
  lstm: { title: 'LSTM', gates: 4, hasCellState: true, separateBiases: false, forgetGate: 1, choosesActivation: false },
  gru: {
    title: 'GRU',
    gates: 3,
    hasCellState: false,
    separateBiases: true,
    forgetGate: null,
    choosesActivation: false,
  },
} as const satisfies Readonly<Record<string, CellDescription>>;
export type Cell = keyof typeof CELLS;
export const CELL_NAMES = keysOf(CELLS);

/** Recurrent layers of a network at most. */
export const MAX_LAYERS = 4;

/** Activations among which a cell can choose. */
export const ACTIVATIONS = ['tanh', 'relu'] as const;
export type Activation = (typeof ACTIVATIONS)[number];

/** What the output layer sees: the last layer's output, all outputs added up, or all side by side. */
export type Join = 'last' | 'sum' | 'concatenation';

interface ConnectionDescription {
  readonly title: string;
  /** A line of help for choosing it; H1 to HL are the outputs of the recurrent layers, before dropout. */
  readonly meaning: string;
  readonly join: Join;
  /** Whether the sum is divided by the square root of the number of layers. */
  readonly scaled: boolean;
  /** Whether the gradient of what the output layer sees reaches the layers below the last one directly. */
  readonly carriesGradient: boolean;
}

/** Ways in which the outputs of the recurrent layers reach the output layer. */
export const CONNECTIONS = {
  none: {
    title: 'None',
    meaning: 'HL alone: the output of the last layer.',
    join: 'last',
    scaled: false,
    carriesGradient: false,
  },
  sum: {
    title: 'Sum',
    meaning: 'H1 + H2: the outputs of all layers, added up.',
    join: 'sum',
    scaled: false,
    carriesGradient: true,
  },
  scaled: {
    title: 'Scaled sum',
    meaning: '(H1 + H2) / √2: the sum over the square root of the number of layers.',
    join: 'sum',
    scaled: true,
    carriesGradient: true,
  },
  concatenated: {
    title: 'Concatenated',
    meaning: '[H1, H2]: side by side; the output layer is wider by as much.',
    join: 'concatenation',
    scaled: false,
    carriesGradient: true,
  },
  value: {
    title: 'Value only',
    meaning: 'H2 + H1 without H1’s gradient: for study.',
    join: 'sum',
    scaled: false,
    carriesGradient: false,
  },
  gradient: {
    title: 'Gradient only',
    meaning: 'The value of H2 with the gradient of the sum, H2 + H1 − stop(H1): for study.',
    join: 'last',
    scaled: false,
    carriesGradient: true,
  },
} as const satisfies Readonly<Record<string, ConnectionDescription>>;
export type Connection = keyof typeof CONNECTIONS;
export const CONNECTION_NAMES = keysOf(CONNECTIONS);

/** What a residual model can have; a baseline has none. */
export type ResidualConnection = Exclude<Connection, 'none'>;
export const RESIDUAL_CONNECTIONS: readonly ResidualConnection[] = CONNECTION_NAMES.filter((name) => name !== 'none');

interface WeightTyingDescription {
  /** Whether the output layer's matrix is the embedding's, [tokens, embedding]; otherwise it has one of its own. */
  readonly shares: boolean;
  /** Whether a linear layer without a bias first maps the recurrent layers' output to the embedding's width. */
  readonly projects: boolean;
}

/** Whether one matrix is both the embedding and the output layer's weight (Press and Wolf, 2017). */
export const WEIGHT_TYINGS = {
  none: { shares: false, projects: false },
  tied: { shares: true, projects: false },
  projected: { shares: true, projects: true },
} as const satisfies Readonly<Record<string, WeightTyingDescription>>;
export type WeightTying = keyof typeof WEIGHT_TYINGS;
export const WEIGHT_TYING_NAMES = keysOf(WEIGHT_TYINGS);

interface KindDescription {
  readonly title: string;
  /** A line of help for choosing it. */
  readonly meaning: string;
  /** Name of its color: `--model-residual` in the page's styles. */
  readonly color: string;
}

/** Changes that can be made to a baseline. When chosen as a model, a variant means that form of the better baseline. */
export const VARIANTS = {
  residual: {
    title: 'Residual',
    meaning: 'The output layer sees the sum of all layers.',
    color: 'residual',
    residual: true,
  },
} as const satisfies Readonly<Record<string, KindDescription & { readonly residual: boolean }>>;
export type Variant = keyof typeof VARIANTS;
export const VARIANT_NAMES = keysOf(VARIANTS);

/** Models that extend no other one. */
export const BASELINES = {
  rnn: { title: 'RNN', cell: 'rnn', meaning: 'Plain recurrent layers: small and fast.', color: 'rnn' },
  lstm: {
    title: 'LSTM',
    cell: 'lstm',
    meaning: 'Gated layers with a longer memory: four times the recurrent weights.',
    color: 'lstm',
  },
  gru: {
    title: 'GRU',
    cell: 'gru',
    meaning: 'Gated layers without a separate cell state: three times the recurrent weights.',
    color: 'gru',
  },
} as const satisfies Readonly<Record<string, KindDescription & { readonly cell: Cell }>>;
export type Baseline = keyof typeof BASELINES;
export const BASELINE_NAMES = keysOf(BASELINES);

/** Models that are a baseline with one thing changed. */
const EXTENDED = {
  'residual-rnn': { title: 'Residual RNN', baseline: 'rnn', variant: 'residual' },
  'residual-lstm': { title: 'Residual LSTM', baseline: 'lstm', variant: 'residual' },
  'residual-gru': { title: 'Residual GRU', baseline: 'gru', variant: 'residual' },
} as const satisfies Readonly<
  Record<string, { readonly title: string; readonly baseline: Baseline; readonly variant: Variant }>
>;
type Extended = keyof typeof EXTENDED;

/** A trained network. The name is stored with runs and weights. */
export type ModelName = Baseline | Extended;
export const MODEL_NAMES: readonly ModelName[] = [...BASELINE_NAMES, ...keysOf(EXTENDED)];

/** What the user asks for: a model, or a variant of whichever baseline is better. */
export type ModelChoice = ModelName | Variant;
export const MODEL_CHOICES: readonly ModelChoice[] = [...BASELINE_NAMES, ...VARIANT_NAMES, ...keysOf(EXTENDED)];

/** What the user ticks: a baseline, or a variant whose baseline is a separate choice. */
export type ModelKind = Baseline | Variant;
export const MODEL_KINDS: readonly ModelKind[] = [...BASELINE_NAMES, ...VARIANT_NAMES];

/** The task's own choices, offered first and used in the study. */
export const TASK_BASELINES = ['rnn', 'lstm'] as const satisfies readonly Baseline[];
export const TASK_KINDS: readonly ModelKind[] = [...TASK_BASELINES, 'residual'];

export interface Model {
  readonly name: ModelName;
  /** `Residual LSTM`. */
  readonly title: string;
  /** At the end of a curve: `Residual`. */
  readonly shortTitle: string;
  readonly cell: Cell;
  /** The model that it extends; null for a baseline. */
  readonly baseline: Baseline | null;
  /** What it changes in that one; null for a baseline. */
  readonly variant: Variant | null;
  /** Whether its configuration's connection leads into the output layer; without it the last layer's output alone does. */
  readonly residual: boolean;
  readonly color: string;
}

const MODELS: ReadonlyMap<string, Model> = new Map(MODEL_NAMES.map((name) => [name, described(name)]));

function described(name: ModelName): Model {
  if (isIn(BASELINES, name)) {
    const { title, cell, color } = BASELINES[name];
    return { name, title, shortTitle: title, cell, baseline: null, variant: null, residual: false, color };
  }
  const { title, baseline, variant } = EXTENDED[name];
  const { title: shortTitle, color, residual } = VARIANTS[variant];
  const { cell } = BASELINES[baseline];
  return { name, title, shortTitle, cell, baseline, variant, residual, color };
}

function isIn<Key extends string>(table: Readonly<Record<Key, unknown>>, name: string): name is Key {
  return Object.hasOwn(table, name);
}

/** @throws LabError `not-found` for a name that no model has */
export function modelOf(name: string): Model {
  return (
    MODELS.get(name) ?? fail('not-found', `There is no model "${name}".`, `The lab has ${MODEL_NAMES.join(', ')}.`)
  );
}

export function isVariant(choice: string): choice is Variant {
  return isIn(VARIANTS, choice);
}

/** For people: `LSTM`, `Residual LSTM`, `Residual`. */
export function modelTitle(choice: ModelChoice): string {
  return isVariant(choice) ? VARIANTS[choice].title : modelOf(choice).title;
}

/** A line of help for choosing it. */
export function modelMeaning(kind: ModelKind): string {
  return isVariant(kind) ? VARIANTS[kind].meaning : BASELINES[kind].meaning;
}

/** Name of a model's color. */
export function modelColor(choice: ModelChoice): string {
  return isVariant(choice) ? VARIANTS[choice].color : modelOf(choice).color;
}

/** The models that a choice may resolve to. */
export function modelsOf(choice: ModelChoice): readonly ModelName[] {
  return MODEL_NAMES.filter((name) => isOf(name, choice));
}

/** Whether a model is what was asked for. */
export function isOf(name: ModelName, choice: ModelChoice): boolean {
  return name === choice || modelOf(name).variant === choice;
}

/** The model with most weights among those that a choice can mean. */
export function largestOf(choice: ModelChoice): ModelName {
  const bySize = modelsOf(choice).toSorted((a, b) => CELLS[modelOf(b).cell].gates - CELLS[modelOf(a).cell].gates);
  return bySize[0] ?? modelOf(choice).name;
}

/** Whether a choice resolves to models whose configuration's connection leads into the output layer. */
export function isResidual(choice: ModelChoice): boolean {
  return modelsOf(choice).every((name) => modelOf(name).residual);
}

/** The variant's form of a baseline. */
export function variantOf(baseline: Baseline, variant: Variant): ModelName {
  const found = modelsOf(variant).find((name) => modelOf(name).baseline === baseline);
  return found ?? fail('not-found', `There is no ${variant} form of ${baseline}.`, 'Choose another baseline.');
}

/** The model of a cell, with or without the residual connection. */
export function modelWith(cell: Cell, residual: boolean): ModelName {
  const found = MODEL_NAMES.find((name) => modelOf(name).cell === cell && modelOf(name).residual === residual);
  return found ?? fail('not-found', `The lab has no such model of the cell ${cell}.`, 'Choose another model.');
}

/** Whether a model extends no other one. */
export function isBaseline(name: ModelChoice): name is Baseline {
  return isIn(BASELINES, name);
}
