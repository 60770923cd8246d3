import * as tf from '@tensorflow/tfjs-core';

/** Gives a variable whose values a clone shares values of its own: writing in place would change the clone. */
export function ownData(variable: tf.Variable): void {
  if (tf.backend().refCount(variable.dataId) === 1) return;
  tf.tidy(() => variable.assign(tf.add(variable, 0)));
}
