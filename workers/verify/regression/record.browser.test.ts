/** The regression in its short form: each training once, against the committed figures. `npm run regress` also compares bits. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { MODEL_NAMES, type ModelName } from '#core/models/registry.ts';
import { parseFigures } from '#core/regression/figures.ts';
import { verdictOf, type Verdict } from '#core/regression/verdict.ts';
import type { Device } from '#engine/devices/device.ts';
import { sharedDevice } from '#engine/devices/shared.fixture.ts';
import type { Ops } from '#engine/ops/contract.ts';
import text from './figures.json?raw';
import { recordModel } from './record.ts';

const figures = parseFigures(JSON.parse(text), 'figures.json');

async function verdictOn(device: Device, model: ModelName): Promise<Verdict> {
  const before = device.tensors();
  const record = await recordModel(device, model);
  expect(device.tensors()).toBe(before);
  return verdictOf({ device: device.kind, model, record, figures: figures.models[model], again: null, before: null });
}

/** The identity, whose gradient is multiplied by a factor. */
function withGradientTimes<T extends tf.Tensor>(factor: number, tensor: T): T {
  const scaled = tf.customGrad((x) => ({
    value: tf.clone(x as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => tf.mul(dy, factor),
  }));
  return scaled(tensor) as T;
}

/** The gradient of one tensor is wrong by 1%, that of everything else right. */
const PLANTED: Readonly<Record<string, (ops: Ops) => Partial<Ops>>> = {
  'embedding.weight': (ops) => ({
    embedding: (table, ids) => ops.embedding(withGradientTimes(1.01, table), ids),
  }),
  'rnn.weight_hh_l0': (ops) => ({
    recurrentStack: (input, layers, options) =>
      ops.recurrentStack(
        input,
        layers.map((layer, index) =>
          index === 0 ? { ...layer, weightHh: withGradientTimes(1.01, layer.weightHh) } : layer,
        ),
        options,
      ),
  }),
  'output.bias': (ops) => ({
    linearCrossEntropy: (states, weight, bias, targets, counted, gradients) =>
      ops.linearCrossEntropy(states, weight, withGradientTimes(0.99, bias), targets, counted, gradients),
  }),
};

describe.each(['reference', 'cpu', 'webgpu'] as const)('the regression on %s', (kind) => {
  let device: Device;
  beforeAll(async () => {
    device = await sharedDevice(kind);
  });

  it.each(MODEL_NAMES)('comes to the committed figures: %s', async (model) => {
    const { ok, lines } = await verdictOn(device, model);
    expect(ok, lines.join('\n')).toBe(true);
  });

  it.each(Object.keys(PLANTED))('names a gradient that is a hundredth too large or too small: %s', async (tensor) => {
    const wrong = PLANTED[tensor]!;
    const { ok, lines } = await verdictOn({ ...device, ops: { ...device.ops, ...wrong(device.ops) } }, 'lstm');
    expect(ok).toBe(false);
    expect(lines[0]).toContain(
      `lstm on ${kind} differs from the committed figures, first at step 1 of odd, gradient of ${tensor}, by `,
    );
  });
});
