/** A training step of whole models on every device with kernels against the reference device, on batches that fit no tile. */
import { beforeAll, describe, expect, it } from 'vitest';
import { presetConfig } from '#core/settings/config.ts';
import { MODEL_NAMES, type ModelName } from '#core/models/registry.ts';
import { modelSpec } from '#core/models/spec.ts';
import { PAD_ID } from '#core/data/vocabulary.ts';
import { streamFor } from '#core/random/stream.ts';
import { makeBatch } from '#core/data/batches/batch.ts';
import { initialWeights } from '#core/models/weights.ts';
import { sharedDevice } from '#engine/devices/shared.fixture.ts';
import { expectClose, suiteDevice, KERNEL_DEVICES } from '#engine/ops/device.fixture.ts';
import { referenceOps } from '#engine/ops/table.ts';
import { stepForComparison, type StepRequest, type StepValues } from './stepForComparison.ts';

/** Rows by their number of tokens. */
const BATCHES = [
  { of: 'a single row of two tokens', lengths: [2] },
  { of: 'nine rows', lengths: [3, 8, 2, 5, 4, 7, 2, 6, 3] },
  { of: '17 rows, some of one token or none', lengths: [8, 1, 7, 0, 2, 6, 1, 3, 5, 4, 2, 8, 0, 1, 2, 3, 4] },
] as const;

function stepRequest(name: ModelName, lengths: readonly number[]): StepRequest {
  const config = { ...presetConfig('tiny', 3), vocabulary: 9, embedding: 3, hidden: 5 };
  const spec = modelSpec(name, config, config.vocabulary);
  const ids = streamFor(8, 'rows');
  const rows = lengths.map((length) =>
    Uint16Array.from({ length: 8 }, (_, i) => (i < length ? 1 + ids.below(10) : PAD_ID)),
  );
  return {
    spec,
    weights: initialWeights(spec, 6),
    batch: makeBatch(rows, config),
    training: { dropout: 0.3, seed: 5, step: 1 },
    optimiser: { learningRate: 0.01, clipNorm: 0.5 },
  };
}

/** Results of the reference device by model and batch; it is opened before the others, since one is open at a time. */
const expectedSteps = new Map<string, StepValues>();
beforeAll(async () => {
  await sharedDevice('reference');
  for (const name of MODEL_NAMES) {
    for (const { of, lengths } of BATCHES) {
      expectedSteps.set(`${name} ${of}`, await stepForComparison(stepRequest(name, lengths), referenceOps));
    }
  }
});

describe.each(KERNEL_DEVICES)('on %s', (kind) => {
  const device = suiteDevice(kind);

  describe.each(MODEL_NAMES)('a step of the whole %s', (name) => {
    it.each(BATCHES)('agrees with the reference on $of', async ({ of, lengths }) => {
      const values = await stepForComparison(stepRequest(name, lengths), device().ops);
      const expected = expectedSteps.get(`${name} ${of}`)!;
      const scores = ({ loss, norm, losses }: StepValues) => Float32Array.of(loss, norm, ...losses);
      expectClose(scores(values), scores(expected));
      for (const [parameter, gradient] of expected.gradients) expectClose(values.gradients.get(parameter)!, gradient);
      for (const [parameter, weights] of expected.weights) {
        expectClose(values.weights.get(parameter)!, weights, 1e-5);
      }
    });

    it('gives zeros for a batch without targets, and leaves the weights as they were', async () => {
      const request = stepRequest(name, [1, 0, 1]);
      expect(request.batch.counted).toBe(0);
      const { loss, norm, losses, gradients, weights } = await stepForComparison(request, device().ops);
      for (const values of [[loss, norm], losses, ...gradients.values()]) {
        expect(values.every((value) => value === 0)).toBe(true);
      }
      for (const [parameter, values] of weights) expect(values).toEqual(request.weights.get(parameter)!.data);
    });
  });
});
