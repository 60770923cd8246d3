/**
 * Weights that were trained elsewhere and have other names: finds out which of the lab's networks they are, by PyTorch's names within a
 * module (`weight_ih_l0`) and by shapes. Prefixes may be anything, and the recurrent layers may be one module or several. The output layer
 * may share the embedding's weights, behind a projection where it is not as wide, and biases may be missing. The user answers what no
 * weight shows: whether the lower layers are connected to the output layer too, and the order of two modules if names and sizes do not show
 * it.
 */
import { CELLS, type Cell, type WeightTying } from '../models/registry.ts';
import { isTied } from '../models/spec.ts';
import type { Safetensors } from '../models/safetensors.ts';
import type { Weights } from '../models/weights.ts';
import { ignoredOf, type IgnoredTensor } from './ignored.ts';
import {
  isRecurrent,
  reject,
  takeLayers,
  type Floats,
  type ForeignModule,
  type RecurrentLayers,
} from './foreignLayers.ts';

/** What a file of weights shows of its network. */
export interface ForeignNetwork {
  readonly cell: Cell;
  /** Rows of embedding and output layer, PAD and UNK counted. */
  readonly tokens: number;
  readonly embedding: number;
  readonly hidden: number;
  /** Recurrent layers. */
  readonly layers: number;
  readonly weightTying: WeightTying;
  /** Two modules of which either could be the first layer: the user has to say. */
  readonly undecided: readonly [ForeignModule, ForeignModule] | null;
  readonly ignored: readonly IgnoredTensor[];
  /** Sentences about what the file leaves out, and the values assumed for it. */
  readonly assumed: readonly string[];
}

export interface ForeignWeights extends ForeignNetwork {
  /** Under the lab's names. While `undecided` is not null, in one of the two orders. */
  readonly weights: Weights;
}

/**
 * @param order names of the modules, first layer first; null where the user was not asked
 * @throws LabError `bad-input` with what is not as in the lab's networks
 */
export function recogniseWeights(
  { tensors, infos }: Pick<Safetensors, 'tensors' | 'infos'>,
  order: readonly string[] | null = null,
): ForeignWeights {
  const left = new Map<string, Floats>();
  for (const { name, dtype } of infos) {
    const tensor = tensors.get(name);
    if (tensor?.dtype === 'F32') left.set(name, tensor);
    else if (isRecurrent(name)) reject(`"${name}" has ${dtype} values; the lab reads F32, F16, BF16 and F64`);
  }
  const { cell, hidden, embedding, layers, undecided } = takeLayers(left, order);
  const { table, output, projection, bias } = takeEnds(left, embedding, hidden);
  const [tokens] = table.shape;
  if (tokens === undefined) reject('its embedding has no rows');

  const weights = new Map<string, Floats>([['embedding.weight', table]]);
  for (const [name, tensor] of layerWeights(cell, embedding, hidden, layers)) weights.set(name, tensor);
  if (projection) weights.set('projection.weight', projection);
  if (output) weights.set('output.weight', output);
  const weightTying: WeightTying = output ? 'none' : projection ? 'projected' : 'tied';
  weights.set('output.bias', bias ?? zeros(tokens));
  const used = new Set<unknown>(weights.values());
  const ignored = ignoredOf(infos, (name) => used.has(tensors.get(name)));
  const assumed = [
    isTied({ weightTying }) && 'The output layer shares the weights of the embedding (tied weights).',
    bias === null && 'The output layer has no bias: zeros are used.',
    layers.some(({ biases }) => biases === null) && 'The recurrent layers have no biases: zeros are used.',
  ].filter((sentence) => sentence !== false);
  const network = { cell, tokens, embedding, hidden, layers: layers.length, weightTying };
  return { ...network, undecided, ignored, assumed, weights };
}

function layerWeights(
  cell: Cell,
  embedding: number,
  hidden: number,
  layers: RecurrentLayers['layers'],
): [string, Floats][] {
  const rows = CELLS[cell].gates * hidden;
  return layers.flatMap(({ ih, hh, biases }, index): [string, Floats][] => {
    const shaped = (tensor: Floats, ...shape: number[]) => {
      if (tensor.shape.join() !== shape.join()) {
        reject(
          `layer ${index + 1} has a tensor of shape [${tensor.shape.join(', ')}] instead of [${shape.join(', ')}]`,
        );
      }
      return tensor;
    };
    return [
      [`rnn.weight_ih_l${index}`, shaped(ih, rows, index === 0 ? embedding : hidden)],
      [`rnn.weight_hh_l${index}`, shaped(hh, rows, hidden)],
      [`rnn.bias_ih_l${index}`, shaped(biases?.ih ?? zeros(rows), rows)],
      [`rnn.bias_hh_l${index}`, shaped(biases?.hh ?? zeros(rows), rows)],
    ];
  });
}

interface Ends {
  /** The embedding, [tokens, embedding]. */
  readonly table: Floats;
  /** [tokens, hidden]; null where it is the embedding. */
  readonly output: Floats | null;
  /** [embedding, hidden], before an output layer that is the embedding; null where the states are as wide. */
  readonly projection: Floats | null;
  readonly bias: Floats | null;
}

/** Embedding and output layer: two matrices with a row a token, or one that is both. */
function takeEnds(left: ReadonlyMap<string, Floats>, embedding: number, hidden: number): Ends {
  const matrices = [...left].filter(([, { shape }]) => shape.length === 2 && shape[0]! > 0);
  const biasOf = (name: string, rows: number | undefined) => {
    const bias = left.get(name.replace(/weight$/, 'bias'));
    return name.endsWith('weight') && bias?.shape.join() === String(rows) ? bias : null;
  };
  const pairs = matrices.flatMap(([name, output]) =>
    matrices
      .filter(([, table]) => table !== output && table.shape[0] === output.shape[0])
      .filter(([, table]) => table.shape[1] === embedding && output.shape[1] === hidden)
      .map(([tableName, table]) => ({ tableName, table, name, output, bias: biasOf(name, output.shape[0]) })),
  );
  const withBias = pairs.find(({ bias }) => bias !== null);
  if (withBias) return { ...withBias, projection: null };

  const isEmbedding = (name: string) => /emb|wte/i.test(name);
  // where both are as wide, only their names say which is which
  const told =
    embedding === hidden ? pairs.filter(({ tableName, name }) => isEmbedding(tableName) && !isEmbedding(name)) : pairs;
  const [pair, ...more] = told;
  if (pair && more.length === 0) return { ...pair, projection: null, bias: loneBias(left, pair.output) };
  const [one] = pairs;
  if (one)
    reject(
      `it does not show which of "${one.tableName}" and "${one.name}" is the embedding and which is the output layer`,
    );

  const tied = matrices.filter(([, { shape }]) => embedding === hidden && shape[1] === hidden);
  const [only] = tied.length === 1 ? tied : tied.filter(([name]) => isEmbedding(name));
  if (only) {
    const [name, table] = only;
    return { table, output: null, projection: null, bias: biasOf(name, table.shape[0]) ?? loneBias(left, table) };
  }
  const [projection, ...others] = matrices.filter(
    ([, { shape }]) => embedding !== hidden && shape.join() === `${embedding},${hidden}`,
  );
  const [shared, ...tables] = matrices.filter(([, { shape }]) => shape[1] === embedding);
  if (projection && shared && others.length + tables.length === 0) {
    const [name, matrix] = projection;
    if (biasOf(name, embedding)) reject(`its projection "${name}" has a bias; the lab's has none`);
    return { table: shared[1], output: null, projection: matrix, bias: loneBias(left, shared[1]) };
  }
  const table = matrices.find(([, { shape }]) => shape[1] === embedding)?.[1];
  const output = matrices.find(([, matrix]) => matrix !== table && matrix.shape[1] === hidden)?.[1];
  if (table && output) reject(`its embedding has ${table.shape[0]} rows and its output layer ${output.shape[0]}`);
  if (table) {
    reject(
      `it has no output layer from ${hidden} units, and an embedding ${embedding} wide cannot be shared as one (tied weights)`,
    );
  }
  if (output) reject(`it has no embedding of ${output.shape[0]} tokens by ${embedding}`);
  return reject(`it has no output layer from ${hidden} units`);
}

/** A bias of one value a token under a name of its own, such as `output.bias` beside a shared weight. */
function loneBias(left: ReadonlyMap<string, Floats>, { shape: [tokens] }: Floats): Floats | null {
  const biases = [...left].filter(([name, { shape }]) => name.endsWith('bias') && shape.join() === String(tokens));
  return biases.length === 1 ? biases[0]![1] : null;
}

function zeros(length: number): Floats {
  return { dtype: 'F32', shape: [length], data: new Float32Array(length) };
}
