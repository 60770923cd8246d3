/** Recurrent layers of other programs: their order, and kinds that the lab does not have. */
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../models/safetensors.ts';
import { floats, recognise, renamed, square, weightsOf, without, type Tensors } from './foreignWeights.fixture.ts';

/** Two modules of one layer each under these names. */
const modules = (weights: Tensors, first: string, second: string) =>
  renamed(weights, (name) =>
    name.replace(
      /^rnn\.(.*)_l(\d)$/,
      (_, what: string, layer: string) => `${layer === '0' ? first : second}${what}_l0`,
    ),
  );

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
