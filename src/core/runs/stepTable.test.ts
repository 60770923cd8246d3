import { describe, expect, it } from 'vitest';
import { presetConfig } from '../settings/config.ts';
import { modelSpec } from '../models/spec.ts';
import {
  joinTables,
  layersIn,
  layersOf,
  layerOf,
  NO_STEPS,
  parseStepTable,
  pickRows,
  stepTable,
  type StepRecord,
} from './stepTable.ts';
import { weightShapes } from '../models/weights.ts';

const record = (step: number): StepRecord => ({
  step,
  loss: 1 / 8 + step,
  gradientNorm: step * 2,
  tokens: step * 2 ** 33,
  seconds: step * 0.1,
  layerNorms: [step, 2 * step, 3 * step, 4 * step],
});
const table = (...steps: number[]) => stepTable(steps.map(record));

describe('a step table', () => {
  it('holds a row a step, and what was not measured as no number', () => {
    const { layerNorms, tokens } = stepTable([{ ...record(1), layerNorms: null }, record(2)]);
    expect([...layerNorms]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN, 2, 4, 6, 8]);
    expect(tokens[1]).toBe(2 ** 34); // more than 32 bits
  });

  it('is picked from and joined without losing a column', () => {
    expect(pickRows(table(1, 2, 3, 4), [0, 3])).toEqual(table(1, 4));
    expect(joinTables(table(1, 2), table(3))).toEqual(table(1, 2, 3));
    expect(joinTables(table(1, 2), table(1, 2, 3))).toEqual(table(1, 2, 3));
    const held = table(1, 2);
    expect(joinTables(held, table(1, 2))).toBe(held);
    expect(joinTables(NO_STEPS, held)).toBe(held);
    expect(joinTables(held, NO_STEPS)).toBe(held);
  });

  it('is read back only where all columns are there and fit', () => {
    const whole = table(1, 2);
    expect(parseStepTable(structuredClone(whole), 'x')).toEqual(whole);
    const damaged: unknown[] = [
      null,
      [],
      { ...whole, loss: [1, 2] },
      { ...whole, seconds: new Float64Array(3) },
      { ...whole, layerNorms: new Float32Array(2) },
    ];
    for (const value of damaged) expect(() => parseStepTable(value, 'LSTM 3')).toThrow(/steps of LSTM 3 are damaged/);
  });
});

it.each([1, 2, 4])('every variable of a network of %i layers belongs to a part of it, in order', (layers) => {
  for (const weightTying of ['none', 'projected'] as const) {
    const shapes = weightShapes(modelSpec('lstm', { ...presetConfig('tiny', 10), layers, weightTying }, 20));
    expect([...new Set(shapes.map((shape) => layerOf(shape.name)))]).toEqual(layersOf(layers));
  }
  expect(() => layerOf('rnn.weight_ih')).toThrow('rnn.weight_ih');
});

it('holds the norms of as many layers as the network has', () => {
  const record = (step: number) => {
    const layerNorms = [1, 2, 3, 4, 5].map((norm) => norm + 10 * step);
    return { step, loss: 1, gradientNorm: 1, tokens: step, seconds: step, layerNorms };
  };
  const table = stepTable([record(1), record(2), { ...record(3), layerNorms: null }]);
  expect(layersIn(table)).toEqual(['embedding', 'layer 1', 'layer 2', 'layer 3', 'output']);
  expect([...pickRows(table, [1]).layerNorms]).toEqual([21, 22, 23, 24, 25]);
  const joined = joinTables(table, stepTable([record(4)]));
  expect(Array.from(joined.layerNorms.subarray(15))).toEqual([41, 42, 43, 44, 45]);
  expect(parseStepTable(structuredClone(table), 'x')).toEqual(table);
});
