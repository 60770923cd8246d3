import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { manifestOf } from '../data/manifest.fixture.ts';
import { readSafetensors, writeSafetensors } from '../models/safetensors.ts';
import { modelSpec } from '../models/spec.ts';
import { initialWeights } from '../models/weights.ts';
import {
  configOf,
  inHalfPrecision,
  isDescribed,
  readWeightsFile,
  vocabularyOf,
  writeWeightsFile,
} from './weightsFile.ts';
import { smallWeights, SMALL_CONFIG, SMALL_MANIFEST, weightsFileOf, weightsMetadata } from './weightsFile.fixture.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const without = (name: string) => {
  const { [name]: _, ...metadata } = weightsMetadata('rnn');
  return writeSafetensors(new Map(), metadata);
};
const withPart = (name: string, text: string) =>
  writeSafetensors(new Map(), { ...weightsMetadata('rnn'), [name]: text });

describe('writeWeightsFile', () => {
  it('writes the bytes that the lab has always written', () => {
    const config = {
      seed: 42,
      forgetBias: 0,
      initialization: 'uniform',
      layers: 2,
      connection: 'sum',
      weightTying: 'none',
      activation: 'tanh',
      clipNorm: 1,
      preset: 'quick',
      embedding: 3,
      hidden: 4,
      vocabulary: 5,
      length: 256,
      batch: 8,
      learningRate: 0.005,
      accumulate: 1,
      optimizer: 'adam',
      weightDecay: 0.01,
      momentum: 0.9,
      schedule: 'constant',
      warmup: 0.1,
      dropout: 0.2,
      epochs: 6,
      patience: 3,
      trainFiles: null,
    } as const;
    const weights = initialWeights(modelSpec('lstm', config, 5), 1);
    const bytes = writeWeightsFile({ model: 'lstm', config, manifest: manifestOf({ id: 'python-stdlib' }), weights });
    expect(sha256(bytes)).toBe('ff3a4f3bc704879f76ecf4f5aa1065f353fe0962c3c05306aa60adb3c0767329');
  });

  it('names no more tokens than the model knows', () => {
    const config = { ...SMALL_CONFIG, vocabulary: 3 };
    const weights = initialWeights(modelSpec('rnn', config, 3), 1);
    const { vocabulary, spec } = readWeightsFile(weightsFileOf('rnn', { config, weights }));
    expect([vocabulary.tokens, spec.tokens]).toEqual([['a', 'b', 'c'], 5]);
  });
});

describe('readWeightsFile', () => {
  it('reads what was written', () => {
    const manifest = { ...SMALL_MANIFEST, rules: 'codexglue-2020', reading: 'utf8-text' } as const;
    const read = readWeightsFile(weightsFileOf('residual-lstm', { manifest }));
    expect(read).toMatchObject({
      model: 'residual-lstm',
      config: SMALL_CONFIG,
      rules: 'codexglue-2020',
      reading: 'utf8-text',
      dataset: { id: manifest.id, sha256: manifest.sha256 },
      origin: null,
    });
    expect([...read.kept.str, ...read.kept.num]).toEqual(['utf-8', '0']);
    expect(read.vocabulary.tokens).toEqual(manifest.vocabulary.tokens);
    expect(Object.fromEntries(read.weights)).toEqual(Object.fromEntries(smallWeights('residual-lstm')));
    expect(read.infos).toHaveLength(read.weights.size);
  });

  it('takes weights that do not say how files were read for those of an older lab, which read bytes', () => {
    const dataset = JSON.stringify({ id: 'some', sha256: 'ab'.repeat(32), rules: 'codexglue-2021' });
    expect(readWeightsFile(withPart('dataset', dataset)).reading).toBe('bytes');
  });

  it('knows which layer is which where a user said so, and does without where that is damaged', () => {
    const origin = { layers: ['encoder', 'decoder'] };
    expect(readWeightsFile(weightsFileOf('lstm', { origin })).origin).toEqual(origin);
    expect(readWeightsFile(withPart('origin', '{')).origin).toBeNull();
  });

  it.each(['config', 'vocabulary', 'literals', 'dataset'])('says that the %s is missing, or cannot be read', (name) => {
    expect(() => readWeightsFile(without(name))).toThrow(`The weights have no ${name}`);
    for (const text of ['{', '7']) {
      expect(() => readWeightsFile(withPart(name, text))).toThrow(`The ${name} of the weights cannot be read`);
    }
  });
});

it('a file that describes itself says which network it is, and which tokens it knows', () => {
  const { metadata } = readSafetensors(weightsFileOf('rnn'));
  expect(isDescribed(metadata)).toBe(true);
  expect(configOf(metadata)).toEqual({ model: 'rnn', config: SMALL_CONFIG });
  expect(vocabularyOf(metadata)).toEqual(SMALL_MANIFEST.vocabulary.tokens);
  for (const other of [{}, { config: '{' }, { config: '{}', dataset: '{}' }]) {
    expect([isDescribed(other), configOf(other), vocabularyOf(other)]).toEqual([false, null, null]);
  }
});

it('the model that comes with the lab is written in half precision to its own bytes', () => {
  const bytes = readFileSync(new URL('../../../public/models/quick-lstm/lstm.f16.safetensors', import.meta.url));
  expect(sha256(inHalfPrecision(bytes))).toBe(sha256(bytes));
  expect(readWeightsFile(bytes)).toMatchObject({ model: 'lstm', reading: 'bytes', dataset: { id: 'python-debian' } });
});
