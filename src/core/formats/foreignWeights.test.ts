import { describe, expect, it } from 'vitest';
import { presetConfig } from '../settings/config.ts';
import { MODEL_NAMES, modelOf } from '../models/registry.ts';
import { modelSpec } from '../models/spec.ts';
import { readSafetensors, writeSafetensors, type Tensor, type TensorInfo } from '../models/safetensors.ts';
import { initialWeights } from '../models/weights.ts';
import { recogniseWeights } from './foreignWeights.ts';

type Tensors = ReadonlyMap<string, Tensor>;

const config = { ...presetConfig('tiny', 10), vocabulary: 9, embedding: 3, hidden: 5 };
const weightsOf = (name: (typeof MODEL_NAMES)[number], but = {}) =>
  initialWeights(modelSpec(name, { ...config, ...but }, 9), 4);
/** Embedding as wide as hidden: sizes do not tell the layers apart. */
const square = () => weightsOf('lstm', { embedding: 5 });
const floats = (...shape: number[]): Tensor => ({
  dtype: 'F32',
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
});

/** As a file says it, with further tensors whose values the lab does not read. */
function recognise(tensors: Tensors, unread: readonly TensorInfo[] = [], order: readonly string[] | null = null) {
  const file = readSafetensors(writeSafetensors(tensors));
  return recogniseWeights({ tensors: file.tensors, infos: [...file.infos, ...unread] }, order);
}

/** As somebody else would name them. */
function renamed(weights: Tensors, names: (name: string) => string): Map<string, Tensor> {
  return new Map([...weights].map(([name, tensor]) => [names(name), tensor]));
}

const without = (weights: Tensors, ...names: string[]) =>
  new Map([...weights].filter(([name]) => !names.includes(name)));

/** Two modules of one layer each under these names. */
const modules = (weights: Tensors, first: string, second: string) =>
  renamed(weights, (name) =>
    name.replace(
      /^rnn\.(.*)_l(\d)$/,
      (_, what: string, layer: string) => `${layer === '0' ? first : second}${what}_l0`,
    ),
  );

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

describe('two modules of one layer', () => {
  it('are told apart by their widths, whatever their names', () => {
    const weights = weightsOf('lstm');
    for (const [first, second] of [
      ['z.', 'a.'],
      ['decoder.', 'encoder.'],
      ['lstm2.', 'lstm1.'],
    ] as const) {
      const { weights: found, undecided } = recognise(modules(weights, first, second));
      expect(undecided).toBeNull();
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(weights));
    }
  });

  it.each([
    ['lstm1.', 'lstm2.'],
    ['lstm.', 'lstm2.'],
    ['lstm.', 'lstm_2.'],
    ['rnn_1.', 'rnn_2.'],
    ['layers.0.', 'layers.1.'],
    ['layers.9.', 'layers.10.'],
    ['net2.lstm1.', 'net2.lstm2.'],
    ['1.', '2.'],
  ])('are ordered by the numbers of %s and %s, whichever comes first in the file', (first, second) => {
    for (const tensors of [
      modules(square(), first, second),
      new Map([...modules(square(), first, second)].toReversed()),
    ]) {
      const { weights: found, undecided } = recognise(tensors);
      expect(undecided).toBeNull();
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(square()));
    }
  });

  it.each([
    ['encoder', 'decoder'],
    ['lstm_input', 'lstm_hidden'],
    ['lstm0', 'lstm'],
    ['enc1', 'dec2'],
  ])('%s and %s are asked about, and take the order that the user says', (first, second) => {
    const tensors = modules(square(), `${first}.`, `${second}.`);
    const { undecided, ...network } = recognise(tensors);
    expect(network).toMatchObject({ cell: 'lstm', tokens: 11, embedding: 5, hidden: 5 });
    expect(undecided?.map(({ name }) => name).toSorted()).toEqual([first, second].toSorted());
    expect(undecided?.[0].tensors.map(({ shape }) => shape)).toEqual([[20, 5], [20, 5], [20], [20]]);
    const said = recognise(tensors, [], [first, second]);
    expect(said.undecided).toBeNull();
    expect(Object.fromEntries(said.weights)).toEqual(Object.fromEntries(square()));
    const turned = recognise(tensors, [], [second, first]);
    expect(turned.weights.get('rnn.weight_hh_l0')).toEqual(square().get('rnn.weight_hh_l1'));
    expect(() => recognise(tensors, [], [first, 'other'])).toThrow(`not ${first} and other`);
  });
});

describe('one, three and four layers', () => {
  const deep = (layers: number, embedding = 3) => weightsOf('gru', { layers, embedding });
  /** A module a layer. */
  const apart = (weights: Tensors, nameOf: (layer: number) => string) =>
    renamed(weights, (name) =>
      name.replace(/^rnn\.(.*)_l(\d)$/, (_, what: string, layer: string) => `${nameOf(Number(layer))}.${what}_l0`),
    );

  it.each([1, 3, 4])('%i in one module, or in as many modules', (layers) => {
    for (const tensors of [
      deep(layers),
      apart(deep(layers), (layer) => `gru${layer + 1}`),
      new Map([...apart(deep(layers), (layer) => `cells.${layer}`)].toReversed()),
    ]) {
      const { weights, ...network } = recognise(tensors);
      expect(network).toMatchObject({ cell: 'gru', layers, hidden: 5, embedding: 3, undecided: null, ignored: [] });
      expect(Object.fromEntries(weights)).toEqual(Object.fromEntries(deep(layers)));
    }
  });

  it('in modules of several layers, the one that reads the embedding first', () => {
    const named = new Map(
      [...deep(4)].map(([name, tensor]) => [
        name.replace(/^rnn\.(.*)_l(\d)$/, (_, what: string, layer: string) =>
          Number(layer) < 2 ? `low.${what}_l${layer}` : `high.${what}_l${Number(layer) - 2}`,
        ),
        tensor,
      ]),
    );
    const { weights, undecided } = recognise(named);
    expect(undecided).toBeNull();
    expect(Object.fromEntries(weights)).toEqual(Object.fromEntries(deep(4)));
  });

  it('are refused where three modules could come in any order, and where a layer is missing', () => {
    const names = ['a', 'b', 'c'];
    const unordered = apart(deep(3, 5), (layer) => names[layer]!);
    expect(() => recognise(unordered)).toThrow('its modules a, b, c show which comes when; number them');
    const first = apart(deep(3), (layer) => names[layer]!);
    expect(() => recognise(first)).toThrow('number them');
    const gap = without(deep(3), ...['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'].map((what) => `rnn.${what}_l1`));
    expect(() => recognise(gap)).toThrow('its module rnn has no layer 1, but a layer 2');
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

describe('names the network that the lab does not have', () => {
  /** Recurrent tensors as PyTorch shapes them. */
  function recurrent(gates: number, depth: number, { directions = 1, projection = 0 } = {}): Tensors {
    const tensors = new Map<string, Tensor>([
      ['embedding.weight', floats(11, 3)],
      ['output.weight', floats(11, directions * (projection || 5))],
      ['output.bias', floats(11)],
    ]);
    for (let layer = 0; layer < depth; layer++) {
      for (const way of ['', '_reverse'].slice(0, directions)) {
        const at = `l${layer}${way}`;
        tensors.set(`net.weight_ih_${at}`, floats(gates * 5, layer === 0 ? 3 : directions * (projection || 5)));
        tensors.set(`net.weight_hh_${at}`, floats(gates * 5, projection || 5));
        tensors.set(`net.bias_ih_${at}`, floats(gates * 5));
        tensors.set(`net.bias_hh_${at}`, floats(gates * 5));
        if (projection > 0) tensors.set(`net.weight_hr_${at}`, floats(projection, 5));
      }
    }
    return tensors;
  }

  it.each<[string, Tensors, string]>([
    ['This is a GRU with 5 layers;', recurrent(3, 5), 'num_layers=4'],
    ['This is an RNN with 12 layers;', recurrent(1, 12), 'num_layers=4'],
    ['This is a bidirectional LSTM with 2 layers;', recurrent(4, 2, { directions: 2 }), 'bidirectional=False'],
    ['This is a bidirectional GRU with one layer;', recurrent(3, 1, { directions: 2 }), 'again with bidirectional=F'],
    [
      'This is an LSTM with 2 layers and projections to 4 (proj_size);',
      recurrent(4, 2, { projection: 4 }),
      'again with proj_size=0',
    ],
  ])('%s', (what, tensors, remedy) => {
    expect(() => recognise(tensors)).toThrow(what);
    expect(() => recognise(tensors)).toThrow(remedy);
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
