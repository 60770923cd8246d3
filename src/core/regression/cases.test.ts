import { describe, expect, it } from 'vitest';
import { PAD_ID } from '../data/vocabulary.ts';
import { MODEL_NAMES, WEIGHT_TYING_NAMES } from '../models/registry.ts';
import { unsupportedReason } from '../models/spec.ts';
import { OPTIMIZER_NAMES } from '../optimization/optimizers.ts';
import type { Batch } from '../data/batches/batch.ts';
import { CASE_NAMES, CASE_STEPS, caseBatches, CASES } from './cases.ts';

/** Number of targets in each row. */
function targetsOf({ rows, targets }: Batch): number[] {
  return Array.from(
    { length: rows },
    (_, row) => targets.filter((id, at) => at % rows === row && id !== PAD_ID).length,
  );
}

describe.each(CASE_NAMES)('the case %s', (name) => {
  const { config, microRows } = CASES[name];
  const batches = caseBatches(CASES[name]);

  it('has a batch a step, the same each time', () => {
    expect(batches).toHaveLength(CASE_STEPS);
    expect(caseBatches(CASES[name])).toEqual(batches);
  });

  it('has rows as long as can be, rows without a target, and others', () => {
    for (const batch of batches) {
      const [first, second, ...others] = targetsOf(batch);
      expect([first, second]).toEqual([config.length - 1, 0]);
      expect(others.every((count) => count >= 1 && count < config.length)).toBe(true);
    }
    expect(new Set(batches.flatMap(targetsOf)).size).toBeGreaterThan(8);
  });

  it('has ids that the model knows', () => {
    const ids = batches.flatMap(({ inputs, targets }) => [...inputs, ...targets]);
    expect(Math.max(...ids)).toBe(config.vocabulary + 1);
    expect(Math.min(...ids)).toBe(PAD_ID);
  });

  it('has rows for its micro-batches', () => {
    expect(config.batch).toBeGreaterThanOrEqual(microRows);
  });

  it('has a network of every model', () => {
    for (const model of MODEL_NAMES) expect(unsupportedReason(model, config)).toBeNull();
  });
});

it('has every optimizer, gradients added up, and every weight tying', () => {
  const configs = CASE_NAMES.map((name) => CASES[name].config);
  expect(new Set(configs.map(({ optimizer }) => optimizer)).size).toBe(OPTIMIZER_NAMES.length);
  expect(new Set(configs.map(({ weightTying }) => weightTying)).size).toBe(WEIGHT_TYING_NAMES.length);
  expect(configs.some(({ accumulate }) => accumulate > 1)).toBe(true);
});

it('has widths that fit nothing, and widths that fit', () => {
  const widths = (name: 'odd' | 'even') => [
    CASES[name].config.embedding,
    CASES[name].config.hidden,
    CASES[name].config.vocabulary + 2,
  ];
  expect(widths('odd').every((width) => width % 4 !== 0)).toBe(true);
  expect(widths('even').every((width) => width % 8 === 0)).toBe(true);
});
