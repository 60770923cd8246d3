/**
 * A model as a TensorFlow.js LayersModel (https://www.tensorflow.org/js/guide/save_load): `model.json`, which stock
 * `tf.loadLayersModel` reads, and one file of weights. Its layers are Keras's, [rows, steps] ids in, [rows, steps, tokens] logits out;
 * config, vocabulary, literals and data set lie in `userDefinedMetadata`.
 *
 * PyTorch and Keras stack an LSTM's gates in the same order (i, f, g, o). Keras's matrices are transposed, and it has one bias
 * where PyTorch has two: here their sum, which is what the lab computes with, so that nothing is lost but how the two shared it.
 */
import { z } from 'zod';
import { CELLS, type Cell } from '../models/registry.ts';
import type { ModelSpec } from '../models/spec.ts';
import { fail } from '../failure.ts';
import type { Tensor } from '../models/safetensors.ts';
import type { Weights } from '../models/weights.ts';

export const MODEL_FILE = 'model.json';
export const WEIGHTS_FILE = 'weights.bin';

/** What a model's weights say of themselves, JSON under each name, as in the lab's safetensors. */
export type Metadata = Readonly<Record<string, string>>;

export interface LayersModelFiles {
  /** The text of `model.json`. */
  readonly model: string;
  /** Float32, little-endian, one weight after the other. */
  readonly weights: Uint8Array<ArrayBuffer>;
}

interface LayerWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** @param dropout the rate in training; stock TensorFlow.js leaves it out when it predicts */
export function writeLayersModel(
  spec: ModelSpec,
  weights: Weights,
  dropout: number,
  metadata: Metadata,
): LayersModelFiles {
  const own = weightsOf(spec, weights);
  const bytes = new Uint8Array(own.reduce((sum, { data }) => sum + data.byteLength, 0));
  let offset = 0;
  for (const { data } of own) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  const model = {
    format: 'layers-model',
    generatedBy: 'Minicopilot Lab',
    convertedBy: null,
    modelTopology: topology(spec, dropout),
    weightsManifest: [
      { paths: [WEIGHTS_FILE], weights: own.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })) },
    ],
    userDefinedMetadata: Object.fromEntries(
      Object.entries(metadata).map(([name, text]): [string, unknown] => [name, JSON.parse(text)]),
    ),
  };
  return { model: JSON.stringify(model), weights: bytes };
}

/** Keras's layer of a cell, and what its definition fixes. */
const KERAS: Readonly<Record<Cell, { readonly layer: string; readonly config: object }>> = {
  rnn: { layer: 'SimpleRNN', config: {} },
  lstm: { layer: 'LSTM', config: { activation: 'tanh', recurrent_activation: 'sigmoid', unit_forget_bias: false } },
};

/** Keras's layers of the network, in their order. */
function topology(spec: ModelSpec, dropout: number): object {
  const { cell, residual, tokens, embedding, hidden, activation } = spec;
  const kind = KERAS[cell];
  const zeros = { class_name: 'Zeros', config: {} };
  // what initialises is overwritten at once; Keras's own, an orthogonal matrix, takes minutes at 512
  const initial = { kernel_initializer: zeros, bias_initializer: zeros };
  const recurrent = {
    units: hidden,
    use_bias: true,
    return_sequences: true,
    recurrent_initializer: zeros,
    ...initial,
    ...kind.config,
    ...(CELLS[cell].choosesActivation && { activation }),
  };
  const layer = (class_name: string, name: string, config: object, ...inputs: string[]) => ({
    name,
    class_name,
    config: { name, trainable: true, ...config },
    inbound_nodes: inputs.length === 0 ? [] : [inputs.map((input) => [input, 0, 0, {}])],
  });
  const table = { input_dim: tokens, output_dim: embedding, embeddings_initializer: zeros, mask_zero: false };
  const seen = residual ? 'residual' : 'rnn_2';
  return {
    class_name: 'Model',
    config: {
      name: 'completer',
      layers: [
        layer('InputLayer', 'ids', { batch_input_shape: [null, null], dtype: 'int32', sparse: false }),
        layer('Embedding', 'embedding', table, 'ids'),
        layer(kind.layer, 'rnn_1', recurrent, 'embedding'),
        layer('Dropout', 'dropout_1', { rate: dropout }, 'rnn_1'),
        layer(kind.layer, 'rnn_2', recurrent, 'dropout_1'),
        ...(residual ? [layer('Add', 'residual', {}, 'rnn_1', 'rnn_2')] : []),
        layer('Dropout', 'dropout_2', { rate: dropout }, seen),
        layer('Dense', 'output', { units: tokens, activation: 'linear', use_bias: true, ...initial }, 'dropout_2'),
      ],
      input_layers: [['ids', 0, 0]],
      output_layers: [['output', 0, 0]],
    },
    keras_version: 'tfjs-layers 4.22.0',
    backend: 'tensor_flow.js',
  };
}

/** In the order of the layers, as Keras names and turns them. */
function weightsOf(spec: ModelSpec, weights: Weights): LayerWeight[] {
  const of = (name: string): Tensor & { readonly dtype: 'F32' } =>
    weights.get(name) ?? fail('internal', `The model has no ${name}.`, 'Please report it.');
  const turned = (name: string, from: string): LayerWeight => {
    const { shape, data } = of(from);
    const [rows, columns] = [shape[0]!, shape[1]!];
    return { name, shape: [columns, rows], data: transposed(data, rows, columns) };
  };
  const layer = (index: 0 | 1): LayerWeight[] => {
    const [ih, hh] = [of(`rnn.bias_ih_l${index}`).data, of(`rnn.bias_hh_l${index}`).data];
    const name = `rnn_${index + 1}`;
    return [
      turned(`${name}/kernel`, `rnn.weight_ih_l${index}`),
      turned(`${name}/recurrent_kernel`, `rnn.weight_hh_l${index}`),
      {
        name: `${name}/bias`,
        shape: [CELLS[spec.cell].gates * spec.hidden],
        data: ih.map((value, i) => value + hh[i]!),
      },
    ];
  };
  const { shape, data } = of('embedding.weight');
  return [
    { name: 'embedding/embeddings', shape, data },
    ...layer(0),
    ...layer(1),
    turned('output/kernel', 'output.weight'),
    { name: 'output/bias', shape: [spec.tokens], data: of('output.bias').data },
  ];
}

/** @param values [rows, columns] @returns [columns, rows] */
function transposed(values: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) turned[column * rows + row] = values[row * columns + column]!;
  }
  return turned;
}

const size = z.int().min(0).max(0xffff_ffff);
const manifestSchema = z.array(
  z.object({
    weights: z.array(
      z.object({
        name: z.string(),
        shape: z.array(size).max(2),
        dtype: z.literal('float32'),
        // a model that stock tools made smaller is another model
        quantization: z.never().optional(),
      }),
    ),
  }),
);
const modelSchema = z.object({
  format: z.literal('layers-model'),
  weightsManifest: manifestSchema,
  userDefinedMetadata: z.record(z.string(), z.unknown()).optional(),
});

/**
 * Reads a model that `writeLayersModel` wrote, here or elsewhere, under PyTorch's names: the whole bias is the first of the two.
 * Whether shapes fit each other is for whoever loads them to check.
 * @throws LabError `bad-input` for what is none
 */
export function readLayersModel({ model, weights }: { readonly model: string; readonly weights: Uint8Array }): {
  readonly tensors: Weights;
  readonly metadata: Metadata;
} {
  let json: unknown;
  try {
    json = JSON.parse(model);
  } catch (cause) {
    reject(`${MODEL_FILE} is not JSON`, cause);
  }
  const parsed = modelSchema.safeParse(json);
  if (!parsed.success) reject(`${MODEL_FILE} has ${z.prettifyError(parsed.error)}`, parsed.error);
  const tensors = new Map<string, Tensor & { readonly dtype: 'F32' }>();
  let offset = 0;
  for (const { name, shape } of parsed.data.weightsManifest.flatMap((group) => group.weights)) {
    const values = shape.reduce((product, length) => product * length, 1);
    const bytes = values * Float32Array.BYTES_PER_ELEMENT;
    if (offset + bytes > weights.byteLength) reject(`its weights end in the middle of ${name}`);
    // a copy, since the weights' own offset may be unaligned; not by slice(), which in Node's Buffer gives a view
    const data = new Float32Array(new Uint8Array(weights.subarray(offset, offset + bytes)).buffer);
    offset += bytes;
    for (const tensor of underPyTorchNames(name, shape, data)) tensors.set(...tensor);
  }
  if (offset !== weights.byteLength)
    reject(`${MODEL_FILE} describes ${offset} bytes of weights, but there are ${weights.byteLength}`);
  return { tensors, metadata: writtenAgain(parsed.data.userDefinedMetadata ?? {}) };
}

/** JSON under each name, as the lab's safetensors have it. */
function writtenAgain(metadata: Readonly<Record<string, unknown>>): Metadata {
  try {
    return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, JSON.stringify(value)]));
  } catch (cause) {
    // what can be read of lists within lists can be too deep to be written
    reject('its userDefinedMetadata are nested too deeply', cause);
  }
}

const MATRICES: Readonly<Record<string, string>> = {
  'rnn_1/kernel': 'rnn.weight_ih_l0',
  'rnn_1/recurrent_kernel': 'rnn.weight_hh_l0',
  'rnn_2/kernel': 'rnn.weight_ih_l1',
  'rnn_2/recurrent_kernel': 'rnn.weight_hh_l1',
  'output/kernel': 'output.weight',
};
const VECTORS: Readonly<Record<string, string>> = {
  'rnn_1/bias': 'rnn.bias_ih_l0',
  'rnn_2/bias': 'rnn.bias_ih_l1',
  'output/bias': 'output.bias',
};

function underPyTorchNames(
  name: string,
  shape: readonly number[],
  data: Float32Array<ArrayBuffer>,
): [string, Tensor & { readonly dtype: 'F32' }][] {
  const [rows, columns] = [shape[0] ?? 1, shape[1] ?? 1];
  if (name === 'embedding/embeddings') return [['embedding.weight', { dtype: 'F32', shape, data }]];
  const matrix = Object.hasOwn(MATRICES, name) ? MATRICES[name] : undefined;
  if (matrix !== undefined) {
    return [[matrix, { dtype: 'F32', shape: [columns, rows], data: transposed(data, rows, columns) }]];
  }
  const vector = Object.hasOwn(VECTORS, name) ? VECTORS[name] : undefined;
  if (vector === undefined) reject(`it has a weight ${name}, which the lab's models do not have`);
  const bias: [string, Tensor & { readonly dtype: 'F32' }] = [vector, { dtype: 'F32', shape, data }];
  if (!vector.startsWith('rnn.bias_ih')) return [bias];
  const zeros = new Float32Array(data.length);
  return [bias, [vector.replace('ih', 'hh'), { dtype: 'F32', shape, data: zeros }]];
}

function reject(what: string, cause?: unknown): never {
  fail(
    'bad-input',
    `This is not a LayersModel that the lab can read: ${what}.`,
    'Choose a model.json and weights.bin that the lab wrote, or weights as safetensors. Stored data has not changed.',
    cause,
  );
}
