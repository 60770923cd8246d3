/**
 * Finds the recurrent layers of a foreign network, by PyTorch's names within a module (`weight_ih_l0`; `weight_ih` in an `nn.LSTMCell`):
 * their kind, and the order of the modules if there are several.
 */
import { CELLS, CELL_NAMES, MAX_LAYERS, type Cell } from '../models/registry.ts';
import { fail } from '../failure.ts';
import type { Tensor, TensorInfo } from '../models/safetensors.ts';

export type Floats = Tensor & { readonly dtype: 'F32' };

export interface RecurrentLayer {
  readonly ih: Floats;
  readonly hh: Floats;
  /** Null in a module made with `bias=False`. */
  readonly biases: { readonly ih: Floats; readonly hh: Floats } | null;
}

/** A module, as the user who is asked for its place sees it. */
export interface ForeignModule {
  /** What its tensors' names begin with, without the dot. */
  readonly name: string;
  readonly tensors: readonly TensorInfo[];
}

export interface RecurrentLayers {
  readonly cell: Cell;
  /** Units of a layer. */
  readonly hidden: number;
  /** Columns of the first layer's input matrix. */
  readonly embedding: number;
  /** From the input on: one to `MAX_LAYERS`. */
  readonly layers: readonly RecurrentLayer[];
  /** Two modules of which either could be first; null where names or sizes tell. */
  readonly undecided: readonly [ForeignModule, ForeignModule] | null;
}

const RECURRENT = /^(.*?)(weight|bias)_(ih|hh|hr)(?:_l(\d+))?(_reverse)?$/;
const TITLES: Readonly<Record<number, string>> = { 1: 'RNN', 3: 'GRU', 4: 'LSTM' };
interface Found {
  readonly prefix: string;
  readonly index: number;
  /** By the name within the module, without the layer: `weight_ih`. */
  readonly parts: Map<string, Floats>;
  readonly infos: TensorInfo[];
}

export const isRecurrent = (name: string) => RECURRENT.test(name);

/**
 * Takes the recurrent layers out of `left`.
 * @param order names of the modules, first layer first, where the user was asked
 * @throws LabError `bad-input` with the kind of network that it is instead
 */
export function takeLayers(left: Map<string, Floats>, order: readonly string[] | null): RecurrentLayers {
  const found = new Map<string, Found>();
  let bidirectional = false;
  for (const [name, tensor] of left) {
    const match = RECURRENT.exec(name);
    if (!match) continue;
    left.delete(name);
    const [, prefix = '', what = '', side = '', index = '0', reverse] = match;
    if (reverse !== undefined) {
      bidirectional = true;
      continue;
    }
    const key = `${prefix} ${index}`;
    const layer: Found = found.get(key) ?? { prefix, index: Number(index), parts: new Map(), infos: [] };
    layer.parts.set(`${what}_${side}`, tensor);
    layer.infos.push({ name, dtype: tensor.dtype, shape: tensor.shape });
    found.set(key, layer);
  }
  const [one] = found.values();
  if (!one) reject('it has no recurrent layer: no tensor is called weight_ih_l0');
  const cell = requireSupported(one, found.size, bidirectional);
  const { modules, undecided } = ordered(modulesOf([...found.values()]), order);
  const layers = modules.flat().map(layerOf);
  const [first] = layers;
  const [hidden, embedding] = [first?.hh.shape[1], first?.ih.shape[1]];
  if (hidden === undefined || embedding === undefined) reject('its first layer has no matrices');
  const other = layers.find(({ hh }) => hh.shape[1] !== hidden);
  if (other) reject(`its layers have ${hidden} and ${other.hh.shape[1] ?? 0} units; the lab's have the same number`);
  return { cell, hidden, embedding, layers, undecided };
}

/** Layers of one module, by their numbers. */
type Module = readonly [first: Found, ...others: Found[]];

function modulesOf(found: readonly Found[]): readonly Module[] {
  const prefixes = [...new Set(found.map(({ prefix }) => prefix))];
  return prefixes.map((prefix) => {
    const layers = found.filter((layer) => layer.prefix === prefix).toSorted((a, b) => a.index - b.index);
    const gap = layers.findIndex(({ index }, at) => index !== at);
    if (gap >= 0)
      reject(`its module ${prefix.replace(/[._]$/, '')} has no layer ${gap}, but a layer ${layers[gap]!.index}`);
    const [first, ...others] = layers;
    return [first!, ...others];
  });
}

/** @throws LabError naming the network, where it is of a kind that the lab does not have */
function requireSupported({ parts }: Found, depth: number, bidirectional: boolean): Cell {
  const [ih, hh, projection] = ['weight_ih', 'weight_hh', 'weight_hr'].map((name) => parts.get(name)?.shape);
  const stacked = (hh ?? ih)?.[0] ?? 0;
  const hidden = projection?.[1] ?? hh?.[1] ?? reject('one of its recurrent layers has no weight_hh');
  const gates = stacked / hidden;
  const title = TITLES[gates] ?? reject(`its layers have ${gates} blocks of weights instead of 1, 3 or 4`);
  const changes = [
    depth > MAX_LAYERS && `num_layers=${MAX_LAYERS}`,
    bidirectional && 'bidirectional=False',
    projection !== undefined && 'proj_size=0',
  ].filter((change) => change !== false);
  if (changes.length === 0)
    return CELL_NAMES.find((cell) => CELLS[cell].gates === gates) ?? reject(`no cell of the lab has ${gates} gates`);
  const article = bidirectional || title === 'GRU' ? 'a' : 'an';
  const layers = depth === 1 ? 'one layer' : `${depth} layers`;
  const projected = projection === undefined ? '' : ` and projections to ${projection[0]} (proj_size)`;
  const forward = bidirectional ? ' in one direction' : '';
  return fail(
    'bad-input',
    `This is ${article} ${bidirectional ? 'bidirectional ' : ''}${title} with ${layers}${projected}; ` +
      `the lab reads RNN, GRU and LSTM with one to four layers${forward}${projected === '' ? '' : ', without projections'}.`,
    `Train it again with ${changes.join(', ')}, here or in PyTorch, and import those weights.`,
  );
}

interface Order {
  readonly modules: readonly Module[];
  /** Two modules of which either could be first; null where the order is known. */
  readonly undecided: RecurrentLayers['undecided'];
}

/** Modules by sizes, by numbers in their names, then by what the user said, who is asked about two modules at most. */
function ordered(modules: readonly Module[], order: readonly string[] | null): Order {
  const isWide = ([{ parts }]: Module) => parts.get('weight_ih')?.shape[1] !== parts.get('weight_hh')?.shape[1];
  // the states of a layer fit into all but the first, where the embedding is not as wide as they are
  const wide = modules.filter(isWide);
  const first = wide.length === 1 ? wide : [];
  const others = modules.filter((module) => !first.includes(module));
  const isNumbered = others.every((one, at) => others.slice(at + 1).every((other) => byNumber(one, other) !== 0));
  if (isNumbered) return { modules: [...first, ...others.toSorted(byNumber)], undecided: null };
  const [one, other, ...more] = others;
  const areAsked = first.length === 0 && more.length === 0 && one?.length === 1 && other?.length === 1;
  if (!one || !other || !areAsked) {
    const names = modules.map(([layer]) => moduleOf(layer).name).join(', ');
    reject(`neither the names nor the sizes of its modules ${names} show which comes when; number them`);
  }
  const [a, b] = [moduleOf(one[0]), moduleOf(other[0])];
  if (order === null) return { modules: [one, other], undecided: [a, b] };
  if (order[0] === a.name && order[1] === b.name) return { modules: [one, other], undecided: null };
  if (order[0] === b.name && order[1] === a.name) return { modules: [other, one], undecided: null };
  return reject(`its modules are called ${a.name} and ${b.name}, not ${order.join(' and ')}`);
}

const byNumber = ([one]: Module, [other]: Module) => compareNumbers(one.prefix, other.prefix);

const NUMBER = /[._-]?(\d+)/g;

/**
 * Names that differ in numbers alone, in the order of these: `lstm1` before `lstm2`, `lstm` before `lstm2`, `layers.9` before
 * `layers.10`. @returns 0 where the names do not tell
 */
function compareNumbers(one: string, other: string): number {
  if (one.replaceAll(NUMBER, '') !== other.replaceAll(NUMBER, '')) return 0;
  const [a, b] = [one, other].map((name) => Array.from(name.matchAll(NUMBER), ([, digits]) => Number(digits)));
  for (let i = 0; i < Math.max(a!.length, b!.length); i++) {
    const [x, y] = [a![i], b![i]];
    if (x === y) continue;
    // a name without a number is the first of those from 1 on; beside one with 0 it says nothing
    if (x === undefined) return y! >= 1 ? -1 : 0;
    if (y === undefined) return x >= 1 ? 1 : 0;
    return x - y;
  }
  return 0;
}

function moduleOf({ prefix, infos }: Found): ForeignModule {
  return { name: prefix.replace(/[._]$/, '') || infos[0]!.name, tensors: infos };
}

function layerOf({ parts }: Found): RecurrentLayer {
  const part = (name: string) => parts.get(name) ?? reject(`one of its recurrent layers has no ${name}`);
  const hasBiases = parts.has('bias_ih') || parts.has('bias_hh');
  const biases = hasBiases ? { ih: part('bias_ih'), hh: part('bias_hh') } : null;
  return { ih: part('weight_ih'), hh: part('weight_hh'), biases };
}

/** @throws LabError always: the file holds another kind of network */
export function reject(what: string): never {
  return fail(
    'bad-input',
    `The lab has no network for these weights: ${what}.`,
    'Import an embedding, one to four recurrent layers (RNN, GRU or LSTM) and a linear output layer, as safetensors.',
  );
}
