import { expect, it } from 'vitest';
import { CHECKPOINT_SCHEMA, readCheckpoint, writeCheckpoint, type CheckpointPlace } from './checkpoint.ts';
import { MEASURE_SUMS } from '../metrics/measures.ts';
import { modelSpec, presetConfig } from '../settings/config.ts';
import { initialWeights, weightShapes } from '../models/weights.ts';

const spec = modelSpec('rnn', { ...presetConfig('tiny', 1), embedding: 2, hidden: 3 }, 5);
const weights = initialWeights(spec, 1);

it('keeps sums and norms that overflowed or are not numbers, so that a run that diverged can still go on', () => {
  const place: CheckpointPlace = {
    schema: CHECKPOINT_SCHEMA,
    build: 'a build',
    device: { kind: 'cpu', rounding: 'simd' },
    models: ['rnn'],
    step: 2,
    epoch: 1,
    batches: 2,
    sums: Array.from({ length: MEASURE_SUMS }, (_, i) => (i === 0 ? Infinity : i === 1 ? Number.NaN : i)),
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
  const written = writeCheckpoint({ place, weights, first: weights, second: weights });
  expect(readCheckpoint(written, weightShapes(spec)).place).toEqual(place);
});
