import { describe, expect, it } from 'vitest';
import { MODEL_NAMES, modelSpec, presetConfig } from '../config.ts';
import type { Tensor } from '../safetensors.ts';
import { initialWeights } from '../weights.ts';
import { recogniseWeights } from './foreignWeights.ts';

const config = { ...presetConfig('tiny', 10), vocabulary: 9, embedding: 3, hidden: 5 };
const weightsOf = (name: (typeof MODEL_NAMES)[number], but = {}) =>
  initialWeights(modelSpec(name, { ...config, ...but }, 9), 4);

/** As somebody else would name them. */
function renamed(weights: ReadonlyMap<string, Tensor>, names: (name: string) => string): Map<string, Tensor> {
  return new Map([...weights].map(([name, tensor]) => [names(name), tensor]));
}

const NAMINGS: readonly [string, (name: string) => string][] = [
  ['the lab’s own', (name) => name],
  ['a wrapped module’s', (name) => `module.${name}`],
  ['a language model’s', (name) => name.replace('embedding', 'encoder').replace('output', 'decoder')],
  [
    'a lightning module’s',
    (name) => `net.${name.replace('rnn', 'lstm').replace('output', 'fc').replace('embedding', 'emb')}`,
  ],
  [
    'two modules of one layer',
    (name) =>
      name.replace(/^rnn\.(.*)_l(\d)$/, (_, what: string, layer: string) => `layer${Number(layer) + 1}.${what}_l0`),
  ],
];

describe.each(NAMINGS)('under %s names', (_, naming) => {
  it.each(MODEL_NAMES)('%s is recognised, every tensor in its place', (model) => {
    const weights = weightsOf(model);
    const { weights: found, ...network } = recogniseWeights(renamed(weights, naming));
    expect(network).toEqual({ cell: model.endsWith('lstm') ? 'lstm' : 'rnn', tokens: 11, embedding: 3, hidden: 5 });
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(weights));
  });

  it('so it is where embedding and hidden are as wide', () => {
    const weights = weightsOf('lstm', { embedding: 5 });
    expect(Object.fromEntries(recogniseWeights(renamed(weights, naming)).weights)).toEqual(Object.fromEntries(weights));
  });
});

it('two modules whose names stand in the other order are told apart by their widths', () => {
  const weights = weightsOf('lstm');
  const naming = (name: string) =>
    name.replace(/^rnn\.(.*)_l(\d)$/, (_, what: string, layer: string) => `${layer === '0' ? 'z' : 'a'}.${what}_l0`);
  expect(Object.fromEntries(recogniseWeights(renamed(weights, naming)).weights)).toEqual(Object.fromEntries(weights));
});

describe('refuses', () => {
  const without = (name: string) => new Map([...weightsOf('lstm')].filter(([other]) => other !== name));
  const floats = (...shape: number[]): Tensor => ({
    dtype: 'F32',
    shape,
    data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
  });
  const having = (name: string, tensor: Tensor) => new Map<string, Tensor>([...weightsOf('lstm'), [name, tensor]]);

  it.each<[string, ReadonlyMap<string, Tensor>, string]>([
    ['nothing', new Map(), 'no recurrent layer'],
    ['layers without biases', without('rnn.bias_hh_l1'), 'no bias_hh'],
    ['one layer', renamed(weightsOf('rnn'), (name) => name.replace(/_l1$/, '_l0')), 'it has 1 recurrent layers'],
    ['three layers', having('rnn.weight_ih_l2', floats(20, 5)), 'has no weight_hh'],
    ['both directions', having('rnn.weight_ih_l0_reverse', floats(20, 3)), 'both directions'],
    ['a GRU', new Map([...weightsOf('lstm'), ['rnn.weight_ih_l0', floats(15, 3)]]), 'it is a GRU'],
    ['a tied output layer', without('output.weight'), 'no output layer'],
    ['another embedding', new Map([...weightsOf('lstm'), ['embedding.weight', floats(12, 3)]]), 'no embedding of 11'],
    ['more than is known', having('norm.weight', floats(5)), '"norm.weight"'],
    ['whole numbers', having('x', { dtype: 'I32', shape: [1], data: new Int32Array(1) }), 'whole numbers'],
    [
      'layers that do not fit',
      new Map([...weightsOf('lstm'), ['rnn.weight_ih_l1', floats(20, 4)]]),
      'layer 2 has a tensor',
    ],
  ])('%s', (_, tensors, words) => {
    expect(() => recogniseWeights(tensors)).toThrow(words);
  });
});
