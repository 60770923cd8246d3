/** The logits once more, a slice at a time, since the reference of the loss keeps none. */
import * as tf from '@tensorflow/tfjs-core';
import { LARGEST } from '#core/cache/rowScores.ts';
import type { Ops, TextLogits } from '../contract.ts';
import { linearCrossEntropy } from '../linearCrossEntropy/reference.ts';

/** Most logits in a slice: 16 MiB. */
const SLICE_VALUES = 4 * 1024 * 1024;

export const textLogits: Ops['textLogits'] = (states, weight, bias, targets, counted, ids) => {
  const scores = linearCrossEntropy(states, weight, bias, targets, counted, false);
  return { ...scores, logits: tf.tidy(() => logitsOf(states, weight, bias, ids)) };
};

function logitsOf(states: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D, ids: tf.Tensor2D): TextLogits {
  const [n, width] = states.shape;
  const tokens = weight.shape[0];
  const [rows, count] = ids.shape;
  const weightT = tf.transpose(weight);
  const size = Math.max(1, Math.floor(SLICE_VALUES / tokens));
  const parts: TextLogits[] = [];
  for (let from = 0; from < n; from += size) {
    const positions = Math.min(size, n - from);
    parts.push(
      tf.tidy(() => {
        const own = tf.slice(states, [from, 0], [positions, width]);
        const logits = tf.fused.matMul({ a: own, b: weightT, bias }) as tf.Tensor2D;
        const rowOf = Int32Array.from({ length: positions }, (_, position) => (from + position) % rows);
        const idsOf = tf.gather(ids, tf.tensor1d(rowOf, 'int32'));
        const firsts = tf.reshape(tf.range(0, positions * tokens, tokens, 'int32'), [positions, 1]);
        const places = tf.reshape(tf.add(idsOf, firsts), [positions * count]);
        const texts = tf.gather(tf.reshape(logits, [positions * tokens]), tf.cast(places, 'int32'));
        return {
          texts: tf.reshape<tf.Rank.R2>(texts, [positions, count]),
          largest: tf.topk(logits, Math.min(LARGEST, tokens)).values,
        };
      }),
    );
  }
  return { texts: tf.concat(parts.map(({ texts }) => texts)), largest: tf.concat(parts.map(({ largest }) => largest)) };
}
