import { describe, expect, it } from 'vitest';
import { LabError } from '../failure.ts';
import { presetConfig } from '../settings/config.ts';
import { CONNECTIONS, CONNECTION_NAMES, MODEL_NAMES, modelOf, RESIDUAL_CONNECTIONS } from './registry.ts';
import { connectionScale, modelSpec, outputWidth, parameterCount, requireNetwork, unsupportedReason } from './spec.ts';
import { weightShapes } from './weights.ts';

const config = { ...presetConfig('tiny', 10), vocabulary: 9, embedding: 3, hidden: 5 };

describe('a network', () => {
  it.each(MODEL_NAMES)(
    'has as many parameters as its weights have values, with any layers and connection: %s',
    (name) => {
      for (const layers of [1, 2, 3, 4]) {
        if (layers === 1 && modelOf(name).residual) continue;
        for (const connection of RESIDUAL_CONNECTIONS) {
          const spec = modelSpec(name, { ...config, layers, connection }, 9);
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
    const width = (connection: (typeof CONNECTION_NAMES)[number]) => outputWidth({ connection, layers: 3, hidden: 5 });
    expect(CONNECTION_NAMES.map(width)).toEqual([5, 5, 5, 15, 5, 5]);
    expect(connectionScale({ connection: 'scaled', layers: 4 })).toBe(0.5);
    expect(connectionScale({ connection: 'sum', layers: 4 })).toBe(1);
  });

  it('is none where a residual model has one layer, and says why', () => {
    for (const model of ['residual', 'residual-rnn', 'residual-gru'] as const) {
      expect(unsupportedReason(model, { layers: 1 })).toContain('of one layer would be its baseline');
      expect(() => requireNetwork(model, { layers: 1 })).toThrow(LabError);
      expect(unsupportedReason(model, { layers: 2 })).toBeNull();
    }
    expect(() => modelSpec('residual-lstm', { ...config, layers: 1 }, 9)).toThrow('A Residual LSTM model of one layer');
    expect(unsupportedReason('gru', { layers: 1 })).toBeNull();
  });
});

it('says of every connection what it is', () => {
  for (const { title, meaning } of Object.values(CONNECTIONS)) expect(title && meaning.endsWith('.')).toBe(true);
});
