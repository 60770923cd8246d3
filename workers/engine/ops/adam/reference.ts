/**
 * Adam (Kingma and Ba, 2015) in PyTorch's formula, after clipping by global norm as `clip_grad_norm_` does it:
 * scale = min(1, clip / (norm + 1e-6));  m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;
 * p -= rate / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps)
 * With weight decay it is AdamW (Loshchilov and Hutter, 2019), `torch.optim.AdamW`: first p *= 1 - rate * decay.
 */
import * as tf from '@tensorflow/tfjs-core';
import { ADAM } from '#core/settings/config.ts';
import type { AdamStep } from '../contract.ts';
import { clipScale, gradientNorms } from '../update/reference.ts';

export function adam({
  variables,
  gradients,
  first,
  second,
  step,
  learningRate,
  weightDecay,
  clipNorm,
  groups,
}: AdamStep): tf.Tensor1D {
  return tf.tidy(() => {
    const { norm, norms } = gradientNorms(gradients, groups);
    const scale = clipScale(norm, clipNorm);
    const rate = learningRate / (1 - ADAM.beta1 ** step);
    const secondCorrection = Math.sqrt(1 - ADAM.beta2 ** step);
    for (const [index, variable] of variables.entries()) {
      tf.tidy(() => {
        const m = first[index]!;
        const v = second[index]!;
        const gradient = tf.mul(gradients[index]!, scale);
        m.assign(tf.add(tf.mul(m, ADAM.beta1), tf.mul(gradient, 1 - ADAM.beta1)));
        v.assign(tf.add(tf.mul(v, ADAM.beta2), tf.mul(tf.square(gradient), 1 - ADAM.beta2)));
        const denominator = tf.add(tf.div(tf.sqrt(v), secondCorrection), ADAM.epsilon);
        const decayed = tf.mul(variable, 1 - learningRate * weightDecay);
        variable.assign(tf.sub(decayed, tf.mul(tf.div(m, denominator), rate)));
      });
    }
    return norms;
  });
}
