import { describe, expect, it } from 'vitest';
import { CHECKPOINT_SCHEMA, readCheckpoint, writeCheckpoint, type TrainerState } from './checkpoint.ts';
import { writeJson } from '../json.ts';
import { MeasureSum } from '../metrics/measures.ts';
import { readSafetensors, writeSafetensors } from '../models/safetensors.ts';
import { presetConfig } from '../settings/config.ts';
import { modelSpec } from '../models/spec.ts';
import { initialWeights, weightShapes } from '../models/weights.ts';

const spec = modelSpec('rnn', { ...presetConfig('tiny', 1), embedding: 2, hidden: 3 }, 5);
const weights = initialWeights(spec, 1);

const trainerState: TrainerState = {
  schema: CHECKPOINT_SCHEMA,
  build: 'a build',
  device: { kind: 'cpu', rounding: 'simd' },
  models: ['rnn'],
  step: 2,
  epoch: 1,
  batches: 2,
  sums: { ...new MeasureSum(new Set()).sums(), loss: Infinity, knownLoss: Number.NaN, counted: 9, top5: 3 },
  norms: [1e300, Infinity],
  seconds: 1,
  dataWaitSeconds: 0,
  tokens: 9,
  totalSeconds: 1,
  history: {
    stride: 1,
    kept: [
      {
        step: 1,
        loss: Infinity,
        gradientNorm: Number.NaN,
        tokens: 4,
        seconds: 0.5,
        layerNorms: [1, Infinity, -1, Number.NaN],
      },
      { step: 2, loss: 3, gradientNorm: 1, tokens: 9, seconds: 1, layerNorms: null },
    ],
  },
};

it('keeps sums and norms that overflowed or are not numbers, so that a run that diverged can still go on', () => {
  const written = writeCheckpoint({ trainerState, weights, first: weights, second: weights });
  expect(readCheckpoint(written, weightShapes(spec)).trainerState).toEqual(trainerState);
});

it('has no second moment of SGD, and asks for it where the optimizer is Adam', () => {
  const written = writeCheckpoint({ trainerState, weights, first: weights, second: new Map() });
  const read = readCheckpoint(written, weightShapes(spec), 'sgd');
  expect([read.first, read.second]).toEqual([weights, new Map()]);
  expect(() => readCheckpoint(written, weightShapes(spec), 'adamw')).toThrow(/it has no second of/);
});

it('names the sums that it stores', () => {
  const { metadata } = readSafetensors(writeCheckpoint({ trainerState, weights, first: weights, second: weights }));
  expect(JSON.parse(metadata['place']!)).toMatchObject({ schema: 2, sums: { counted: 9, top5: 3 } });
});

describe('a checkpoint of schema 1, which stored sums by their places', () => {
  const all = ['weights', 'first', 'second'].flatMap((part) =>
    [...weights].map(([name, tensor]) => [`${part}/${name}`, tensor] as const),
  );
  const written = (sums: readonly number[]) =>
    writeSafetensors(new Map(all), { place: writeJson({ ...trainerState, schema: 1, sums }) });

  it('is read as one that names them, to the bit', () => {
    const sums = [3.1415926535897927, Number.NaN, 9, 2, 1, 5, 4, 8, Infinity];
    const read = readCheckpoint(written(sums), weightShapes(spec));
    expect(read.trainerState).toEqual({ ...trainerState, sums: read.trainerState.sums });
    expect(read.trainerState.sums).toMatchObject({
      counted: 9,
      loss: 3.1415926535897927,
      knownLoss: Number.NaN,
      unknown: 2,
      top1: 1,
      top5: 5,
      top5Known: 4,
      codexglueCounted: 8,
      codexglueHits: Infinity,
    });
    expect(read.first).toEqual(weights);
  });

  it.each([8, 10])('is refused with %d sums', (length) => {
    expect(() => readCheckpoint(written(Array.from({ length }, () => 1)), weightShapes(spec))).toThrow(
      'it does not say how far training was',
    );
  });
});
