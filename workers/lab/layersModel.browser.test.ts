/** Exports weights as a LayersModel: the model that stock `tf.loadLayersModel` makes of them gives the lab's logits. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { presetConfig, type TrainingConfig } from '#core/settings/config.ts';
import { MODEL_NAMES, modelOf, type ModelName } from '#core/models/registry.ts';
import { modelSpec } from '#core/models/spec.ts';
import { writeLayersModel } from '#core/formats/layersModel.ts';
import { streamFor } from '#core/random/stream.ts';
import { initialWeights } from '#core/models/weights.ts';
import type { Device } from '#engine/devices/device.ts';
import { sharedDevice } from '#engine/devices/shared.fixture.ts';
import { CompletionModel } from '#engine/models/completionModel.ts';

let device: Device;
beforeAll(async () => (device = await sharedDevice('cpu')));

const [ROWS, STEPS, TOKENS] = [3, 17, 45];
const config = { ...presetConfig('tiny', 10), vocabulary: TOKENS - 2, embedding: 5, hidden: 11 };
const cases: readonly (readonly [ModelName, Partial<TrainingConfig>])[] = [
  ...MODEL_NAMES.filter((name) => modelOf(name).cell !== 'gru').map((name) => [name, {}] as const),
  ['rnn', { activation: 'relu' }],
  ['lstm', { layers: 1 }],
  ['residual-lstm', { layers: 3, connection: 'scaled' }],
  ['residual-rnn', { layers: 4, connection: 'concatenated' }],
  ['residual-lstm', { connection: 'gradient' }],
  ['rnn', { weightTying: 'tied', embedding: 11 }],
  ['residual-lstm', { connection: 'concatenated', weightTying: 'projected' }],
];

it.each(cases)('%s, %o: stock TensorFlow.js gives the same logits', async (name, but) => {
  const spec = modelSpec(name, { ...config, ...but }, config.vocabulary);
  const weights = initialWeights(spec, 6);
  const random = streamFor(2, 'ids');
  const ids = Int32Array.from({ length: ROWS * STEPS }, () => random.below(TOKENS));

  const own = new CompletionModel(spec, weights, device.ops);
  const ours = tf.tidy(() => {
    const timeMajor = tf.tensor2d(
      ids.map((_, at) => ids[(at % ROWS) * STEPS + Math.floor(at / ROWS)]!),
      [STEPS, ROWS],
      'int32',
    );
    return own.logits(own.states(timeMajor).output);
  });
  const expected = await ours.data();
  tf.dispose(ours);
  own.dispose();

  const before = tf.getBackend();
  await tf.setBackend('cpu');
  const { model: text, weights: bytes } = writeLayersModel(spec, weights, 0.3, {});
  const file = (name: string, part: BlobPart) => new File([part], name);
  const model = await tf.loadLayersModel(tf.io.browserFiles([file('model.json', text), file('weights.bin', bytes)]));
  const logits = tf.tidy(() => {
    const predicted = model.predict(tf.tensor2d(ids, [ROWS, STEPS], 'int32'));
    if (Array.isArray(predicted)) throw new Error('one output was due');
    return tf.reshape(tf.transpose(predicted, [1, 0, 2]), [STEPS * ROWS, TOKENS]);
  });
  const stock = await logits.data();
  tf.dispose(logits);
  model.dispose();
  expect(stock).toHaveLength(expected.length);
  const apart = Math.max(...Array.from(stock, (value, i) => Math.abs(value - expected[i]!)));
  expect(apart).toBeLessThan(1e-5);
  await tf.setBackend(before);
});
