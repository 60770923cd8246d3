import { describe, expect, it } from 'vitest';
import { LabError } from '../failure.ts';
import { presetConfig } from '../settings/config.ts';
import {
  CONNECTIONS,
  CONNECTION_NAMES,
  MODEL_NAMES,
  modelOf,
  RESIDUAL_CONNECTIONS,
  WEIGHT_TYING_NAMES,
} from './registry.ts';
import {
  connectionScale,
  joinedWidth,
  modelSpec,
  outputWidth,
  parameterCount,
  requireNetwork,
  unsupportedReason,
} from './spec.ts';
import { weightShapes } from './weights.ts';

const config = { ...presetConfig('tiny', 10), vocabulary: 9, embedding: 3, hidden: 5 };

describe('a network', () => {
  it.each(MODEL_NAMES)(
    'has as many parameters as its weights have values, with any layers, connection and weight tying: %s',
    (name) => {
      for (const layers of [1, 2, 3, 4]) {
        if (layers === 1 && modelOf(name).residual) continue;
        const combined = RESIDUAL_CONNECTIONS.flatMap((connection) =>
          WEIGHT_TYING_NAMES.map((weightTying) => ({ connection, weightTying })),
        );
        for (const { connection, weightTying } of combined) {
          const isWide = modelOf(name).residual && connection === 'concatenated';
          const embedding = weightTying === 'tied' ? (isWide ? 5 * layers : 5) : 3;
          const spec = modelSpec(name, { ...config, layers, connection, weightTying, embedding }, 9);
          const values = weightShapes(spec).map(({ shape }) => shape.reduce((product, size) => product * size, 1));
          expect(parameterCount(spec)).toBe(values.reduce((a, b) => a + b));
        }
      }
    },
  );

  it('has a connection where it is residual, whatever the configuration says of others', () => {
    expect(modelSpec('lstm', { ...config, connection: 'scaled' }, 9).connection).toBe('none');
    expect(modelSpec('residual-lstm', { ...config, connection: 'scaled' }, 9).connection).toBe('scaled');
  });

  it('shows the output layer all layers side by side, or as much as one has', () => {
    const width = (connection: (typeof CONNECTION_NAMES)[number]) => joinedWidth({ connection, layers: 3, hidden: 5 });
    expect(CONNECTION_NAMES.map(width)).toEqual([5, 5, 5, 15, 5, 5]);
    expect(connectionScale({ connection: 'scaled', layers: 4 })).toBe(0.5);
    expect(connectionScale({ connection: 'sum', layers: 4 })).toBe(1);
  });

  it('is none where a residual model has one layer, and says why', () => {
    for (const model of ['residual', 'residual-rnn', 'residual-gru'] as const) {
      const one = { ...config, layers: 1 };
      expect(unsupportedReason(model, one)?.why).toContain('of one layer would be its baseline');
      expect(() => requireNetwork(model, one)).toThrow(LabError);
      expect(unsupportedReason(model, config)).toBeNull();
    }
    expect(() => modelSpec('residual-lstm', { ...config, layers: 1 }, 9)).toThrow('A Residual LSTM model of one layer');
    expect(unsupportedReason('gru', { ...config, layers: 1 })).toBeNull();
  });

  it('is none where one matrix would need two widths, and says which', () => {
    const tied = { ...config, weightTying: 'tied' } as const;
    expect(unsupportedReason('lstm', tied)).toEqual({
      why: 'The output layer of the LSTM model sees 5 values, and the embedding is 3 wide: one matrix cannot be both.',
      remedy: 'Set the embedding size to 5, or weight tying to projected.',
    });
    expect(() => modelSpec('lstm', tied, 9)).toThrow('one matrix cannot be both');
    const equal = { ...tied, embedding: 5 };
    expect(unsupportedReason('lstm', equal)).toBeNull();
    const joined = { ...equal, connection: 'concatenated' } as const;
    expect(unsupportedReason('lstm', joined)).toBeNull();
    expect(unsupportedReason('residual', joined)?.why).toContain('sees 10 values');
    expect(unsupportedReason('residual', { ...joined, embedding: 10 })).toBeNull();
    expect(unsupportedReason('residual-gru', { ...joined, weightTying: 'projected' })).toBeNull();
  });

  it('has an output layer as wide as the embedding behind a projection', () => {
    expect(outputWidth(modelSpec('lstm', config, 9))).toBe(5);
    expect(outputWidth(modelSpec('lstm', { ...config, weightTying: 'projected' }, 9))).toBe(3);
  });
});

it('says of every connection what it is', () => {
  for (const { title, meaning } of Object.values(CONNECTIONS)) expect(title && meaning.endsWith('.')).toBe(true);
});
