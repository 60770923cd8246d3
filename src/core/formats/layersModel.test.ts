import { describe, expect, it } from 'vitest';
import { presetConfig, type TrainingConfig } from '../settings/config.ts';
import { MODEL_NAMES, modelOf, type ModelName } from '../models/registry.ts';
import { modelSpec } from '../models/spec.ts';
import { readLayersModel, writeLayersModel } from './layersModel.ts';
import { initialWeights, type Weights } from '../models/weights.ts';

type Float = Weights extends ReadonlyMap<string, infer Tensor> ? Tensor : never;

const config = { ...presetConfig('tiny', 10), vocabulary: 9, embedding: 3, hidden: 5 };
const metadataOf = (model: ModelName, but: Partial<TrainingConfig> = {}) => ({
  config: JSON.stringify({ model, ...config, ...but }),
  vocabulary: '["a","é"]',
});

const NETWORKS: readonly (readonly [ModelName, Partial<TrainingConfig>])[] = [
  ...MODEL_NAMES.filter((name) => modelOf(name).cell !== 'gru').map((name) => [name, {}] as const),
  ['lstm', { layers: 1 }],
  ['residual-rnn', { layers: 3, connection: 'scaled' }],
  ['residual-lstm', { layers: 4, connection: 'concatenated' }],
  ['lstm', { weightTying: 'tied', embedding: 5 }],
  ['residual-rnn', { connection: 'concatenated', weightTying: 'projected' }],
];

describe.each(NETWORKS)('a LayersModel of %s, %o', (name, but) => {
  const spec = modelSpec(name, { ...config, ...but }, 9);
  const weights = initialWeights(spec, 4);
  const metadata = metadataOf(name, but);
  const written = writeLayersModel(spec, weights, 0.25, metadata);

  it('comes back as it went, both biases as their sum', () => {
    const { tensors, metadata: told } = readLayersModel(written);
    expect(told).toEqual(metadata);
    const due = ([key, tensor]: [string, Float]): [string, Float] => {
      const { data } = tensor;
      if (key.includes('bias_hh')) return [key, { ...tensor, data: new Float32Array(data.length) }];
      if (!key.includes('bias_ih')) return [key, tensor];
      const other = weights.get(key.replace('bias_ih', 'bias_hh'))!.data;
      return [key, { ...tensor, data: data.map((value, i) => value + other[i]!) }];
    };
    expect(Object.fromEntries(tensors)).toEqual(Object.fromEntries([...weights].map(due)));
  });

  it('comes back from bytes that lie at an odd place', () => {
    const odd = new Uint8Array(written.weights.length + 3);
    odd.set(written.weights, 3);
    const { tensors } = readLayersModel({ model: written.model, weights: odd.subarray(3) });
    expect(tensors.get('output.bias')).toEqual(weights.get('output.bias'));
  });

  it('writes what was read to the same bytes', () => {
    const { tensors, metadata: told } = readLayersModel(written);
    expect(writeLayersModel(spec, tensors, 0.25, told)).toEqual(written);
  });
});

it('is refused of a GRU, with the reason', () => {
  const spec = modelSpec('gru', config, 9);
  expect(() => writeLayersModel(spec, initialWeights(spec, 4), 0, {})).toThrow('no GRU of PyTorch’s definition');
});

describe('readLayersModel refuses', () => {
  const spec = modelSpec('rnn', config, 9);
  const good = writeLayersModel(spec, initialWeights(spec, 4), 0, metadataOf('rnn'));
  const changed = (from: string, to: string) => ({ ...good, model: good.model.replace(from, to) });

  it.each([
    ['what is not JSON', { ...good, model: '{' }, 'not JSON'],
    ['a graph model', changed('layers-model', 'graph-model'), 'format'],
    ['weights that are cut short', { ...good, weights: good.weights.subarray(0, 100) }, 'end in the middle of'],
    ['weights that go on', { ...good, weights: new Uint8Array(good.weights.length + 4) }, 'there are'],
    ['other numbers', changed('"dtype":"float32"', '"dtype":"int32"'), 'dtype'],
    ['quantised weights', changed('"dtype":"float32"', '"dtype":"float32","quantization":{}'), 'quantization'],
    ['a size that no file has', changed('"shape":[11,3]', '"shape":[4294967295,4294967295]'), 'end in the middle of'],
    ['a weight of another network', changed('"name":"output/bias"', '"name":"__proto__"'), '__proto__'],
  ])('%s', (_, files, words) => {
    expect(() => readLayersModel(files)).toThrow(words);
  });

  it('a model of tied weights whose two copies differ', () => {
    const but = { weightTying: 'tied', embedding: 5 } as const;
    const spec = modelSpec('rnn', { ...config, ...but }, 9);
    const written = writeLayersModel(spec, initialWeights(spec, 4), 0, metadataOf('rnn', but));
    // the last value before the bias of 11 tokens: of the output layer's kernel
    new DataView(written.weights.buffer).setFloat32(written.weights.byteLength - 4 * 12, 7, true);
    expect(() => readLayersModel(written)).toThrow('its output layer has other weights than its embedding');
  });
});
