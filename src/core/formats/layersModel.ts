/**
 * A model as a TensorFlow.js LayersModel (https://www.tensorflow.org/js/guide/save_load): `model.json`, which stock `tf.loadLayersModel`
 * reads, and one file of weights. Its layers are Keras's, [rows, steps] ids in, [rows, steps, tokens] logits out; config, vocabulary,
 * literals and data set are in `userDefinedMetadata`.
 *
 * PyTorch and Keras stack an LSTM's gates in the same order (i, f, g, o). Keras's matrices are transposed, and it has one bias where
 * PyTorch has two: here it is their sum, which the lab computes with anyway, so only the division between the two is lost.
 *
 * Keras has no layers that share weights. A matrix that is both the embedding and the output layer's weight is written twice: the model
 * computes the same, but further training there trains two matrices.
 */
import { z } from 'zod';
import { CELLS, CONNECTIONS, type Cell, type Join } from '../models/registry.ts';
import { connectionScale, isProjected, isTied, outputWeightName, type ModelSpec } from '../models/spec.ts';
import { fail } from '../failure.ts';
import type { Tensor } from '../models/safetensors.ts';
import { configOf } from './weightsFile.ts';
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

/**
 * @param dropout the rate in training; stock TensorFlow.js leaves it out when it predicts
 * @throws LabError `bad-input` for a cell that stock TensorFlow.js does not have
 */
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

/** Keras's layer of a cell, and what its definition fixes; null where stock TensorFlow.js has none of the same definition. */
const KERAS: Readonly<Record<Cell, { readonly layer: string; readonly config: object } | null>> = {
  rnn: { layer: 'SimpleRNN', config: {} },
  lstm: { layer: 'LSTM', config: { activation: 'tanh', recurrent_activation: 'sigmoid', unit_forget_bias: false } },
  // its GRU refuses `reset_after`, which PyTorch's definition is
  gru: null,
};

/** Whether stock TensorFlow.js has the cell. */
export function hasKerasCell(cell: Cell): boolean {
  return KERAS[cell] !== null;
}

/** Keras's layer that joins the recurrent layers' outputs; null where the output layer sees the last one alone. */
const JOINING: Readonly<Record<Join, { readonly layer: string; readonly config: object } | null>> = {
  last: null,
  sum: { layer: 'Add', config: {} },
  concatenation: { layer: 'Concatenate', config: { axis: -1 } },
};

/** Keras's layers of the network, in their order. */
function topology(spec: ModelSpec, dropout: number): object {
  const { cell, layers: depth, connection, tokens, embedding, hidden, activation } = spec;
  const kind =
    KERAS[cell] ??
    fail(
      'bad-input',
      `Stock TensorFlow.js has no ${CELLS[cell].title} of PyTorch’s definition, with the reset gate after the recurrent product.`,
      'Export the weights as safetensors.',
    );
  const zeros = { class_name: 'Zeros', config: {} };
  // the initial values are overwritten at once; Keras's default, an orthogonal matrix, takes minutes at 512
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
  const linear = (units: number, use_bias: boolean) => ({ units, activation: 'linear', use_bias, ...initial });
  const projects = isProjected(spec);
  const layer = (class_name: string, name: string, config: object, ...inputs: string[]) => ({
    name,
    class_name,
    config: { name, trainable: true, ...config },
    inbound_nodes: inputs.length === 0 ? [] : [inputs.map((input) => [input, 0, 0, {}])],
  });
  const table = { input_dim: tokens, output_dim: embedding, embeddings_initializer: zeros, mask_zero: false };
  const recurrentLayers = Array.from({ length: depth }, (_, index) => `rnn_${index + 1}`);
  const last = recurrentLayers[depth - 1]!;
  const joining = JOINING[CONNECTIONS[connection].join];
  const joined = joining === null ? last : 'residual';
  const scale = connectionScale(spec);
  const seen = scale === 1 ? joined : 'scaling';
  return {
    class_name: 'Model',
    config: {
      name: 'completer',
      layers: [
        layer('InputLayer', 'ids', { batch_input_shape: [null, null], dtype: 'int32', sparse: false }),
        layer('Embedding', 'embedding', table, 'ids'),
        ...recurrentLayers.flatMap((name, index) => [
          layer(kind.layer, name, recurrent, index === 0 ? 'embedding' : `dropout_${index}`),
          ...(index < depth - 1 ? [layer('Dropout', `dropout_${index + 1}`, { rate: dropout }, name)] : []),
        ]),
        ...(joining === null ? [] : [layer(joining.layer, 'residual', joining.config, ...recurrentLayers)]),
        ...(scale === 1 ? [] : [layer('Rescaling', 'scaling', { scale, offset: 0 }, joined)]),
        layer('Dropout', `dropout_${depth}`, { rate: dropout }, seen),
        ...(projects ? [layer('Dense', 'projection', linear(embedding, false), `dropout_${depth}`)] : []),
        layer('Dense', 'output', linear(tokens, true), projects ? 'projection' : `dropout_${depth}`),
      ],
      input_layers: [['ids', 0, 0]],
      output_layers: [['output', 0, 0]],
    },
    keras_version: 'tfjs-layers 4.22.0',
    backend: 'tensor_flow.js',
  };
}

/** In layer order, with Keras's names and transposed as Keras has them. */
function weightsOf(spec: ModelSpec, weights: Weights): LayerWeight[] {
  const of = (name: string): Tensor & { readonly dtype: 'F32' } =>
    weights.get(name) ?? fail('internal', `The model has no ${name}.`, 'Please report it.');
  const turned = (name: string, from: string): LayerWeight => {
    const { shape, data } = of(from);
    const [rows, columns] = [shape[0]!, shape[1]!];
    return { name, shape: [columns, rows], data: transposed(data, rows, columns) };
  };
  const layer = (index: number): LayerWeight[] => {
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
    ...Array.from({ length: spec.layers }, (_, index) => layer(index)).flat(),
    ...(isProjected(spec) ? [turned('projection/kernel', 'projection.weight')] : []),
    turned('output/kernel', outputWeightName(spec)),
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
        // a model that stock tools have quantized is a different model
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
 * The caller checks that the shapes fit together.
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
  const metadata = writtenAgain(parsed.data.userDefinedMetadata ?? {});
  if (isTied(configOf(metadata)?.config ?? { weightTying: 'none' })) dropSecondCopy(tensors);
  return { tensors, metadata };
}

/** Deletes the output layer's copy of a tied matrix, which `writeLayersModel` wrote twice. */
function dropSecondCopy(tensors: Map<string, Tensor>): void {
  const [table, output] = [tensors.get('embedding.weight'), tensors.get('output.weight')];
  if (
    output &&
    !(output.data.length === table?.data.length && output.data.every((value, i) => value === table.data[i]))
  )
    reject('its output layer has other weights than its embedding, although both are one matrix (tied weights)');
  tensors.delete('output.weight');
}

/** JSON under each name, as the lab's safetensors have it. */
function writtenAgain(metadata: Readonly<Record<string, unknown>>): Metadata {
  try {
    return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, JSON.stringify(value)]));
  } catch (cause) {
    // nested lists that can be parsed may be too deep to be serialized
    reject('its userDefinedMetadata are nested too deeply', cause);
  }
}

/** PyTorch's name of a matrix; null where it is none of the lab's. */
function matrixOf(name: string): string | null {
  if (name === 'output/kernel') return 'output.weight';
  if (name === 'projection/kernel') return 'projection.weight';
  const [, layer, recurrent] = /^rnn_([1-9])\/(recurrent_)?kernel$/.exec(name) ?? [];
  return layer === undefined ? null : `rnn.weight_${recurrent === undefined ? 'ih' : 'hh'}_l${Number(layer) - 1}`;
}

/** PyTorch's name of a bias, the first of the two of a recurrent layer; null where it is none of the lab's. */
function vectorOf(name: string): string | null {
  if (name === 'output/bias') return 'output.bias';
  const [, layer] = /^rnn_([1-9])\/bias$/.exec(name) ?? [];
  return layer === undefined ? null : `rnn.bias_ih_l${Number(layer) - 1}`;
}

function underPyTorchNames(
  name: string,
  shape: readonly number[],
  data: Float32Array<ArrayBuffer>,
): [string, Tensor & { readonly dtype: 'F32' }][] {
  const [rows, columns] = [shape[0] ?? 1, shape[1] ?? 1];
  if (name === 'embedding/embeddings') return [['embedding.weight', { dtype: 'F32', shape, data }]];
  const matrix = matrixOf(name);
  if (matrix !== null) {
    return [[matrix, { dtype: 'F32', shape: [columns, rows], data: transposed(data, rows, columns) }]];
  }
  const vector = vectorOf(name);
  if (vector === null) reject(`it has a weight ${name}, which the lab's models do not have`);
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
