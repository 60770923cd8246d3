import { describe, expect, it } from 'vitest';
import { MODEL_NAMES, modelOf } from '../models/registry.ts';
import type { Tensor, TensorInfo } from '../models/safetensors.ts';
import { floats, recognise, renamed, square, weightsOf, without, type Tensors } from './foreignWeights.fixture.ts';

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
  [
    'two cells',
    (name) => name.replace(/^rnn\.(.*)_l(\d)$/, (_, what: string, layer: string) => `cells.${layer}.${what}`),
  ],
];

describe.each(NAMINGS)('under %s names', (_, naming) => {
  it.each(MODEL_NAMES)('%s is recognised, every tensor in its place', (model) => {
    const weights = weightsOf(model);
    const { weights: found, ...network } = recognise(renamed(weights, naming));
    expect(network).toEqual({
      cell: modelOf(model).cell,
      tokens: 11,
      embedding: 3,
      hidden: 5,
      layers: 2,
      weightTying: 'none',
      undecided: null,
      ignored: [],
      assumed: [],
    });
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(weights));
  });

  it('so it is where embedding and hidden are as wide', () => {
    const { weights: found, undecided } = recognise(renamed(square(), naming));
    expect(undecided).toBeNull();
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(square()));
  });
});

describe('tensors that the network does not need', () => {
  const counters: TensorInfo[] = [
    'BOOL',
    'U8',
    'I8',
    'I16',
    'U16',
    'I32',
    'U32',
    'I64',
    'U64',
    'F8_E4M3',
    'F64',
    'C64',
  ].map((dtype) => ({ name: `a ${dtype}`, dtype, shape: [] }));

  it('are ignored and named: scalars and whole numbers can be no layer', () => {
    const mask = { name: 'mask', dtype: 'I64', shape: [5, 5] };
    const { ignored, weights } = recognise(
      renamed(weightsOf('lstm'), (name) => `m.${name}`),
      [...counters, mask],
    );
    expect(ignored).toEqual([...counters, mask].map((info) => ({ ...info, mayBeLayer: false })));
    expect(Object.fromEntries(weights)).toEqual(Object.fromEntries(weightsOf('lstm')));
  });

  it('may be a layer where they are several floats', () => {
    const tensors = new Map([...weightsOf('lstm'), ['norm.weight', floats(5)] as const, ['scale', floats()] as const]);
    expect(recognise(tensors, [{ name: 'q', dtype: 'F8_E5M2', shape: [2] }]).ignored).toEqual([
      { name: 'norm.weight', dtype: 'F32', shape: [5], mayBeLayer: true },
      { name: 'scale', dtype: 'F32', shape: [], mayBeLayer: false },
      { name: 'q', dtype: 'F8_E5M2', shape: [2], mayBeLayer: true },
    ]);
  });

  it('are a projection between the layers and the output, and no output layer', () => {
    const tensors = new Map<string, Tensor>([
      ['dense.weight', floats(5, 5)],
      ['dense.bias', floats(5)],
      ...weightsOf('lstm'),
    ]);
    const { ignored, weights } = recognise(tensors);
    expect(ignored.map(({ name, mayBeLayer }) => [name, mayBeLayer])).toEqual([
      ['dense.weight', true],
      ['dense.bias', true],
    ]);
    expect(weights.get('output.weight')).toEqual(weightsOf('lstm').get('output.weight'));
  });
});

describe('an output layer that shares the embedding', () => {
  const shared = square().get('embedding.weight')!;

  it.each<[string, Tensors]>([
    ['with a bias of its own', without(square(), 'output.weight')],
    [
      'saved under its own name alone',
      new Map([...without(square(), 'embedding.weight', 'output.weight'), ['output.weight', shared]]),
    ],
  ])('%s', (_, tensors) => {
    const { weights, weightTying, assumed } = recognise(renamed(tensors, (name) => `net.${name}`));
    expect(weightTying).toBe('tied');
    expect(weights.get('embedding.weight')).toEqual(shared);
    expect(weights.has('output.weight')).toBe(false);
    expect(weights.get('output.bias')).toEqual(square().get('output.bias'));
    expect(assumed).toEqual(['The output layer shares the weights of the embedding (tied weights).']);
  });

  it('has a bias of zeros where it has none', () => {
    const { weights, weightTying, assumed } = recognise(without(square(), 'output.weight', 'output.bias'));
    expect(weightTying).toBe('tied');
    expect(weights.get('embedding.weight')).toEqual(shared);
    expect(weights.get('output.bias')).toEqual(floats(11));
    expect(assumed.join(' ')).toContain('no bias: zeros are used');
  });

  it('is told from one that is saved twice', () => {
    const { weights, weightTying, assumed } = recognise(new Map([...square(), ['output.weight', shared]]));
    expect(weightTying).toBe('none');
    expect(weights.get('output.weight')).toEqual(shared);
    expect(assumed).toEqual([]);
  });
});

describe('an output layer that shares the embedding behind a projection', () => {
  const projected = () => weightsOf('residual-lstm', { weightTying: 'projected' });

  it.each(['proj', 'net.to_embedding'])('%s', (name) => {
    const { weights, assumed, ...network } = recognise(
      renamed(projected(), (own) => own.replace('projection', name).replace('output', 'decoder')),
    );
    expect(network).toMatchObject({ weightTying: 'projected', embedding: 3, hidden: 5, tokens: 11, ignored: [] });
    expect(assumed).toEqual(['The output layer shares the weights of the embedding (tied weights).']);
    expect(Object.fromEntries(weights)).toEqual(Object.fromEntries(projected()));
  });

  it('is refused with a bias', () => {
    const tensors = new Map<string, Tensor>([...projected(), ['projection.bias', floats(3)]]);
    expect(() => recognise(tensors)).toThrow('its projection "projection.weight" has a bias');
  });
});

describe('biases that are missing are zeros', () => {
  it.each([square, () => weightsOf('lstm')])('of an output layer', (of) => {
    const { weights, assumed } = recognise(without(of(), 'output.bias'));
    expect(weights.get('embedding.weight')).toEqual(of().get('embedding.weight'));
    expect(weights.get('output.weight')).toEqual(of().get('output.weight'));
    expect(weights.get('output.bias')).toEqual(floats(11));
    expect(assumed).toEqual(['The output layer has no bias: zeros are used.']);
  });

  it('of recurrent layers', () => {
    const names = ['ih_l0', 'hh_l0', 'ih_l1', 'hh_l1'].map((name) => `rnn.bias_${name}`);
    const { weights, assumed } = recognise(without(weightsOf('lstm'), ...names));
    expect(names.map((name) => weights.get(name))).toEqual(names.map(() => floats(20)));
    expect(assumed).toEqual(['The recurrent layers have no biases: zeros are used.']);
  });
});

describe('refuses', () => {
  const having = (name: string, tensor: Tensor) => new Map<string, Tensor>([...weightsOf('lstm'), [name, tensor]]);

  it.each<[string, Tensors, string]>([
    ['nothing', new Map(), 'no recurrent layer'],
    ['layers with one of their biases', without(weightsOf('lstm'), 'rnn.bias_hh_l1'), 'no bias_hh'],
    ['layers of other widths', having('rnn.weight_hh_l1', floats(20, 4)), '5 and 4 units'],
    ['two blocks of weights', having('rnn.weight_hh_l0', floats(10, 5)), '2 blocks'],
    [
      'an output layer that cannot be tied',
      without(weightsOf('lstm'), 'output.weight'),
      'an embedding 3 wide cannot be shared',
    ],
    ['another embedding', having('embedding.weight', floats(12, 3)), 'embedding has 12 rows and its output layer 11'],
    ['no embedding', without(weightsOf('lstm'), 'embedding.weight'), 'no embedding of 11 tokens by 3'],
    ['no ends', without(weightsOf('lstm'), 'embedding.weight', 'output.weight'), 'no output layer from 5'],
    [
      'two matrices of which either may be the embedding',
      renamed(without(square(), 'output.bias'), (name) => name.replace('embedding', 'in').replace('output', 'out')),
      'which of "out.weight" and "in.weight" is the embedding',
    ],
    ['layers that do not fit', having('rnn.weight_ih_l1', floats(20, 4)), 'layer 2 has a tensor'],
  ])('%s', (_, tensors, words) => {
    expect(() => recognise(tensors)).toThrow(words);
  });

  it('layers in a type that the lab does not read', () => {
    const info = { name: 'rnn.weight_ih_l0', dtype: 'I8', shape: [20, 3] };
    expect(() => recognise(without(weightsOf('lstm'), info.name), [info])).toThrow('has I8 values; the lab reads F32');
  });
});
