import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LabError } from '../failure.ts';
import {
  CELLS,
  isOf,
  largestOf,
  MODEL_CHOICES,
  MODEL_KINDS,
  MODEL_NAMES,
  modelOf,
  modelsOf,
  modelTitle,
  modelWith,
  TASK_KINDS,
  variantOf,
} from './registry.ts';

describe('the registry of models', () => {
  it('keeps the names that runs, weights and links are stored under', () => {
    expect(MODEL_NAMES).toEqual(['rnn', 'lstm', 'gru', 'residual-rnn', 'residual-lstm', 'residual-gru']);
    expect(MODEL_CHOICES).toEqual(['rnn', 'lstm', 'gru', 'residual', 'residual-rnn', 'residual-lstm', 'residual-gru']);
    expect(MODEL_KINDS).toEqual(['rnn', 'lstm', 'gru', 'residual']);
    expect(TASK_KINDS).toEqual(['rnn', 'lstm', 'residual']);
  });

  it('has the models of the PyTorch twin', () => {
    const twin = readFileSync(new URL('../../../pytorch/minicopilot/config.py', import.meta.url), 'utf8');
    const [, names = ''] = /^MODELS = \(([^)]*)\)/m.exec(twin) ?? [];
    expect(names.split(', ').map((name) => name.replaceAll('"', ''))).toEqual(MODEL_NAMES);
  });

  it('says what a residual model is', () => {
    expect(modelOf('residual-lstm')).toEqual({
      name: 'residual-lstm',
      title: 'Residual LSTM',
      shortTitle: 'Residual',
      cell: 'lstm',
      baseline: 'lstm',
      variant: 'residual',
      residual: true,
      color: 'residual',
    });
    expect(modelOf('rnn')).toMatchObject({ cell: 'rnn', baseline: null, variant: null, residual: false });
  });

  it.each(['transformer', 'residual-transformer', 'residual', '', '__proto__', 'constructor'])(
    'has no model %j, and says so',
    (name) => {
      expect(() => modelOf(name)).toThrow(LabError);
      expect(() => modelOf(name)).toThrow(`There is no model "${name}".`);
    },
  );
});

describe('a choice', () => {
  it('comes to one model, or to one of a variant', () => {
    expect(modelsOf('lstm')).toEqual(['lstm']);
    expect(modelsOf('residual')).toEqual(['residual-rnn', 'residual-lstm', 'residual-gru']);
    expect(largestOf('residual')).toBe('residual-lstm');
    expect(largestOf('rnn')).toBe('rnn');
    expect(isOf('residual-rnn', 'residual')).toBe(true);
    expect(isOf('residual-rnn', 'residual-lstm')).toBe(false);
    expect(isOf('rnn', 'residual')).toBe(false);
  });

  it('has a title', () => {
    expect(MODEL_CHOICES.map(modelTitle)).toEqual([
      'RNN',
      'LSTM',
      'GRU',
      'Residual',
      'Residual RNN',
      'Residual LSTM',
      'Residual GRU',
    ]);
  });
});

it('finds the form of a baseline, and the model of a cell', () => {
  expect(variantOf('rnn', 'residual')).toBe('residual-rnn');
  expect(modelWith('lstm', true)).toBe('residual-lstm');
  expect(modelWith('rnn', false)).toBe('rnn');
});

it('has cells with a forget gate among their gates, if any', () => {
  for (const { gates, forgetGate } of Object.values(CELLS)) expect(forgetGate ?? 0).toBeLessThan(gates);
});
