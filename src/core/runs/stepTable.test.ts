import { describe, expect, it } from 'vitest';
import { presetConfig } from '../settings/config.ts';
import { modelSpec } from '../models/spec.ts';
import {
  joinTables,
  LAYERS,
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
    expect(tokens[1]).toBe(2 ** 34); // past what 32 bits hold
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

it.each(['rnn', 'lstm'] as const)('every variable of an %s belongs to a layer', (name) => {
  const shapes = weightShapes(modelSpec(name, presetConfig('tiny', 10), 20));
  expect(new Set(shapes.map((shape) => layerOf(shape.name)))).toEqual(new Set(LAYERS));
  expect(() => layerOf('rnn.weight_ih_l2')).toThrow('rnn.weight_ih_l2');
});
