/** The sum of two tensors, value by value: the two biases of a recurrent layer as one. */
import type * as tf from '@tensorflow/tfjs-core';
import { elementwiseDispatch, elementwiseProgram } from './elementwise.ts';
import type { Dispatch } from './runtime.ts';

/** @param sum as a and b, `count` values each */
export function sumInto(a: tf.TensorInfo, b: tf.TensorInfo, sum: tf.TensorInfo, count: number): Dispatch {
  return elementwiseDispatch(SUM, [a, b, sum], count, [], 3 * count);
}

const SUM = elementwiseProgram({
  label: 'sum',
  lists: [
    ['a', 'read', 'f32'],
    ['b', 'read', 'f32'],
    ['sum', 'write', 'f32'],
  ],
  each: '    sum[i] = a[i] + b[i];',
});
