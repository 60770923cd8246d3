/** Sequences [steps, rows, width] step by step, for the reference. */
import * as tf from '@tensorflow/tfjs-core';

/** Step t of a sequence, [rows, width]. */
export function stepOf(sequence: tf.Tensor3D, t: number): tf.Tensor2D {
  const [, rows, width] = sequence.shape;
  return tf.reshape(tf.slice(sequence, [t, 0, 0], [1, rows, width]), [rows, width]);
}

/** The steps as one sequence; they are disposed of, since a long sequence would otherwise be held twice. */
export function overTime(steps: tf.Tensor2D[]): tf.Tensor3D {
  const sequence = tf.stack(steps) as tf.Tensor3D;
  tf.dispose(steps);
  return sequence;
}

/** The value of the step before at each step, zeros at the first. */
export function shiftLater(sequence: tf.Tensor3D): tf.Tensor3D {
  const [steps, rows, width] = sequence.shape;
  const first = tf.zeros<tf.Rank.R3>([1, rows, width]);
  return steps === 1 ? first : tf.concat([first, tf.slice(sequence, [0, 0, 0], [steps - 1, rows, width])], 0);
}

/** [steps, rows, width] as [steps x rows, width]. */
export function flattened(sequence: tf.Tensor3D): tf.Tensor2D {
  const [steps, rows, width] = sequence.shape;
  return tf.reshape(sequence, [steps * rows, width]);
}
