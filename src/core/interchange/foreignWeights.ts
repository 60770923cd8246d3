/**
 * Weights that somebody trained elsewhere and named in their own way: whether they are one of the lab's networks, by the names that
 * PyTorch gives within a module (`weight_ih_l0`) and by shapes. Prefixes are free, and the recurrent layers may be one module of two
 * layers or two modules of one. Whether H1 goes into the output layer too shows in no weight: that a person has to say.
 */
import { gatesOf, type Cell } from '../config.ts';
import { fail } from '../failure.ts';
import type { Tensor } from '../safetensors.ts';
import type { Weights } from '../weights.ts';

/** Sizes that the shapes tell. */
export interface ForeignNetwork {
  readonly cell: Cell;
  /** Rows of embedding and output layer, PAD and UNK counted. */
  readonly tokens: number;
  readonly embedding: number;
  readonly hidden: number;
}

export interface ForeignWeights extends ForeignNetwork {
  /** Under the lab's names. */
  readonly weights: Weights;
}

type Floats = Tensor & { readonly dtype: 'F32' };

interface Layer {
  readonly ih: Floats;
  readonly hh: Floats;
  readonly biasIh: Floats;
  readonly biasHh: Floats;
}

const RECURRENT = /^(.*)(weight|bias)_(ih|hh)_l(\d+)(_reverse)?$/;

/** @throws LabError `bad-input` with what is not as in the lab's networks */
export function recogniseWeights(tensors: ReadonlyMap<string, Tensor>): ForeignWeights {
  const left = new Map<string, Floats>();
  for (const [name, tensor] of tensors) {
    if (tensor.dtype !== 'F32') reject(`"${name}" holds whole numbers`);
    left.set(name, tensor);
  }
  const layers = takeLayers(left);
  const [, hidden] = layers[0].hh.shape;
  const [stacked, embedding] = layers[0].ih.shape;
  if (hidden === undefined || stacked === undefined || embedding === undefined)
    reject('its first layer has no matrices');
  const cell = cellOf(stacked / hidden);
  const { output, bias } = takeOutput(left, hidden);
  const [tokens] = output.shape;
  if (tokens === undefined) reject('its output layer has no rows');
  const table = takeOnly(left, ([rows, columns]) => rows === tokens && columns === embedding);
  if (!table) reject(`it has no embedding of ${tokens} tokens by ${embedding}`);
  const [stray] = left.keys();
  if (stray !== undefined) reject(`it has a tensor "${stray}" besides embedding, two recurrent layers and output`);

  const weights = new Map<string, Floats>([['embedding.weight', table]]);
  for (const [index, { ih, hh, biasIh, biasHh }] of layers.entries()) {
    const width = index === 0 ? embedding : hidden;
    const wide = gatesOf(cell) * hidden;
    const shaped = (tensor: Floats, ...shape: number[]) => {
      if (tensor.shape.join() !== shape.join()) {
        reject(
          `layer ${index + 1} has a tensor of shape [${tensor.shape.join(', ')}] where [${shape.join(', ')}] is due`,
        );
      }
      return tensor;
    };
    weights.set(`rnn.weight_ih_l${index}`, shaped(ih, wide, width));
    weights.set(`rnn.weight_hh_l${index}`, shaped(hh, wide, hidden));
    weights.set(`rnn.bias_ih_l${index}`, shaped(biasIh, wide));
    weights.set(`rnn.bias_hh_l${index}`, shaped(biasHh, wide));
  }
  weights.set('output.weight', output);
  weights.set('output.bias', bias);
  return { cell, tokens, embedding, hidden, weights };
}

function cellOf(gates: number): Cell {
  if (gates === gatesOf('rnn')) return 'rnn';
  if (gates === gatesOf('lstm')) return 'lstm';
  return reject(
    gates === 3 ? 'it is a GRU; the lab has RNN and LSTM' : `its layers have ${gates} blocks of weights, not 1 or 4`,
  );
}

/** The two layers, taken out: those of one module by their number, those of two modules in the order of their names. */
function takeLayers(left: Map<string, Floats>): readonly [Layer, Layer] {
  const parts = new Map<string, Map<string, Floats>>();
  for (const [name, tensor] of left) {
    const found = RECURRENT.exec(name);
    if (!found) continue;
    const [, prefix = '', what = '', side = '', index = '', reverse] = found;
    if (reverse !== undefined) reject('its recurrent layers read in both directions');
    const key = `${prefix} ${index.padStart(9, '0')}`;
    const layer = parts.get(key) ?? new Map<string, Floats>();
    parts.set(key, layer.set(`${what}_${side}`, tensor));
    left.delete(name);
  }
  if (parts.size === 0) reject('it has no recurrent layer: no tensor is called weight_ih_l0');
  const layers = [...parts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, layer]) => layerOf(layer));
  const [first, second, ...more] = layers;
  if (!first || !second || more.length > 0) reject(`it has ${layers.length} recurrent layers, not 2`);
  // of two modules the first is the one that the other's states do not fit into, where that can be told
  const [hidden, width] = [first.hh.shape[1], second.ih.shape[1]];
  return width !== hidden && first.ih.shape[1] === hidden ? [second, first] : [first, second];
}

function layerOf(parts: ReadonlyMap<string, Floats>): Layer {
  const part = (name: string) => parts.get(name) ?? reject(`one of its recurrent layers has no ${name}`);
  return { ih: part('weight_ih'), hh: part('weight_hh'), biasIh: part('bias_ih'), biasHh: part('bias_hh') };
}

/** The matrix that has a bias of its own beside it. */
function takeOutput(left: Map<string, Floats>, hidden: number): { readonly output: Floats; readonly bias: Floats } {
  for (const [name, output] of left) {
    const bias = left.get(name.replace(/weight$/, 'bias'));
    if (!name.endsWith('weight') || !bias || output.shape.length !== 2 || output.shape[1] !== hidden) continue;
    if (bias.shape.join() !== String(output.shape[0])) continue;
    left.delete(name);
    left.delete(name.replace(/weight$/, 'bias'));
    return { output, bias };
  }
  return reject(`it has no output layer from ${hidden} units with a bias`);
}

function takeOnly(left: Map<string, Floats>, is: (shape: readonly number[]) => boolean): Floats | undefined {
  for (const [name, tensor] of left) {
    if (tensor.shape.length !== 2 || !is(tensor.shape)) continue;
    left.delete(name);
    return tensor;
  }
  return undefined;
}

function reject(what: string): never {
  return fail(
    'bad-input',
    `These weights are not of one of the lab's networks: ${what}.`,
    'Bring an embedding, two recurrent layers (RNN or LSTM, with biases) and a linear output layer, as safetensors.',
  );
}
