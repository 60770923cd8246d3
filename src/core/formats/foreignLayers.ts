/**
 * The recurrent layers of somebody else's network, by the names that PyTorch gives within a module (`weight_ih_l0`; `weight_ih` in an
 * `nn.LSTMCell`): what kind they are, and which of two modules of one layer comes first.
 */
import { CELLS, CELL_NAMES, type Cell } from '../models/registry.ts';
import { fail } from '../failure.ts';
import type { Tensor, TensorInfo } from '../models/safetensors.ts';

export type Floats = Tensor & { readonly dtype: 'F32' };

export interface RecurrentLayer {
  readonly ih: Floats;
  readonly hh: Floats;
  /** Null in a module made with `bias=False`. */
  readonly biases: { readonly ih: Floats; readonly hh: Floats } | null;
}

/** A module of one layer, as the user who is asked for its place sees it. */
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
  readonly layers: readonly [RecurrentLayer, RecurrentLayer];
  /** Two modules of which either could be first; null where names or sizes tell. */
  readonly undecided: readonly [ForeignModule, ForeignModule] | null;
}

const RECURRENT = /^(.*?)(weight|bias)_(ih|hh|hr)(?:_l(\d+))?(_reverse)?$/;
const TITLES: Readonly<Record<number, string>> = { 1: 'RNN', 3: 'GRU', 4: 'LSTM' };
/** Layers of a network that is read from elsewhere. */
const LAYERS = 2;

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
  const [one, other = one] = found.values();
  if (!one || !other) reject('it has no recurrent layer: no tensor is called weight_ih_l0');
  const cell = requireSupported(one, found.size, bidirectional);
  const [first, second, isDecided] = ordered(one, other, order);
  const layers = [layerOf(first), layerOf(second)] as const;
  const [hidden, embedding] = [layers[0].hh.shape[1], layers[0].ih.shape[1]];
  if (hidden === undefined || embedding === undefined) reject('its first layer has no matrices');
  if (layers[1].hh.shape[1] !== hidden) {
    reject(`its layers have ${hidden} and ${layers[1].hh.shape[1] ?? 0} units; the lab's have the same number`);
  }
  const undecided = isDecided ? null : ([moduleOf(first), moduleOf(second)] as const);
  return { cell, hidden, embedding, layers, undecided };
}

/** @throws LabError naming the network, where it is of a kind that the lab does not have */
function requireSupported({ parts }: Found, depth: number, bidirectional: boolean): Cell {
  const [ih, hh, projection] = ['weight_ih', 'weight_hh', 'weight_hr'].map((name) => parts.get(name)?.shape);
  const stacked = (hh ?? ih)?.[0] ?? 0;
  const hidden = projection?.[1] ?? hh?.[1] ?? reject('one of its recurrent layers has no weight_hh');
  const gates = stacked / hidden;
  const title = TITLES[gates] ?? reject(`its layers have ${gates} blocks of weights instead of 1, 3 or 4`);
  const changes = [
    depth !== LAYERS && `num_layers=${LAYERS}`,
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
      `the lab reads RNN, GRU and LSTM with two layers${forward}${projected === '' ? '' : ', without projections'}.`,
    `Train it again with ${changes.join(', ')}, here or in PyTorch, and import those weights.`,
  );
}

/** By layer number within a module; of two modules by sizes, by numbers in their names, then by what the user said. */
function ordered(one: Found, other: Found, order: readonly string[] | null): [Found, Found, boolean] {
  if (one.index !== other.index) return one.index < other.index ? [one, other, true] : [other, one, true];
  const isWide = ({ parts }: Found) => parts.get('weight_ih')?.shape[1] !== parts.get('weight_hh')?.shape[1];
  // the states of layer 1 fit into layer 2 alone, where the embedding is not as wide as they are
  if (isWide(one) !== isWide(other)) return isWide(one) ? [one, other, true] : [other, one, true];
  const byNumber = compareNumbers(one.prefix, other.prefix);
  if (byNumber !== 0) return byNumber < 0 ? [one, other, true] : [other, one, true];
  if (order === null) return [one, other, false];
  const [a, b] = [moduleOf(one).name, moduleOf(other).name];
  if (order[0] === a && order[1] === b) return [one, other, true];
  if (order[0] === b && order[1] === a) return [other, one, true];
  return reject(`its modules are called ${a} and ${b}, not ${order.join(' and ')}`);
}

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
    'Import an embedding, two recurrent layers (RNN or LSTM) and a linear output layer, as safetensors.',
  );
}
