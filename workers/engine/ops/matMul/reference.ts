import * as tf from '@tensorflow/tfjs-core';

/**
 * The product of two matrices, [m, k] x [k, n], either one given transposed.
 * Transposes are made explicit: TensorFlow.js's wasm backend (4.22.0) hands plain products to XNNPACK at 25 GFLOP/s, but
 * runs flagged ones through a scalar loop, twenty times slower. Its fused product is the faster of its two.
 */
export function matMul(a: tf.Tensor2D, b: tf.Tensor2D, transposeA = false, transposeB = false): tf.Tensor2D {
  return tf.tidy(() => {
    const product = tf.fused.matMul({ a: transposeA ? tf.transpose(a) : a, b: transposeB ? tf.transpose(b) : b });
    return product as tf.Tensor2D;
  });
}
