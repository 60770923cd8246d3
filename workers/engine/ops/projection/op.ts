import * as tf from '@tensorflow/tfjs-core';
import { matMul } from '../matMul/op.ts';

/** states [n, width] and weight [to, width] to [n, to]. */
export function projection(states: tf.Tensor2D, weight: tf.Tensor2D): tf.Tensor2D {
  const project = tf.customGrad((...args) => {
    const [states, weight, save] = args as unknown as [...Operands, tf.GradSaveFunc];
    save([states, weight]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const [states, weight] = saved as Operands;
      return [matMul(dy as tf.Tensor2D, weight), matMul(dy as tf.Tensor2D, states, true)];
    };
    return { value: matMul(states, weight, false, true), gradFunc };
  });
  return project(states, weight);
}

type Operands = [states: tf.Tensor2D, weight: tf.Tensor2D];
