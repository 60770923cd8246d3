import { describe, expect, it } from 'vitest';
import type { Initialization } from './initialization.ts';
import type { ModelSpec } from './spec.ts';
import { initialWeights } from './weights.ts';

const spec: ModelSpec = {
  cell: 'lstm',
  layers: 2,
  connection: 'none',
  weightTying: 'none',
  tokens: 300,
  embedding: 64,
  hidden: 25,
  activation: 'tanh',
};

/** W Wᵀ = I for each block of `hidden` rows. */
function expectOrthogonal(data: Float32Array, hidden: number, name: string): void {
  for (let row = 0; row < data.length / hidden; row++) {
    const block = row - (row % hidden);
    for (let other = block; other < block + hidden; other++) {
      let product = 0;
      for (let i = 0; i < hidden; i++) product += data[row * hidden + i]! * data[other * hidden + i]!;
      expect(Math.abs(product - (row === other ? 1 : 0)), `${name} ${row} ${other}`).toBeLessThan(1e-6);
    }
  }
}

describe('initialWeights', () => {
  const weights = initialWeights(spec, 42);

  it('has PyTorch’s names, order and shapes', () => {
    expect([...weights].map(([name, { shape }]) => `${name} ${shape.join('x')}`)).toEqual([
      'embedding.weight 300x64',
      'rnn.weight_ih_l0 100x64',
      'rnn.weight_hh_l0 100x25',
      'rnn.bias_ih_l0 100',
      'rnn.bias_hh_l0 100',
      'rnn.weight_ih_l1 100x25',
      'rnn.weight_hh_l1 100x25',
      'rnn.bias_ih_l1 100',
      'rnn.bias_hh_l1 100',
      'output.weight 300x25',
      'output.bias 300',
    ]);
  });

  it('has a matrix that is both embedding and output weight once, behind a projection where the widths differ', () => {
    const shapesOf = (but: Partial<ModelSpec>) =>
      [...initialWeights({ ...spec, ...but }, 42)]
        .filter(([name]) => !name.startsWith('rnn.'))
        .map(([name, { shape }]) => `${name} ${shape.join('x')}`);
    expect(shapesOf({ weightTying: 'tied', embedding: 25 })).toEqual(['embedding.weight 300x25', 'output.bias 300']);
    expect(shapesOf({ weightTying: 'projected', connection: 'concatenated' })).toEqual([
      'embedding.weight 300x64',
      'projection.weight 64x50',
      'output.bias 300',
    ]);
  });

  it('draws a shared matrix as the output layer’s, with a PAD row of zeros, and the projection as a linear layer', () => {
    const projected = initialWeights({ ...spec, weightTying: 'projected', connection: 'concatenated' }, 42);
    const largest = (values: Float32Array) => Math.max(...values.map(Math.abs));
    const { data } = projected.get('embedding.weight')!;
    expect(data.slice(0, 64)).toEqual(new Float32Array(64));
    const variance = data.slice(64).reduce((sum, x) => sum + x * x, 0) / (data.length - 64);
    expect(Math.abs(variance - 1 / 64 / 3)).toBeLessThan(0.0002);
    for (const [name, bound] of [
      ['embedding.weight', 1 / 8],
      ['projection.weight', 1 / Math.sqrt(50)],
      ['output.bias', 1 / 8],
    ] as const) {
      expect(largest(projected.get(name)!.data), name).toBeLessThanOrEqual(bound);
      expect(largest(projected.get(name)!.data), name).toBeGreaterThan(0.95 * bound);
    }
    // everything else equals the same seed without it
    const untied = initialWeights({ ...spec, connection: 'concatenated' }, 42);
    const recurrent = [...projected].filter(([name]) => name.startsWith('rnn.'));
    expect(recurrent).toEqual([...untied].filter(([name]) => name.startsWith('rnn.')));
  });

  it('draws the embedding from N(0, 1) with a PAD row of zeros', () => {
    const { data } = weights.get('embedding.weight')!;
    expect(data.slice(0, 64)).toEqual(new Float32Array(64));
    const drawn = data.slice(64);
    const mean = drawn.reduce((a, b) => a + b, 0) / drawn.length;
    const variance = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / drawn.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
  });

  it('draws everything else uniformly within 1 / sqrt(hidden)', () => {
    for (const [name, { data }] of weights) {
      if (name === 'embedding.weight') continue;
      expect(Math.max(...data.map(Math.abs)), name).toBeLessThanOrEqual(0.2);
    }
    const { data } = weights.get('output.weight')!;
    const variance = data.reduce((sum, x) => sum + x * x, 0) / data.length;
    expect(Math.abs(variance - 0.04 / 3)).toBeLessThan(0.001);
  });

  it('adds the forget bias to the forget gates of an LSTM, and to nothing else', () => {
    const biased = initialWeights(spec, 42, { forgetBias: 1.5 });
    for (const [name, { data }] of weights) {
      const isBias = name === 'rnn.bias_ih_l0' || name === 'rnn.bias_ih_l1';
      const expected = data.map((value, i) => (isBias && i >= 25 && i < 50 ? value + 1.5 : value));
      expect(biased.get(name)!.data, name).toEqual(expected);
    }
    const rnn: ModelSpec = { ...spec, cell: 'rnn' };
    expect(initialWeights(rnn, 42, { forgetBias: 1.5 })).toEqual(initialWeights(rnn, 42));
  });

  it('draws orthogonal blocks where asked, and everything else as before', () => {
    const orthogonalOf = (initialization: Initialization) => {
      const drawn = initialWeights(spec, 42, { initialization });
      return [...drawn].filter(([name, { data }]) => {
        if (weights.get(name)!.data.every((value, i) => value === data[i])) return false;
        expectOrthogonal(data, 25, name);
        return true;
      });
    };
    const recurrent = ['rnn.weight_hh_l0', 'rnn.weight_hh_l1'];
    expect(orthogonalOf('uniform')).toEqual([]);
    expect(orthogonalOf('orthogonal').map(([name]) => name)).toEqual(recurrent);
    const all = orthogonalOf('orthogonal-layers').map(([name]) => name);
    expect(all.toSorted()).toEqual([...recurrent, 'rnn.weight_ih_l1']);
    // gates differ, and so do seeds
    const { data } = initialWeights(spec, 42, { initialization: 'orthogonal' }).get('rnn.weight_hh_l0')!;
    expect(data.slice(0, 625)).not.toEqual(data.slice(625, 1_250));
    expect(initialWeights(spec, 43, { initialization: 'orthogonal' }).get('rnn.weight_hh_l0')!.data).not.toEqual(data);
  });

  it.each(['lstm', 'rnn'] as const)('makes the recurrent weight of each gate orthogonal: %s', (cell) => {
    const uniform = initialWeights({ ...spec, cell }, 42);
    const orthogonal = initialWeights({ ...spec, cell }, 42, { initialization: 'orthogonal' });
    expect(orthogonal).toEqual(initialWeights({ ...spec, cell }, 42, { initialization: 'orthogonal' }));
    const isRecurrent = (name: string) => name.startsWith('rnn.weight_hh');
    const others = [...orthogonal].filter(([name]) => !isRecurrent(name));
    expect(others).toEqual([...uniform].filter(([name]) => !isRecurrent(name)));
    const firsts = new Set<number>();
    const { hidden } = spec;
    for (const [name, { data }] of [...orthogonal].filter(([name]) => isRecurrent(name))) {
      expectOrthogonal(data, hidden, name);
      for (let start = 0; start < data.length; start += hidden * hidden) firsts.add(data[start]!);
    }
    expect(firsts.size).toBe(cell === 'lstm' ? 8 : 2);
  });

  it('is decided by the seed, and shared by tensors that models have in common', () => {
    expect(initialWeights(spec, 42)).toEqual(weights);
    expect(initialWeights(spec, 43).get('output.bias')).not.toEqual(weights.get('output.bias'));
    expect(initialWeights({ ...spec, cell: 'rnn' }, 42).get('output.weight')).toEqual(weights.get('output.weight'));
  });
});
