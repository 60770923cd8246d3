/** A softmax over the likeness of earlier states, row by row of the batch, added up by slot as a product with their one-hot rows. */
import * as tf from '@tensorflow/tfjs-core';
import { matMul } from '../matMul/reference.ts';

/** Added to the likeness of what comes later: its exponential is 0. */
const NEVER = -1e30;

export function cacheMasses(states: tf.Tensor2D, slots: tf.Tensor2D, texts: number, theta: number): tf.Tensor2D {
  const [steps, rows] = slots.shape;
  const width = states.shape[1];
  return tf.tidy(() => {
    const earlier = tf.tensor2d(
      Float32Array.from({ length: steps * steps }, (_, at) => (at % steps < Math.floor(at / steps) ? 1 : 0)),
      [steps, steps],
    );
    const later = tf.mul(tf.sub(1, earlier), NEVER);
    const bySteps = tf.reshape(states, [steps, rows, width]);
    const ofRows = Array.from({ length: rows }, (_, row) => {
      const own = tf.reshape<tf.Rank.R2>(tf.slice(bySteps, [0, row, 0], [steps, 1, width]), [steps, width]);
      const likeness = tf.add(tf.mul(matMul(own, own, false, true), theta), later);
      // The first step has nothing before it: its softmax is over what comes later, and is left out.
      const weights = tf.mul<tf.Tensor2D>(tf.softmax(likeness), earlier);
      const ownSlots = tf.reshape<tf.Rank.R1>(tf.slice(slots, [0, row], [steps, 1]), [steps]);
      // stock one-hot rows have two places at least
      const hot = tf.cast<tf.Tensor2D>(tf.oneHot(ownSlots, Math.max(2, texts)) as tf.Tensor2D, 'float32');
      return matMul(weights, tf.slice(hot, [0, 0], [steps, texts]));
    });
    return tf.reshape<tf.Rank.R2>(tf.stack(ofRows, 1), [steps * rows, texts]);
  });
}
