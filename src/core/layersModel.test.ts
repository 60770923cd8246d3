import { describe, expect, it } from 'vitest';
import { MODEL_NAMES, modelSpec, presetConfig } from './config.ts';
import { readLayersModel, writeLayersModel } from './layersModel.ts';
import { initialWeights } from './weights.ts';

const config = { ...presetConfig('tiny', 10), vocabulary: 9, embedding: 3, hidden: 5 };
const metadata = { config: JSON.stringify({ model: 'lstm', ...config }), vocabulary: '["a","é"]' };

describe.each(MODEL_NAMES)('a LayersModel of %s', (name) => {
  const spec = modelSpec(name, config, 9);
  const weights = initialWeights(spec, 4);
  const written = writeLayersModel(spec, weights, 0.25, metadata);

  it('comes back as it went, both biases as their sum', () => {
    const { tensors, metadata: told } = readLayersModel(written);
    expect(told).toEqual(metadata);
    expect([...tensors.keys()].toSorted()).toEqual([...weights.keys()].toSorted());
    for (const [key, { shape, data }] of weights) {
      const read = tensors.get(key)!;
      expect(read.shape).toEqual(shape);
      const other = weights.get(key.replace('bias_ih', 'bias_hh'))!.data;
      if (key.includes('bias_hh')) expect(read.data).toEqual(new Float32Array(data.length));
      else if (key.includes('bias_ih')) expect(read.data).toEqual(data.map((value, i) => value + other[i]!));
      else expect(read.data).toEqual(data);
    }
  });

  it('comes back from bytes that lie at an odd place', () => {
    const odd = new Uint8Array(written.weights.length + 3);
    odd.set(written.weights, 3);
    const { tensors } = readLayersModel({ model: written.model, weights: odd.subarray(3) });
    expect(tensors.get('output.weight')).toEqual(weights.get('output.weight'));
  });

  it('writes what was read to the same bytes', () => {
    const { tensors, metadata: told } = readLayersModel(written);
    expect(writeLayersModel(spec, tensors, 0.25, told)).toEqual(written);
  });
});

describe('readLayersModel refuses', () => {
  const spec = modelSpec('rnn', config, 9);
  const good = writeLayersModel(spec, initialWeights(spec, 4), 0, metadata);
  const changed = (from: string, to: string) => ({ ...good, model: good.model.replace(from, to) });

  it.each([
    ['what is not JSON', { ...good, model: '{' }, 'not JSON'],
    ['a graph model', changed('layers-model', 'graph-model'), 'format'],
    ['weights that are cut short', { ...good, weights: good.weights.subarray(0, 100) }, 'end within'],
    ['weights that go on', { ...good, weights: new Uint8Array(good.weights.length + 4) }, 'there are'],
    ['other numbers', changed('"dtype":"float32"', '"dtype":"int32"'), 'dtype'],
    ['quantised weights', changed('"dtype":"float32"', '"dtype":"float32","quantization":{}'), 'quantization'],
    ['a size that no file has', changed('"shape":[11,3]', '"shape":[4294967295,4294967295]'), 'end within'],
    ['a weight of another network', changed('"name":"output/bias"', '"name":"__proto__"'), '__proto__'],
  ])('%s', (_, files, words) => {
    expect(() => readLayersModel(files)).toThrow(words);
  });
});
