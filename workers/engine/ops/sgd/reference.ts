/**
 * Stochastic gradient descent with momentum in PyTorch's formula, `torch.optim.SGD` without dampening, after clipping by global norm:
 * m = momentum * m + g;  p -= rate * m
 */
import * as tf from '@tensorflow/tfjs-core';
import type { SgdStep } from '../contract.ts';
import { clipScale, gradientNorms } from '../update/reference.ts';

export function sgd({ variables, gradients, first, learningRate, momentum, clipNorm, groups }: SgdStep): tf.Tensor1D {
  return tf.tidy(() => {
    const { norm, norms } = gradientNorms(gradients, groups);
    const scale = clipScale(norm, clipNorm);
    for (const [index, variable] of variables.entries()) {
      tf.tidy(() => {
        const m = first[index]!;
        m.assign(tf.add(tf.mul(m, momentum), tf.mul(gradients[index]!, scale)));
        variable.assign(tf.sub(variable, tf.mul(m, learningRate)));
      });
    }
    return norms;
  });
}
